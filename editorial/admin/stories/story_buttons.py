"""Buttons for actions on a story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, PageVersionForm, reason_form
from editorial.admin.people import subscriptions
from editorial.admin.review.restrictions import lift_button, restrict_button
from editorial.admin.stories.story_forms import (
    ConditionConfirmForm,
    ConditionsConfirmForm,
    CorrectionForm,
    CorrectionScheduleForm,
    GateOverrideForm,
    StoryAssignForm,
    StoryMergeForm,
    StoryMoveForm,
    StoryScheduleForm,
    StoryUpdateForm,
)
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.stories import (
    conditions,
    desks,
    merging,
    publication,
    restrictions,
    returns,
    scheduled_corrections,
    stories,
)


def _transition_allowed(action: Action, only_if: Callable[[Any], bool] = lambda row: True) -> Callable[[Any], Decision]:
    return lambda row: transitions.may_transition(action, StoryStatus(row.status)) if only_if(row) else Decision(False)


def _story_action(
    action: Action,
    handler: Callable[..., Any],
    *,
    form: type[ActionForm] = PageVersionForm,
    only_if: Callable[[Any], bool] = lambda row: True,
    redirect_to: Callable[[Any, Any], Any] = lambda row, result: row,
    **options: Any,
) -> ActionButton:
    return ActionButton(
        form=form,
        action=action,
        handler=handler,
        pk_kwarg="story_id",
        available=_transition_allowed(action, only_if),
        redirect_to=redirect_to,
        **options,
    )


CONFIRM_CONDITION = _story_action(
    Action.STORY_CONFIRM_CONDITION,
    stories.confirm_condition,
    form=ConditionConfirmForm,
    label="Confirm condition",
    icon="check",
    tone="primary",
    one_click=True,
    success_message="Condition confirmed.",
)
CONFIRM_MANY = _story_action(
    Action.STORY_CONFIRM_CONDITION,
    conditions.confirm_many,
    variant="many",
    form=ConditionsConfirmForm,
    label="Confirm the ticked conditions",
    icon="done_all",
    tone="primary",
    success_message=lambda checks: f"{len(checks)} condition{'s' if len(checks) > 1 else ''} confirmed.",
)
CONFIRM_NO_CLAIMS = _story_action(
    Action.STORY_CONFIRM_NO_CLAIMS,
    stories.confirm_no_claims,
    label="Confirm no claims",
    icon="check",
    tone="primary",
    help_text="Confirm under your name that you did not write the copy, have read it, and found no statement that "
    "needs checking, as in a listing, a photo without a caption or a greeting. A change of the copy voids "
    "the confirmation.",
    success_message="Confirmed under your name for this version of the copy.",
)
LIFT_RESTRICTION = lift_button(Action.STORY_LIFT_RESTRICTION, restrictions.lift_from_story, "story_id")
OVERRIDE_GATE = _story_action(
    Action.STORY_OVERRIDE,
    stories.override,
    form=GateOverrideForm,
    label="Override gate",
    icon="priority_high",
    tone="danger",
    success_message="Overridden. The desk is notified and can read your reason.",
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
        form=StoryScheduleForm,
        label="Schedule",
        icon="schedule",
        help_text="The story runs at this time if the gate passes then. Say which time zone the time is in.",
        success_message="Scheduled. The gate is checked again at that time.",
    ),
    _story_action(
        Action.STORY_UNSCHEDULE,
        returns.unschedule,
        label="Unschedule",
        icon="event_busy",
        help_text="Takes it off the schedule. It stays cleared, and the planned time is kept.",
        success_message="Taken off the schedule. Authors and editors are notified.",
    ),
    _story_action(
        Action.STORY_SEND_BACK,
        returns.send_back,
        form=reason_form("What has to change", "Its authors read this."),
        label="Send back",
        icon="undo",
        success_message="Sent back. Authors and editors are notified.",
    ),
    _story_action(
        Action.STORY_CORRECT,
        publication.correct,
        form=CorrectionForm,
        label="Publish correction",
        icon="edit_note",
        tone="primary",
        success_message="Correction published.",
    ),
    _story_action(
        Action.STORY_REVISE,
        stories.revise,
        form=StoryUpdateForm,
        label="Revise",
        icon="edit",
        success_message="Revised.",
    ),
    _story_action(
        Action.STORY_ASSIGN,
        stories.assign,
        form=StoryAssignForm,
        label="Assign",
        icon="group_add",
        success_message="Assigned.",
    ),
    _story_action(
        Action.STORY_SCHEDULE_CORRECTION,
        scheduled_corrections.schedule_correction,
        form=CorrectionScheduleForm,
        label="Schedule correction",
        icon="schedule",
        help_text="The story runs at this time if the gate passes then. Say which time zone the time is in.",
        success_message="Scheduled. The gate is checked at that time.",
    ),
    _story_action(
        Action.STORY_CANCEL_CORRECTION,
        scheduled_corrections.cancel_correction,
        label="Cancel correction",
        icon="event_busy",
        success_message="Cancelled. The note is kept.",
        only_if=lambda row: row.correction_at is not None,
    ),
    _story_action(
        Action.STORY_MOVE,
        desks.move,
        form=StoryMoveForm,
        label="Move to another desk",
        icon="move_up",
        success_message="Moved. Both desks are notified.",
    ),
    _story_action(
        Action.STORY_WITHHOLD,
        publication.withhold,
        form=reason_form(),
        label="Withhold",
        icon="visibility_off",
        tone="danger",
        success_message="Withheld.",
    ),
    _story_action(
        Action.STORY_RESTORE,
        publication.restore,
        form=reason_form(),
        label="Restore",
        icon="visibility",
        tone="primary",
        help_text="Publishes it again, unchanged, if the gate passes and no correction is owed to readers.",
        success_message="Published again.",
    ),
    _story_action(
        Action.STORY_RETRACT,
        publication.retract,
        form=reason_form("Note to readers", "A retraction cannot be undone."),
        label="Retract",
        icon="block",
        tone="danger",
        success_message="Retracted.",
    ),
    _story_action(
        Action.STORY_SPIKE,
        stories.spike,
        form=reason_form(),
        label="Spike",
        icon="delete",
        tone="danger",
        success_message="Spiked.",
    ),
    _story_action(
        Action.STORY_UNSPIKE,
        returns.unspike,
        form=reason_form(),
        label="Unspike",
        icon="restore_from_trash",
        success_message="It is a draft again.",
        only_if=lambda row: row.merged_into_id is None,
    ),
    _story_action(
        Action.STORY_MERGE,
        merging.merge,
        form=StoryMergeForm,
        label="Merge into another draft",
        icon="merge",
        help_text="For two drafts of one original at the same desk. The other draft takes over the wire items.",
        success_message="Merged into this draft.",
        redirect_to=lambda row, into: into,
    ),
    _story_action(
        Action.STORY_UNMERGE,
        merging.unmerge,
        form=reason_form(),
        label="Unmerge",
        icon="call_split",
        success_message="It is a draft again, with its wire items.",
        only_if=lambda row: row.merged_into_id is not None,
    ),
    restrict_button(
        Action.STORY_RESTRICT,
        restrictions.restrict_story,
        "story_id",
        available=_transition_allowed(Action.STORY_RESTRICT),
    ),
    subscriptions.follow_action("story", pk_kwarg="story_id", form=subscriptions.FollowForm, label="Follow"),
)
