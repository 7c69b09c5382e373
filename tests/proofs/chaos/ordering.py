"""What happened in an order in which it cannot happen, and chains of events that do not hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from io import StringIO
from itertools import pairwise

from django.core.management import CommandError, call_command

from editorial.models import Assessment, Event, Story
from editorial.policy.access import Verb
from editorial.policy.audience import Occasion
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.review import assessments as assessing

# verb → states of a review task in which it can happen, and the state that it leads to
_TASK = {
    Occasion.REVIEW_OPEN: ({""}, "open"),
    Occasion.REVIEW_REOPEN: ({"ended"}, "open"),
    Verb.REVIEW_TAKE: ({"open"}, "taken"),
    Verb.REVIEW_EXTEND: ({"taken"}, "taken"),
    Verb.REVIEW_RELEASE: ({"taken"}, "open"),
    Occasion.REVIEW_EXPIRE: ({"taken"}, "open"),
    Verb.REVIEW_FINISH: ({"taken"}, "ended"),
    Occasion.REVIEW_CLOSE: ({"open", "taken"}, "ended"),
    Occasion.REVIEW_OVERDUE: ({"open", "taken"}, None),
}


def assessments() -> Iterator[str]:
    """A claim's assessments count without gaps, no two neighbours are alike, and each event follows from the last."""
    by_claim = defaultdict(list)
    for assessment in Assessment.objects.order_by("claim_id", "number"):
        by_claim[assessment.claim_id].append(assessment)
    for claim, made in by_claim.items():
        numbers = [assessment.number for assessment in made]
        if numbers != list(range(1, len(made) + 1)):
            yield f"Claim {claim}: its assessments are numbered {numbers}."
        for before, after in pairwise(made):
            if assessing._same(before, after):
                yield f"Claim {claim}: assessments {before.number} and {after.number} are the same."
    found: dict[str, list[object]] = {}
    for event in Event.objects.filter(verb=Occasion.CLAIM_ASSESS.value).order_by("stream", "number"):
        before, after = event.data["finding"]
        if before != found.get(event.stream):
            yield f"{event.stream}: found {after} after {before}, but it was {found.get(event.stream)}."
        found[event.stream] = after


def stories() -> Iterator[str]:
    """A story went only where its state allows, and stands where its events lead."""
    for story in Story.objects.all():
        status = StoryStatus.PITCHED
        for event in Event.objects.filter(stream=f"story:{story.pk}").order_by("number"):
            verb = Verb(event.verb) if event.verb in set(Verb) else None
            if verb in transitions.STORY:
                if not transitions.story(verb, status):
                    yield f"{story.headline}: {event.verb} while it was {status}."
                status = transitions.leads_to(verb, status)
            elif event.verb == Occasion.STORY_FLAG and event.data["withheld"]:
                status = StoryStatus.WITHHELD
            elif event.verb == Occasion.STORY_REFUSE:
                status = StoryStatus.CLEARED
        if story.status != status:
            yield f"{story.headline}: it is {story.status}, and its events lead to {status}."


def tasks() -> Iterator[str]:
    """A task was taken, ended and opened again only in turn."""
    stream, state = "", ""
    for event in Event.objects.filter(stream__startswith="reviewtask:").order_by("stream", "number"):
        if event.stream != stream:
            stream, state = event.stream, ""
        allowed, leads_to = _TASK[event.verb]  # type: ignore[index]
        if state not in allowed:
            yield f"{stream}: {event.verb} while it was {state or 'not there'}."
        state = leads_to or state


def chains() -> Iterator[str]:
    """The hash chains hold."""
    said = StringIO()
    try:
        call_command("verify_history", stdout=said, stderr=said)
    except CommandError as problem:
        yield f"{problem} {said.getvalue()[:500]}"
