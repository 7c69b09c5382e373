"""Forms of the actions on stories."""

from __future__ import annotations

from typing import Any

from django import forms

from editorial.admin.framework.action_forms import ActionForm, VersionedActionForm
from editorial.admin.framework.desk_forms import DeskActionForm
from editorial.admin.framework.fields import (
    MultipleModelSelectField,
    NaiveDateTimeField,
    ReasonField,
    TextAreaField,
    TextField,
    TimeZoneField,
    time_zone_names,
)
from editorial.admin.stories.claim_use_forms import ClaimUseFormSet
from editorial.models import Story, User
from editorial.policy.actions import Action


class StoryPitchForm(DeskActionForm):
    action = Action.STORY_PITCH

    headline = TextField("Headline")
    body = TextAreaField("Copy", rows=8, required=False, help_text="Optional for now.")

    field_order = ("headline", "body", "desk_id")


class StoryAssignForm(ActionForm):
    """The authors."""

    authors = MultipleModelSelectField(
        "Authors", help_text="Replaces the present authors. Authors cannot clear their own story."
    )

    @classmethod
    def initial_for_row(cls, row: Story) -> dict[str, Any]:
        return {"authors": list(row.authors.values_list("pk", flat=True))}

    def prepare(self) -> None:
        """Offer users with a role at the desk or for all desks."""
        story: Story = self.row
        here = User.objects.filter(is_active=True, memberships__desk=story.desk_id)
        house = User.objects.filter(is_active=True, memberships__isnull=False, memberships__desk=None)
        self.set_choices("authors", (here | house).distinct().order_by("username"), label_for=_user_label)


def _user_label(person: User) -> str:
    return person.get_full_name() or person.get_username()


class StoryUpdateForm(VersionedActionForm):
    """The copy and its claim uses."""

    headline = TextField("Headline")
    body = TextAreaField("Copy", rows=16, required=False)

    field_order = ("headline", "body")

    @classmethod
    def initial_for_row(cls, row: Story) -> dict[str, Any]:
        last = row.revisions.order_by("-number").first()
        return super().initial_for_row(row) | {"headline": row.headline, "body": last.body if last else ""}

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
        """Whether the copy and every row are valid."""
        words = super().is_valid()
        return self.claim_uses.is_valid() and words

    def action_kwargs(self) -> dict[str, Any]:
        """The copy and the complete list of uses."""
        return super().action_kwargs() | {"uses": self.claim_uses.cleaned_uses()}


class GateOverrideForm(ActionForm):
    """Why the story runs before the reply deadline."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    reason = ReasonField(help_text="Overrides are reviewed afterwards, and the desk is notified.")


class StoryScheduleForm(ActionForm):
    """The publication time and its time zone."""

    at = NaiveDateTimeField("Run at")
    time_zone = TimeZoneField("Time zone", help_text="Such as Europe/London. The gate is checked again at that time.")

    zones = property(lambda self: time_zone_names())

    @classmethod
    def initial_for_row(cls, row: Story) -> dict[str, Any]:
        return {"time_zone": row.publish_time_zone} if row.publish_time_zone else {}

    def prepare(self) -> None:
        """Default to the user's time zone."""
        self.initial.setdefault("time_zone", self.actor.time_zone)


class StoryCorrectForm(ActionForm):
    """The note to readers."""

    text = ReasonField("Note to readers", help_text="Published with the story.")


class StoryWithholdForm(ActionForm):
    """The reason for withholding."""

    reason = ReasonField()


class StoryRetractForm(ActionForm):
    """The reason for the retraction."""

    reason = ReasonField("Note to readers", help_text="A retraction cannot be undone.")


class StorySpikeForm(ActionForm):
    """The reason for spiking."""

    reason = ReasonField()


class ConditionConfirmForm(ActionForm):
    """The condition to confirm; the button sets it."""

    claim_id = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
