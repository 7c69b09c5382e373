"""Turns: walking through long tables by their keys, and what just happened, which is looked at in every look.

Keys are in the order of making, so the newest rows are those with the highest keys, and a walk needs no sorting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from editorial.models import Claim, ClaimPart, ClaimUse, Event, PublishedUse, Rotation, Statement, Story
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.ops.integrity.checks import Turn

_LATELY = 200  # of the newest events, whose objects every look includes
_MOVED = 50  # claims of those, at most: the youngest
_OVER = [StoryStatus.SPIKED.value, StoryStatus.RETRACTED.value]


def next_keys(turn: Turn) -> tuple[list[UUID], UUID | None]:
    """The rows of this look, and after which the next one goes on (None: at the first)."""
    rotation = Rotation.objects.filter(name=turn.name).first()
    keys = _after(turn, rotation.after if rotation else None)
    return keys, keys[-1] if len(keys) == turn.at_once else None


def keep_place(turn: Turn, after: UUID | None, *, now: datetime) -> None:
    """Remember where the next look goes on. A table that fits into one look needs no memory."""
    rotation = Rotation.objects.filter(name=turn.name).first()
    if rotation is None and after is None:
        return
    rotation = rotation or Rotation(name=turn.name)
    if rotation.after == after:
        return
    rotation.after, rotation.turned_at = after, rotation.turned_at if after else now
    rotation.save()


def all_keys(turn: Turn) -> Iterator[list[UUID]]:
    """Every row, in the portions of a look."""
    after = None
    while keys := _after(turn, after):
        yield keys
        after = keys[-1]


def _after(turn: Turn, after: UUID | None) -> list[UUID]:
    rows = turn.rows().filter(pk__gt=after) if after else turn.rows()
    return list(rows.order_by("pk").values_list("pk", flat=True)[: turn.at_once])


def _newest_events() -> list[UUID]:
    return list(Event.objects.order_by("-pk").values_list("pk", flat=True)[:_LATELY])


def _moved_claims() -> set[UUID]:
    """Claims that the newest events name, and those on which a source speaks that they are about."""
    newest = list(Event.objects.order_by("-pk").values_list("stream", "data")[:_LATELY])
    told = Statement.objects.filter(source__in=_named(newest, "source")).order_by("-pk")
    return _newest(_named(newest, "claim") | set(told.values_list("claim_id", flat=True)[:_LATELY]), _MOVED)


def _moved_stories() -> set[UUID]:
    """Stories that the newest events name, and those that use the claims they name, or have them in print."""
    newest = list(Event.objects.order_by("-pk").values_list("stream", "data")[:_LATELY])
    claims = _named(newest, "claim")
    claims |= set(ClaimPart.objects.filter(part__in=claims).values_list("whole_id", flat=True))
    stories = _named(newest, "story")
    for model in (ClaimUse, PublishedUse):
        stories |= set(model._default_manager.filter(claim__in=claims).values_list("story_id", flat=True))
    return _newest(stories, STORIES.at_once)


def _newest(keys: Iterable[UUID], most: int) -> set[UUID]:
    return set(sorted(keys, reverse=True)[:most])


def _named(events: Iterable[tuple[str, dict[str, Any]]], noun: str) -> set[UUID]:
    """The objects of this noun that events are about or name."""
    found = {stream.partition(":")[2] for stream, _ in events if stream.startswith(f"{noun}:")}
    for _, data in events:
        listed = data.get(f"{noun}s") or []
        found |= {str(key) for key in [data.get(noun), *(listed if isinstance(listed, list) else [])] if key}
    return {key for each in found if (key := _uuid(each))}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


EVENTS = Turn("events", Event.objects.all, 1000, _newest_events)
CLAIMS = Turn("claims", Claim.objects.all, 5000, _moved_claims)
EVIDENCE = Turn("evidence", lambda: Claim.objects.filter(dropped_at=None, merged_into=None), 100, _moved_claims)
STORIES = Turn("stories", lambda: Story.objects.exclude(status__in=_OVER), 10, _moved_stories)
