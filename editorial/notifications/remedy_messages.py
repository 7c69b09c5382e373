"""Notifications of remedies: what has happened already, which claim changed from what to what, why, and who acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from editorial.models import Correction, DutyShift, PublishedUse, User
from editorial.notifications.formatting import format_time, one_line
from editorial.notifications.message_parts import Text, display_name, label, remedy_with_article
from editorial.notifications.subjects import EventContext
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import FindingValue, RemedyKind

_MAX_CLAIMS = 3
_MAX_CLAIM_LENGTH = 200


def _remedy_due(context: EventContext, zone: ZoneInfo) -> Text:
    _, kind = context.data.get("remedy") or (None, None)
    remedy = label(RemedyKind, kind)
    sentences = ["The story is already withheld."] if context.data.get("withheld") else []
    sentences += [*_changes(context), f"Readers are owed {remedy_with_article(kind)}."]
    shifts = DutyShift.objects.filter(desk=OuterRef("story__desk")).on_duty(context.event.at)
    corrections = Correction.objects.filter(pk__in=[context.data.get("correction")])
    names = {name: Subquery(shifts.values(f"editor__{name}")[:1]) for name in ("username", "first_name", "last_name")}
    for correction in corrections.annotate(**names):
        editor = User(**{name: getattr(correction, name) or "" for name in names})
        on_duty = f"; {display_name(editor)} is on duty" if editor.username else ""
        sentences += [
            correction.because,
            f"It is due by {format_time(correction.due_at, zone)}. An editor of the desk publishes it{on_duty}.",
        ]
    return f"{remedy} due", sentences


def _changes(context: EventContext) -> Iterator[str]:
    """What was published of each claim that caused it, and what is found now; only claims that the desk sees."""
    keys = context.data.get("claims", [])
    uses = PublishedUse.objects.filter(
        story__in=[part.pk for part in context.stories], claim__in=keys, claim__visibility__desk__in=context.desks
    ).select_related("claim")
    uses = uses.order_by("claim_id").distinct("claim_id")
    for use in uses[:_MAX_CLAIMS]:
        was, now = (label(FindingValue, value).lower() for value in (use.finding, use.claim.status))
        yield f"“{one_line(use.claim.text, _MAX_CLAIM_LENGTH)}” was published as {was} and is now {now}."
    if len(keys) > _MAX_CLAIMS:
        yield f"{len(keys) - _MAX_CLAIMS} more of its claims changed."


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {SystemEvent.STORY_FLAG: _remedy_due}
