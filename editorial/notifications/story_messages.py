"""Notifications about a story's schedule, its ways back and its desk."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime

from editorial.models import Desk
from editorial.notifications.formatting import format_time, one_line
from editorial.notifications.message_parts import SEE_REASON, Text, actor_name, simple
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.publication import codes, scheduled_corrections, wire_items
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import Code


def _scheduled(context: EventContext, zone: ZoneInfo) -> Text:
    at = parse_datetime(str(context.data.get("at", "")))
    return "Story scheduled", [
        f"{actor_name(context)} scheduled this story{f' for {format_time(at, zone)}' if at else ''}."
    ]


def _clearance_voided(context: EventContext, zone: ZoneInfo) -> Text:
    sentences = [f"{actor_name(context)} revised the copy. An editor who did not write it must clear it again."]
    if at := parse_datetime(str(context.data.get("at", ""))):
        sentences.append(f"It was scheduled for {format_time(at, zone)} and is now off the schedule.")
    return "Clearance voided", sentences


def _correction_scheduled(context: EventContext, zone: ZoneInfo) -> Text:
    at = parse_datetime(str(context.data.get("at", "")))
    when = f" for {format_time(at, zone)}" if at else ""
    return "Correction scheduled", [f"{actor_name(context)} scheduled a correction of this story{when}."]


def _not_ready(heading: str, subject: str, refusal: str, advice: str) -> Callable[[EventContext, ZoneInfo], Text]:
    """What is scheduled and would be refused now, with its reasons."""

    def compose_warning(context: EventContext, zone: ZoneInfo) -> Text:
        at = parse_datetime(str(context.data.get("at", "")))
        lead = f"{subject} is scheduled{f' for {format_time(at, zone)}' if at else ''} and {refusal}."
        return heading, [lead, *_explanations(context), advice]

    return compose_warning


def _refused(heading: str, lead: str, advice: str) -> Callable[[EventContext, ZoneInfo], Text]:
    """What was scheduled and did not run, with its reasons."""

    def compose_refused(context: EventContext, _: ZoneInfo) -> Text:
        return heading, [lead, *_explanations(context), f"Open the story to see all reasons, then {advice}."]

    return compose_refused


def _explanations(context: EventContext) -> list[str]:
    refusals = context.data.get("codes", [])
    explained = scheduled_corrections.REFUSALS | wire_items.EXPLANATIONS
    others = [explained[code] for code in refusals if code in explained]
    gate_codes = [Code(code) for code in refusals if code in set(Code)]
    # An email must not reveal that a party who declined to comment talks to us.
    explanations = [codes.explain(code) for code in gate_codes if code is not Code.E_FALSE_DECLINE]
    return others or ["The gate did not pass the story.", *explanations]


def _moved(context: EventContext, _: ZoneInfo) -> Text:
    desks = context.data.get("desks", [])
    names = {str(desk.pk): one_line(desk.name) for desk in Desk.objects.filter(pk__in=desks)}
    route = " to ".join(f"the desk {names[desk]}" for desk in desks) or "its desk"
    return "Story moved", [
        f"{actor_name(context)} moved this story from {route}.",
        "People with a role at the new desk can open it and read the reason.",
    ]


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    Action.STORY_SCHEDULE: _scheduled,
    Action.STORY_SEND_BACK: simple(
        "Story sent back", "{who} sent this story back to its authors. It is a draft again.", SEE_REASON
    ),
    Action.STORY_UNSCHEDULE: simple(
        "Story taken off the schedule",
        "{who} took this story off the schedule. It stays cleared and will not run by itself.",
    ),
    Action.STORY_UNSPIKE: simple("Story unspiked", "{who} revived this story. It is a draft again.", SEE_REASON),
    Action.STORY_RESTORE: simple("Story restored", "{who} published this story again, unchanged.", SEE_REASON),
    Action.STORY_SCHEDULE_CORRECTION: _correction_scheduled,
    Action.STORY_CANCEL_CORRECTION: simple(
        "Scheduled correction cancelled", "{who} cancelled the scheduled correction of this story."
    ),
    Action.STORY_MOVE: _moved,
    Action.STORY_MERGE: simple(
        "Drafts merged",
        "{who} merged another draft of the same original into this one.",
        "It now has the authors, restrictions and claims of both. Check the copy.",
    ),
    Action.STORY_UNMERGE: simple(
        "Drafts separated", "{who} separated two drafts that were merged by mistake.", SEE_REASON
    ),
    SystemEvent.STORY_VOID_CLEARANCE: _clearance_voided,
    SystemEvent.CORRECTION_LAPSE: simple(
        "Scheduled correction cancelled",
        "The story was revised, corrected, taken down or moved, so its scheduled correction will not be published.",
        "Its note is kept. Schedule or publish the correction again if it is still needed.",
    ),
    SystemEvent.STORY_WARN: _not_ready(
        "Scheduled story not ready",
        "This story",
        "would not run now",
        "Open the story and do what is missing, or schedule it for later.",
    ),
    SystemEvent.CORRECTION_WARN: _not_ready(
        "Scheduled correction not ready",
        "A correction of this story",
        "would not be published now",
        "Open the story and do what is missing. Until then readers see the current version.",
    ),
    SystemEvent.STORY_REFUSE: _refused(
        "Scheduled story not published",
        "The story is off the schedule and back with the desk.",
        "schedule it again",
    ),
    SystemEvent.CORRECTION_REFUSE: _refused(
        "Scheduled correction not published",
        "The scheduled correction failed. Readers still see the current version.",
        "publish or schedule the correction again",
    ),
}
