"""Table scans: batches of long tables in key order, and recently changed rows, which every run includes.

Keys are UUIDv7, so the newest rows have the highest keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from editorial.models import Claim, ClaimUse, Event, PublishedUse, ScanCursor, Statement, Story
from editorial.models.evidence import containment
from editorial.models.search_documents import SEARCHED
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.ops.integrity.checks import TableScan

_RECENT_EVENTS = 200  # newest events whose objects every run includes
_MAX_RECENT_CLAIMS = 50  # newest claims of those
_CLOSED_STATUSES = [StoryStatus.SPIKED.value, StoryStatus.RETRACTED.value]


def next_keys(scan: TableScan) -> tuple[list[UUID], UUID | None]:
    """Return this run's batch, and the key after which the next run continues (None: from the start)."""
    cursor = ScanCursor.objects.filter(name=scan.name).first()
    keys = _after(scan, cursor.last_row_id if cursor else None)
    return keys, keys[-1] if len(keys) == scan.batch_size else None


def save_cursor(scan: TableScan, after: UUID | None, *, now: datetime) -> None:
    """Store where the next run continues. A table that fits into one batch does not need a cursor."""
    cursor = ScanCursor.objects.filter(name=scan.name).first()
    if cursor is None and after is None:
        return
    cursor = cursor or ScanCursor(name=scan.name)
    if cursor.last_row_id == after:
        return
    cursor.last_row_id, cursor.completed_at = after, cursor.completed_at if after else now
    cursor.save()


def all_keys(scan: TableScan) -> Iterator[list[UUID]]:
    """Yield every row, in batches."""
    after = None
    while keys := _after(scan, after):
        yield keys
        after = keys[-1]


def _after(scan: TableScan, after: UUID | None) -> list[UUID]:
    rows = scan.rows().filter(pk__gt=after) if after else scan.rows()
    return list(rows.order_by("pk").values_list("pk", flat=True)[: scan.batch_size])


def _newest_events() -> list[UUID]:
    return list(Event.objects.order_by("-pk").values_list("pk", flat=True)[:_RECENT_EVENTS])


def _recent_claims() -> set[UUID]:
    """Claims that the newest events refer to, and those with a statement by a source they refer to."""
    newest = list(Event.objects.order_by("-pk").values_list("stream", "data")[:_RECENT_EVENTS])
    statements = Statement.objects.filter(source__in=_referenced(newest, "source")).order_by("-pk")
    return _newest(
        _referenced(newest, "claim") | set(statements.values_list("claim_id", flat=True)[:_RECENT_EVENTS]),
        _MAX_RECENT_CLAIMS,
    )


def _recent_stories() -> set[UUID]:
    """Stories that the newest events refer to, and those that use or published, directly or not, their claims."""
    newest = list(Event.objects.order_by("-pk").values_list("stream", "data")[:_RECENT_EVENTS])
    claims = containment.containing_ids(_referenced(newest, "claim"))
    stories = _referenced(newest, "story")
    for model in (ClaimUse, PublishedUse):
        stories |= set(model._default_manager.filter(claim__in=claims).values_list("story_id", flat=True))
    return _newest(stories, STORIES.batch_size)


def _newest(keys: Iterable[UUID], limit: int) -> set[UUID]:
    return set(sorted(keys, reverse=True)[:limit])


def _referenced(events: Iterable[tuple[str, dict[str, Any]]], model_name: str) -> set[UUID]:
    """The objects of this model that the events concern or refer to."""
    keys = {stream.partition(":")[2] for stream, _ in events if stream.startswith(f"{model_name}:")}
    for _, data in events:
        values = data.get(f"{model_name}s") or []
        keys |= {str(key) for key in [data.get(model_name), *(values if isinstance(values, list) else [])] if key}
    return {key for text in keys if (key := _uuid(text))}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _recently_changed(model_name: str, limit: int) -> Callable[[], set[UUID]]:
    """The objects of this model that the newest events concern."""

    def newest() -> set[UUID]:
        prefix = f"{model_name}:"
        streams = Event.objects.order_by("-pk").values_list("stream", flat=True)[:_RECENT_EVENTS]
        keys = {_uuid(stream.removeprefix(prefix)) for stream in streams if stream.startswith(prefix)}
        return _newest(filter(None, keys), limit)

    return newest


_SEARCH_BATCHES = {"story": 20, "claim": 2000, "statement": 2000, "source": 1000, "exhibit": 20}  # by length of texts

EVENTS = TableScan("events", Event.objects.all, 1000, _newest_events)
CLAIMS = TableScan("claims", Claim.objects.all, 5000, _recent_claims)
EVIDENCE = TableScan("evidence", lambda: Claim.objects.filter(dropped_at=None, merged_into=None), 100, _recent_claims)
STORIES = TableScan("stories", lambda: Story.objects.exclude(status__in=_CLOSED_STATUSES), 10, _recent_stories)
SEARCHED_ROWS = {
    kind: TableScan(f"search.{kind}", model._default_manager.all, size, _recently_changed(kind, min(size, 50)))
    for kind, model in SEARCHED.items()
    for size in [_SEARCH_BATCHES[kind]]
}
"""The rows that have search documents, by kind."""
