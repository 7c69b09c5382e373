"""Buttons for actions on a story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q

from editorial.admin.framework import fields
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import (
    ActionForm,
    DeskActionForm,
    PageVersionForm,
    VersionedActionForm,
    reason_form,
)
from editorial.admin.framework.tags import user_name
from editorial.admin.people import subscriptions
from editorial.admin.review.restrictions import lift_button, restrict_button
from editorial.admin.stories.claim_use_forms import ClaimUseFormSet
from editorial.models import Story, User
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.stories import publication, restrictions, stories


class StoryPitchForm(DeskActionForm):
    action = Action.STORY_PITCH

    headline = fields.TextField("Headline")
    body = fields.TextAreaField("Copy", rows=8, required=False, help_text="Optional for now.")

    field_order = ("headline", "body", "desk_id")


class StoryAssignForm(VersionedActionForm):
    authors = fields.MultipleModelSelectField(
        "Authors", help_text="Replaces the present authors. Authors cannot clear their own story."
    )

    @classmethod
    def initial_for_row(cls, row: Story) -> dict[str, Any]:
        return super().initial_for_row(row) | {"authors": list(row.authors.values_list("pk", flat=True))}

    def prepare(self) -> None:
        """Offer users with a role at the desk or for all desks."""
        story: Story = self.row
        at_desk = Q(memberships__desk=story.desk_id)
        at_all_desks = Q(memberships__isnull=False, memberships__desk=None)
        users = User.objects.filter(at_desk | at_all_desks, is_active=True)
        self.set_choices("authors", users.distinct().order_by("username"), label_for=user_name)


class StoryUpdateForm(VersionedActionForm):
    headline = fields.TextField("Headline")
    body = fields.TextAreaField("Copy", rows=16, required=False)

    field_order = ("headline", "body")

    @classmethod
    def initial_for_row(cls, row: Story) -> dict[str, Any]:
        latest = row.revisions.order_by("-number").first()
        return super().initial_for_row(row) | {"headline": row.headline, "body": latest.body if latest else ""}

    def prepare(self) -> None:
        """One row per claim use, plus empty ones."""
        self.claim_uses = ClaimUseFormSet.for_story(
            self.row, actor=self.actor, data=self.data if self.is_bound else None
        )

    @property
    def media(self) -> forms.Media:
        """The scripts and styles of the autocomplete fields."""
        return super().media + self.claim_uses.media

    def is_valid(self) -> bool:
        is_copy_valid = super().is_valid()
        return self.claim_uses.is_valid() and is_copy_valid

    def action_kwargs(self) -> dict[str, Any]:
        return super().action_kwargs() | {"uses": self.claim_uses.cleaned_uses()}


class GateOverrideForm(PageVersionForm):
    """Why the story runs before the reply deadline, or despite its wire item."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    reason = fields.ReasonField(help_text="Overrides are reviewed afterwards, and the desk is notified.")


class StoryScheduleForm(PageVersionForm):
    at = fields.NaiveDateTimeField("Publish at")
    time_zone = fields.TimeZoneField(
        "Time zone", help_text="Such as Europe/London. The gate is checked again at that time."
    )

    zones = property(lambda self: fields.time_zone_names())

    @classmethod
    def initial_for_row(cls, row: Story) -> dict[str, Any]:
        zone = {"time_zone": row.publish_time_zone} if row.publish_time_zone else {}
        return super().initial_for_row(row) | zone

    def prepare(self) -> None:
        """Default to the user's time zone."""
        self.initial.setdefault("time_zone", self.actor.time_zone)


class CorrectionForm(PageVersionForm):
    text = fields.ReasonField("Note to readers", help_text="Published with the story.")


class ConditionConfirmForm(PageVersionForm):
    """The condition to confirm; the button sets it."""

    claim_id = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(max_length=40, widget=forms.HiddenInput)


def _transition_allowed(action: Action) -> Callable[[Any], Decision]:
    return lambda row: transitions.may_transition(action, StoryStatus(row.status))


def _story_action(
    action: Action, handler: Callable[..., Any], *, form: type[ActionForm] = PageVersionForm, **options: Any
) -> ActionButton:
    return ActionButton(
        form=form,
        action=action,
        handler=handler,
        pk_kwarg="story_id",
        available=_transition_allowed(action),
        redirect_to=lambda row, result: row,
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
CONFIRM_NO_CLAIMS = _story_action(
    Action.STORY_CONFIRM_NO_CLAIMS,
    stories.confirm_no_claims,
    label="Confirm no claims",
    icon="check",
    tone="primary",
    help_text="Confirm under your name that you have read the copy, did not write it, and that it states nothing that "
    "could be wrong: a listing, a photo without a caption, a greeting. A change of the copy voids the confirmation.",
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
        form=StoryScheduleForm,
        label="Schedule",
        icon="schedule",
        success_message="Scheduled. The gate is checked again at that time.",
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
        Action.STORY_WITHHOLD,
        publication.withhold,
        form=reason_form(),
        label="Withhold",
        icon="visibility_off",
        tone="danger",
        success_message="Withheld.",
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
    restrict_button(
        Action.STORY_RESTRICT,
        restrictions.restrict_story,
        "story_id",
        available=_transition_allowed(Action.STORY_RESTRICT),
    ),
    subscriptions.follow_action("story", pk_kwarg="story_id", form=subscriptions.FollowForm, label="Follow"),
)
