"""Buttons for actions on a story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.people import subscription_forms as subscription_forms
from editorial.admin.people import subscriptions
from editorial.admin.stories import story_forms as forms
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.stories import publication, stories


def _transition_allowed(action: Action) -> Callable[[Any], Decision]:
    """Whether the story's status allows this action."""
    return lambda row: transitions.may_transition(action, StoryStatus(row.status))


def _story_action(action: Action, handler: Callable[..., Any], **more: Any) -> ActionButton:
    return ActionButton(
        action=action,
        handler=handler,
        pk_kwarg="story_id",
        available=_transition_allowed(action),
        redirect_to=lambda row, result: row,
        **more,
    )


CONFIRM_CONDITION = _story_action(
    Action.STORY_CONFIRM_CONDITION,
    stories.confirm_condition,
    form=forms.ConditionConfirmForm,
    label="Confirm condition",
    icon="check",
    tone="primary",
    one_click=True,
    success_message="Condition confirmed.",
)
OVERRIDE_GATE = _story_action(
    Action.STORY_OVERRIDE,
    stories.override,
    form=forms.GateOverrideForm,
    label="Override",
    icon="priority_high",
    tone="danger",
    success_message="Overridden. The desk is notified of your reason.",
)
STORY_ACTIONS = (
    _story_action(
        Action.STORY_SUBMIT,
        stories.submit,
        label="Submit",
        icon="send",
        tone="primary",
        success_message="Submitted. An editor who is not an author has to clear it.",
    ),
    _story_action(
        Action.STORY_CLEAR,
        stories.clear,
        label="Clear",
        icon="done_all",
        tone="primary",
        help_text="You have read the copy, you are not an author, and the copy may run.",
        success_message="Cleared.",
    ),
    _story_action(
        Action.STORY_PUBLISH,
        publication.publish,
        label="Publish",
        icon="publish",
        tone="primary",
        help_text="Publishes immediately if the gate passes.",
        success_message="Published. The newsroom now monitors its evidence.",
    ),
    _story_action(
        Action.STORY_SCHEDULE,
        stories.schedule,
        form=forms.StoryScheduleForm,
        label="Schedule",
        icon="schedule",
        success_message="Scheduled. The gate is checked again at that time.",
    ),
    _story_action(
        Action.STORY_CORRECT,
        publication.correct,
        form=forms.StoryCorrectForm,
        label="Publish correction",
        icon="edit_note",
        tone="primary",
        success_message="Correction published.",
    ),
    _story_action(
        Action.STORY_REVISE,
        stories.revise,
        form=forms.StoryUpdateForm,
        label="Revise",
        icon="edit",
        success_message="Revised.",
    ),
    _story_action(
        Action.STORY_ASSIGN,
        stories.assign,
        form=forms.StoryAssignForm,
        label="Assign",
        icon="group_add",
        success_message="Assigned.",
    ),
    _story_action(
        Action.STORY_WITHHOLD,
        publication.withhold,
        form=forms.StoryWithholdForm,
        label="Withhold",
        icon="visibility_off",
        tone="danger",
        success_message="Withheld.",
    ),
    _story_action(
        Action.STORY_RETRACT,
        publication.retract,
        form=forms.StoryRetractForm,
        label="Retract",
        icon="block",
        tone="danger",
        success_message="Retracted.",
    ),
    _story_action(
        Action.STORY_SPIKE,
        stories.spike,
        form=forms.StorySpikeForm,
        label="Spike",
        icon="delete",
        tone="danger",
        success_message="Spiked.",
    ),
    subscriptions.follow_action("story", pk_kwarg="story_id", form=subscription_forms.FollowForm, label="Follow"),
)
