"""What a decision on a story rests on, and what it will do: the copy, the gate, what is owed, who is notified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from editorial.admin.stories import story_page
from editorial.admin.stories.story_page import GateView
from editorial.models import Story, StoryRevision, User
from editorial.notifications import preview
from editorial.notifications.preview import Recipients
from editorial.policy.actions import Action
from editorial.policy.events import recipients_for
from editorial.workflow.stories import published_versions

DECISIONS = (
    Action.STORY_CLEAR,
    Action.STORY_PUBLISH,
    Action.STORY_SCHEDULE,
    Action.STORY_CORRECT,
    Action.STORY_SCHEDULE_CORRECTION,
    Action.STORY_WITHHOLD,
    Action.STORY_RESTORE,
    Action.STORY_RETRACT,
)
_SCHEDULES = {
    Action.STORY_SCHEDULE: Action.STORY_PUBLISH,
    Action.STORY_SCHEDULE_CORRECTION: Action.STORY_CORRECT,
}
_GATED = (Action.STORY_PUBLISH, Action.STORY_CORRECT, Action.STORY_RESTORE)
_ON_PUBLISHED_COPY = (Action.STORY_WITHHOLD, Action.STORY_RESTORE, Action.STORY_RETRACT)
_SCHEDULED = "Nothing goes out now. At the time that you set, if the gate lets it pass then:"


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an action does: the version that goes out, and who is notified then. `notified_now`: of the schedule."""

    sentence: str
    warnings: list[str]
    notified: Recipients
    notified_now: list[str]


def panel(story: Story, action: Action, *, actor: User, now: datetime) -> dict[str, Any]:
    """The panel beside a form that decides on the story."""
    gate_view = story_page.evaluate_gate(story, now=now)
    revision, scheduled = gate_view.revision, _SCHEDULES.get(action)
    restrictions = story.restrictions.in_force(now).select_related("restricted_by") if gate_view.restricted else ()
    notified = preview.recipients_of(story, scheduled or action, actor=None if scheduled else actor, now=now)
    audiences = recipients_for(action) if scheduled else ()
    return {
        "template": "editorial/stories/decision.html",
        "supports_decision": True,
        "row": story,
        "consequences": Consequences(
            sentence=_sentence(story, action, revision),
            warnings=list(_warnings(story, action, gate_view)),
            notified=notified,
            notified_now=sorted(audience.label.lower() for audience in audiences),
        ),
        "restriction_views": [{"restriction": restriction} for restriction in restrictions],
        "gate_view": gate_view,
        "corrections": story.corrections.filter(closed_at=None).prefetch_related("claims"),
        "copy": (action in _ON_PUBLISHED_COPY and story.published_revision) or revision,
    }


def _sentence(story: Story, action: Action, revision: StoryRevision | None) -> str:
    """Which version goes out, and with what."""
    version = f"Version {published_versions.next_number(story)}"
    goes_out = f"{version} goes out in place of version {story.published_version}"
    copy = f"revision {revision.number} of the copy" if revision else "the copy"
    if revision and revision.pk == story.published_revision_id:
        copy = "the copy as it is in print"
    match action:
        case Action.STORY_PUBLISH:
            return f"{version} goes out: {copy}."
        case Action.STORY_SCHEDULE:
            return f"{_SCHEDULED} {version} goes out: {copy}."
        case Action.STORY_CORRECT:
            return f"{goes_out}: {copy}, with your note to readers."
        case Action.STORY_SCHEDULE_CORRECTION:
            return f"{_SCHEDULED} {goes_out}: {copy}, with your note to readers."
        case Action.STORY_WITHHOLD:
            return f"{goes_out} and asks everybody who has it to take the story down for now."
        case Action.STORY_RESTORE:
            return f"{goes_out}: the copy that was withheld, unchanged."
        case Action.STORY_RETRACT:
            return f"{goes_out}: a retraction with your note. It asks everybody who has the story to delete it."
        case _:
            return "Nothing goes out. Once cleared, the story can be published or scheduled."


def _warnings(story: Story, action: Action, gate_view: GateView) -> Iterator[str]:
    """What else the editor should know before pressing."""
    in_print = gate_view.revision is not None and gate_view.revision.pk == story.published_revision_id
    if action in _GATED and not gate_view.can_run:
        yield "As things stand it will be refused: settle the objections below first."
    if action is Action.STORY_RESTORE and not in_print:
        yield "The copy was revised since. Publish a correction instead, with a note to readers."
    if action is Action.STORY_CORRECT and in_print:
        yield "The copy has not been revised since it was published: readers get only the note."
