"""Whom an action would notify, by the rules that notify them once it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from editorial.models import Event, Story, User
from editorial.notifications import recipients, subjects


@dataclass(frozen=True, slots=True)
class Recipients:
    """Users with a duty by name. Followers are counted, because each follows in private."""

    people: list[User]
    follower_count: int
    webhook_count: int


def recipients_of(story: Story, action: str, *, actor: User | None, now: datetime) -> Recipients:
    """Whom this action on the story would notify. `actor`: None if the newsroom itself will run it."""
    event = Event(stream=f"story:{story.pk}", action=action, actor=actor, desk_id=story.desk_id, at=now, data={})
    context = subjects.of_row(event, story)
    duty, following = recipients.mandatory_recipients(context), recipients.followers(context)
    readers = [person for person, _ in recipients.readers(context, duty | set(following))]
    return Recipients(
        people=[person for person in readers if person.pk in duty],
        follower_count=sum(person.pk not in duty for person in readers),
        webhook_count=recipients.webhooks(context).count(),
    )
