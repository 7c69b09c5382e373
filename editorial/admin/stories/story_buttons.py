"""The verbs that bring a story into print and after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from editorial.admin.framework.action_buttons import VerbButton
from editorial.admin.people import subscription_forms as subscription_forms
from editorial.admin.people import subscriptions
from editorial.admin.stories import story_forms as forms
from editorial.policy.access import Decision, Verb
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.stories import publication, stories


def _stage(verb: Verb) -> Callable[[Any], Decision]:
    """Whether the story stands where this verb can take it further."""
    return lambda row: transitions.story(verb, StoryStatus(row.status))


def _button(verb: Verb, call: Callable[..., Any], **more: Any) -> VerbButton:
    return VerbButton(
        verb=verb, call=call, row_as="story_id", stands=_stage(verb), lands=lambda row, result: row, **more
    )


TICK = _button(
    Verb.STORY_TICK,
    stories.tick,
    form=forms.Tick,
    label="Tick off",
    icon="check",
    tone="primary",
    at_once=True,
    done="Ticked off, with your name.",
)
OVERRIDE = _button(
    Verb.STORY_OVERRIDE,
    stories.override,
    form=forms.Override,
    label="Override",
    icon="priority_high",
    tone="danger",
    done="Overridden, with your reason. The desk is told.",
)
ON_A_STORY = (
    _button(
        Verb.STORY_SUBMIT,
        stories.submit,
        label="Submit",
        icon="send",
        tone="primary",
        done="Submitted. An editor who did not write it has to clear it.",
    ),
    _button(
        Verb.STORY_CLEAR,
        stories.clear,
        label="Clear",
        icon="done_all",
        tone="primary",
        about="You have read the copy, you did not write it, and it may run as far as the copy goes.",
        done="Cleared.",
    ),
    _button(
        Verb.STORY_PUBLISH,
        publication.publish,
        label="Publish",
        icon="publish",
        tone="primary",
        about="It runs at once, if the gate lets it pass as everything stands at that moment.",
        done="Published. From now on the newsroom watches what it rests on.",
    ),
    _button(
        Verb.STORY_SCHEDULE,
        stories.schedule,
        form=forms.Schedule,
        label="Schedule",
        icon="schedule",
        done="Scheduled. The gate is asked again when the time comes.",
    ),
    _button(
        Verb.STORY_CORRECT,
        publication.correct,
        form=forms.Correct,
        label="Print a correction",
        icon="edit_note",
        tone="primary",
        done="Printed, with what readers are told.",
    ),
    _button(Verb.STORY_REVISE, stories.revise, form=forms.Revise, label="Revise", icon="edit", done="Revised."),
    _button(Verb.STORY_ASSIGN, stories.assign, form=forms.Assign, label="Assign", icon="group_add", done="Assigned."),
    _button(
        Verb.STORY_WITHHOLD,
        publication.withhold,
        form=forms.Withhold,
        label="Take down for now",
        icon="visibility_off",
        tone="danger",
        done="Taken down for now.",
    ),
    _button(
        Verb.STORY_RETRACT,
        publication.retract,
        form=forms.Retract,
        label="Retract",
        icon="block",
        tone="danger",
        done="Retracted.",
    ),
    _button(
        Verb.STORY_SPIKE, stories.spike, form=forms.Spike, label="Spike", icon="delete", tone="danger", done="Spiked."
    ),
    subscriptions.follow_button("story", row_as="story_id", form=subscription_forms.Follow, label="Follow"),
)
