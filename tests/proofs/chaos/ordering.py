"""Impossible orders of events, and broken hash chains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from io import StringIO
from itertools import pairwise

from django.core.management import CommandError, call_command

from editorial.models import Assessment, Event, Story
from editorial.policy.actions import Action
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.system_events import SystemEvent
from editorial.workflow.review import assessments as assessing

# action → states of a review task that it starts from, and the state it leads to
_TASK = {
    SystemEvent.REVIEW_OPEN: ({""}, "open"),
    SystemEvent.REVIEW_REOPEN: ({"ended"}, "open"),
    Action.REVIEW_TAKE: ({"open"}, "taken"),
    Action.REVIEW_EXTEND: ({"taken"}, "taken"),
    Action.REVIEW_RELEASE: ({"taken"}, "open"),
    SystemEvent.REVIEW_EXPIRE: ({"taken"}, "open"),
    Action.REVIEW_FINISH: ({"taken"}, "ended"),
    SystemEvent.REVIEW_CLOSE: ({"open", "taken"}, "ended"),
    SystemEvent.REVIEW_REMIND: ({"open", "taken"}, None),
    SystemEvent.REVIEW_OVERDUE: ({"open", "taken"}, None),
    SystemEvent.REVIEW_ESCALATE: ({"open"}, None),
    SystemEvent.REVIEW_ESCALATE_TO_DUTY: ({"open"}, None),
}


def assessment_order() -> Iterator[str]:
    """A claim's assessments are numbered without gaps, neighbours differ, and each event follows from the last."""
    by_claim = defaultdict(list)
    for assessment in Assessment.objects.order_by("claim_id", "number"):
        by_claim[assessment.claim_id].append(assessment)
    for claim, assessments in by_claim.items():
        numbers = [assessment.number for assessment in assessments]
        if numbers != list(range(1, len(assessments) + 1)):
            yield f"Claim {claim}: its assessments are numbered {numbers}."
        for before, after in pairwise(assessments):
            if assessing._is_unchanged(before, after):
                yield f"Claim {claim}: assessments {before.number} and {after.number} are the same."
    inversions: dict[str, list[object]] = {}
    for event in Event.objects.filter(action=SystemEvent.CLAIM_ASSESS.value).order_by("stream", "number"):
        before, after = event.data["finding"]
        if before != inversions.get(event.stream):
            yield f"{event.stream}: found {after} after {before}, but it was {inversions.get(event.stream)}."
        inversions[event.stream] = after


def story_order() -> Iterator[str]:
    """A story's events follow its state machine, and lead to its current state."""
    for story in Story.objects.all():
        status = StoryStatus.PITCHED
        for event in Event.objects.filter(stream=f"story:{story.pk}").order_by("number"):
            action = Action(event.action) if event.action in set(Action) else None
            if action in transitions.STORY_TRANSITIONS:
                if not transitions.may_transition(action, status):
                    yield f"{story.headline}: {event.action} while it was {status}."
                status = transitions.next_status(action, status)
            elif event.action == SystemEvent.STORY_FLAG and event.data["withheld"]:
                status = StoryStatus.WITHHELD
            elif event.action == SystemEvent.STORY_REFUSE:
                status = StoryStatus.CLEARED
        if story.status != status:
            yield f"{story.headline}: it is {story.status}, and its events lead to {status}."


def task_order() -> Iterator[str]:
    """A task was taken, ended and reopened only in order."""
    stream, state = "", ""
    for event in Event.objects.filter(stream__startswith="reviewtask:").order_by("stream", "number"):
        if event.stream != stream:
            stream, state = event.stream, ""
        allowed, leads_to = _TASK[event.action]  # type: ignore[index]
        if state not in allowed:
            yield f"{stream}: {event.action} while it was {state or 'not there'}."
        state = leads_to or state


def broken_chains() -> Iterator[str]:
    """The hash chains are intact."""
    output = StringIO()
    try:
        call_command("verify_audit_log", stdout=output, stderr=output)
    except CommandError as problem:
        yield f"{problem} {output.getvalue()[:500]}"
