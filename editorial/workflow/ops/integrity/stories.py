"""Stories: the noted gate and remedy are those that follow, and a story stands where its own events have led it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery

from editorial.models import Correction, Event, MessageKind, Story, StoryRevision
from editorial.policy.access import Verb
from editorial.policy.audience import Occasion
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import RemedyKind
from editorial.workflow.ops.integrity.checks import MOST, Invariant, Seen
from editorial.workflow.ops.integrity.table_scan import STORIES
from editorial.workflow.stories import gates, publication

_NOTHING = ["", RemedyKind.NONE.value]


@dataclass
class Drift:
    """The stories that reviewing them now would change, by what it would change."""

    gate: set[UUID] = field(default_factory=set)
    remedy: set[UUID] = field(default_factory=set)


def drift(keys: Sequence[UUID], now: datetime) -> Drift:
    """Judge each story anew, and compare with what is noted. Nothing is written."""
    found = Drift()
    owed = {one.story_id: one for one in Correction.objects.filter(story__in=keys, closed_at=None)}
    for story in Story.objects.filter(pk__in=keys):
        status = StoryStatus(story.status)
        if status in (StoryStatus.SPIKED, StoryStatus.RETRACTED):
            continue
        if story.gate != gates.judge(story, now=now).result.gate:
            found.gate.add(story.pk)
        remedy = gates.owed(story, now=now) if status in publication.IN_PRINT else None
        if remedy and not publication.is_flagged(story, owed.get(story.pk), remedy):
            found.remedy.add(story.pk)
    return found


def _owed_and_not_open(seen: Seen) -> Iterable[UUID]:
    """Both ways: a remedy that nobody works on, and work on a remedy that is not owed."""
    is_open = Exists(Correction.objects.filter(story=OuterRef("pk"), closed_at=None))
    in_print = Story.objects.filter(status__in=[status.value for status in publication.IN_PRINT])
    unopened = in_print.exclude(remedy__in=_NOTHING).filter(~is_open)
    unowed = Story.objects.filter(corrections__isnull=False, corrections__closed_at=None, remedy__in=_NOTHING)
    return [*unopened.values_list("pk", flat=True)[:MOST], *unowed.values_list("pk", flat=True)[:MOST]]


def _scheduled_without_time(seen: Seen) -> Iterable[UUID]:
    scheduled = Q(status=StoryStatus.SCHEDULED.value)
    odd = Story.objects.filter(scheduled, publish_at=None) | Story.objects.filter(~scheduled, publish_at__isnull=False)
    return odd.order_by("pk").values_list("pk", flat=True)[:MOST]


def _other_words(seen: Seen) -> Iterable[UUID]:
    last = StoryRevision.objects.filter(story=OuterRef("pk")).order_by("-number").values("headline")[:1]
    stories = Story.objects.filter(pk__in=seen.keys).annotate(words=Subquery(last))
    return stories.exclude(words=F("headline")).values_list("pk", flat=True)


def _led_elsewhere(seen: Seen) -> Iterable[UUID]:
    """Retell each story's events, as they may be told, to where they lead."""
    stories = dict(Story.objects.filter(pk__in=seen.keys).values_list("pk", "status"))
    told: dict[str, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(stream__in=[f"story:{key}" for key in stories]).order_by("stream", "number"):
        told[event.stream].append(event)
    return [key for key, status in stories.items() if status != _leads_to(told[f"story:{key}"])]


def _leads_to(events: Iterable[Event]) -> StoryStatus:
    status = StoryStatus.PITCHED
    for event in events:
        verb = Verb(event.verb) if event.verb in set(Verb) else None
        if verb in transitions.STORY:
            status = transitions.leads_to(verb, status)
        elif event.verb == Occasion.STORY_FLAG and event.data.get("withheld"):
            status = StoryStatus.WITHHELD
        elif event.verb == Occasion.STORY_REFUSE:
            status = StoryStatus.CLEARED
    return status


INVARIANTS = (
    Invariant(
        name="stories.gate",
        noun=Story,
        says="Every story's gate is the one that follows from its claims as they stand.",
        broken=lambda seen: seen.once(drift).gate,
        turn=STORIES,
        work=MessageKind.REVIEW_STORY,
    ),
    Invariant(
        name="stories.remedy",
        noun=Story,
        says="What every printed story owes its readers is what follows from its claims as they stand.",
        broken=lambda seen: seen.once(drift).remedy,
        turn=STORIES,
        work=MessageKind.REVIEW_STORY,
    ),
    Invariant(
        name="corrections.open",
        noun=Story,
        says="A printed story that owes something has an open correction, and one that owes nothing has none.",
        broken=_owed_and_not_open,
        work=MessageKind.REVIEW_STORY,
    ),
    Invariant(
        name="stories.timed",
        noun=Story,
        says="A story has a time to run exactly while it is scheduled.",
        broken=_scheduled_without_time,
    ),
    Invariant(
        name="stories.headline",
        noun=Story,
        says="Every story's headline is that of its last revision.",
        broken=_other_words,
        turn=STORIES,
    ),
    Invariant(
        name="stories.led",
        noun=Story,
        says="Every story stands where its own events have led it.",
        broken=_led_elsewhere,
        turn=STORIES,
    ),
)
