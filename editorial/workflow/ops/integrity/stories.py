"""Checks of stories: gate and remedy match the claims, status and headline match the history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery

from editorial.models import Correction, Event, MessageKind, Story, StoryRevision
from editorial.policy.actions import Action
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import RemedyKind
from editorial.workflow.ops.integrity.checks import MAX_ROWS, CheckContext, integrity_check
from editorial.workflow.ops.integrity.table_scan import STORIES
from editorial.workflow.stories import gates, publication

_NO_REMEDY = ["", RemedyKind.NONE.value]


@dataclass
class StoryDrift:
    """The stories that a re-evaluation would change, by kind of change."""

    gate: set[UUID] = field(default_factory=set)
    remedy: set[UUID] = field(default_factory=set)


def drift(keys: Sequence[UUID], now: datetime) -> StoryDrift:
    """Evaluate each story again and compare the result with the stored one. Read-only."""
    result = StoryDrift()
    corrections = {
        correction.story_id: correction for correction in Correction.objects.filter(story__in=keys, closed_at=None)
    }
    for story in Story.objects.filter(pk__in=keys):
        status = StoryStatus(story.status)
        if status in (StoryStatus.SPIKED, StoryStatus.RETRACTED):
            continue
        verdict = gates.evaluate(story, now=now)
        if (story.gate, story.open_codes) != (verdict.gate, verdict.open_codes):
            result.gate.add(story.pk)
        remedy = gates.remedy_for(story, now=now) if status in transitions.IN_PRINT else None
        if remedy and not publication.is_remedy_current(story, corrections.get(story.pk), remedy):
            result.remedy.add(story.pk)
    return result


@integrity_check("corrections.open", Story, requeue=MessageKind.REEVALUATE_STORY)
def _correction_mismatches(context: CheckContext) -> Iterable[UUID]:
    """A published story has an open correction exactly while it has a remedy."""
    # Stories that have a remedy and no open correction, or an open correction and no remedy.
    is_open = Exists(Correction.objects.filter(story=OuterRef("pk"), closed_at=None))
    in_print = Story.objects.filter(status__in=[status.value for status in transitions.IN_PRINT])
    without_correction = in_print.exclude(remedy__in=_NO_REMEDY).filter(~is_open)
    without_remedy = Story.objects.filter(corrections__isnull=False, corrections__closed_at=None, remedy__in=_NO_REMEDY)
    return [
        *without_correction.values_list("pk", flat=True)[:MAX_ROWS],
        *without_remedy.values_list("pk", flat=True)[:MAX_ROWS],
    ]


@integrity_check("stories.publish_time", Story)
def _publish_time_mismatches(context: CheckContext) -> Iterable[UUID]:
    """A story has a publication time exactly while it is scheduled."""
    scheduled = Q(status=StoryStatus.SCHEDULED.value)
    mismatches = Story.objects.filter(scheduled, publish_at=None) | Story.objects.filter(
        ~scheduled, publish_at__isnull=False
    )
    return mismatches.order_by("pk").values_list("pk", flat=True)[:MAX_ROWS]


@integrity_check("stories.headline", Story, scan=STORIES)
def _headline_mismatches(context: CheckContext) -> Iterable[UUID]:
    """Every story has the headline of its last revision."""
    last = StoryRevision.objects.filter(story=OuterRef("pk")).order_by("-number").values("headline")[:1]
    stories = Story.objects.filter(pk__in=context.keys).annotate(last_headline=Subquery(last))
    return stories.exclude(last_headline=F("headline")).values_list("pk", flat=True)


@integrity_check("stories.status", Story, scan=STORIES)
def _status_mismatches(context: CheckContext) -> Iterable[UUID]:
    """Every story has the status that its events lead to."""
    # Stories whose status differs from the one that replaying their events gives.
    stories = dict(Story.objects.filter(pk__in=context.keys).values_list("pk", "status"))
    events_by_stream: dict[str, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(stream__in=[f"story:{key}" for key in stories]).order_by("stream", "number"):
        events_by_stream[event.stream].append(event)
    return [key for key, status in stories.items() if status != _replay_status(events_by_stream[f"story:{key}"])]


def _replay_status(events: Iterable[Event]) -> StoryStatus:
    status = StoryStatus.PITCHED
    for event in events:
        action = Action(event.action) if event.action in set(Action) else None
        if action in transitions.STORY_TRANSITIONS:
            status = transitions.next_status(action, status)
        elif event.action == SystemEvent.STORY_FLAG and event.data.get("withheld"):
            status = StoryStatus.WITHHELD
        elif event.action == SystemEvent.STORY_REFUSE:
            status = StoryStatus.CLEARED
    return status


@integrity_check("stories.gate", Story, scan=STORIES, requeue=MessageKind.REEVALUATE_STORY)
def _stale_gates(context: CheckContext) -> Iterable[UUID]:
    """Every story's gate matches its current claims."""
    return context.cached(drift).gate


@integrity_check("stories.remedy", Story, scan=STORIES, requeue=MessageKind.REEVALUATE_STORY)
def _stale_remedies(context: CheckContext) -> Iterable[UUID]:
    """Every published story's remedy matches its current claims."""
    return context.cached(drift).remedy


CHECKS = (
    _stale_gates,
    _stale_remedies,
    _correction_mismatches,
    _publish_time_mismatches,
    _headline_mismatches,
    _status_mismatches,
)
