"""Links that end emails of one kind without signing in (RFC 8058): each names the email that it stands in.

The id of an email is unguessable, and needs no key: processes that send email have none that the web server shares.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from editorial.models import Channel, Delivery, User
from editorial.policy.events import kind_of
from editorial.policy.roles import NotificationKind


def url_for(email_id: UUID, kind: NotificationKind) -> str:
    """The link in this email for its recipient and this kind; empty for a mandatory kind, or without a public URL."""
    if kind.mandatory or not settings.PUBLIC_URL:
        return ""
    return settings.PUBLIC_URL.rstrip("/") + reverse("unsubscribe", args=[email_id, kind.value])


def recipient_of(email_id: UUID, kind: str) -> tuple[User, NotificationKind] | None:
    """Whose emails of which kind the link ends; None if we sent no such email to an active account."""
    emails = Delivery.objects.filter(channel=Channel.MAIL.value, notification__user__is_active=True)
    email = emails.filter(pk=email_id).select_related("notification__user").first()
    if email is None or email.notification is None:
        return None
    sent = {kind_of(action) for action in email.contents.values_list("event__action", flat=True)}
    return next(((email.notification.user, each) for each in sent if each.value == kind), None)
