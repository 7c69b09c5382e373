"""The contents of an email: its notifications that the recipient may still see, as they may be read now."""

from __future__ import annotations

from editorial.models import Delivery, Notification
from editorial.notifications import formatting, messages, subjects
from editorial.notifications.email_batches import importance
from editorial.notifications.subjects import EventContext

Content = tuple[Notification, EventContext]


def readable(head: Notification, email: Delivery | None) -> list[Content]:
    """What the email with this notification holds for its recipient, each with its subject, the most important first.

    `email`: None if the notification is not in one; then it stands for itself.
    """
    notices = email.contents.select_related("event__actor", "user") if email else ()
    contents = sorted(notices, key=importance) or [head]
    contexts = {notice.event_id: subjects.context_of(notice.event) for notice in contents}
    readable = []
    for notice in contents:
        context = contexts[notice.event_id]
        if visible := context and context.as_read_by(head.user):
            # Since it was written, a name may have been found in it, or a role have ended.
            message = messages.compose(visible, formatting.time_zone_of(head.user))
            notice.subject, notice.body = message.subject, message.body
            readable.append((notice, visible))
    return readable
