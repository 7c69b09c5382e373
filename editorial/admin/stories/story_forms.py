"""What the verbs on stories ask for."""

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
    """A new story."""

    action = Action.STORY_PITCH

    headline = TextField("Headline")
    body = TextAreaField("Copy", rows=8, required=False, help_text="May come later.")

    field_order = ("headline", "body", "desk_id")


class StoryAssignForm(ActionForm):
    """Who shall write it."""

    authors = MultipleModelSelectField(
        "Authors", help_text="They replace the authors it has. Nobody clears what they wrote."
    )

    @classmethod
    def initial_for_row(cls, row: Story) -> dict[str, Any]:
        """Its authors so far."""
        return {"authors": list(row.authors.values_list("pk", flat=True))}

    def prepare(self) -> None:
        """Whoever works at the desk, or for the whole house."""
        story: Story = self.row
        here = User.objects.filter(is_active=True, memberships__desk=story.desk_id)
        house = User.objects.filter(is_active=True, memberships__isnull=False, memberships__desk=None)
        self.set_choices("authors", (here | house).distinct().order_by("username"), label_for=_user_label)


def _user_label(person: User) -> str:
    return person.get_full_name() or person.get_username()


class StoryUpdateForm(VersionedActionForm):
    """The words, and how the story uses claims."""

    headline = TextField("Headline")
    body = TextAreaField("Copy", rows=16, required=False)

    field_order = ("headline", "body")

    @classmethod
    def initial_for_row(cls, row: Story) -> dict[str, Any]:
        """The copy as it stands."""
        last = row.revisions.order_by("-number").first()
        return super().initial_for_row(row) | {"headline": row.headline, "body": last.body if last else ""}

    def prepare(self) -> None:
        """One row for each claim it uses, and some for more."""
        self.claim_uses = ClaimUseFormSet.for_story(
            self.row, actor=self.actor, data=self.data if self.is_bound else None
        )

    @property
    def media(self) -> forms.Media:
        """What the rows need to find claims by typing."""
        return super().media + self.claim_uses.media

    def is_valid(self) -> bool:
        """The words and every row."""
        words = super().is_valid()
        return self.claim_uses.is_valid() and words

    def action_kwargs(self) -> dict[str, Any]:
        """The words, and the whole list of uses."""
        return super().action_kwargs() | {"uses": self.claim_uses.cleaned_uses()}


class GateOverrideForm(ActionForm):
    """Why readers get it before the reply's time is up."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    reason = ReasonField(help_text="An override is read afterwards, and the desk is told.")


class StoryScheduleForm(ActionForm):
    """When it runs, on whose clock."""

    at = NaiveDateTimeField("Run at")
    time_zone = TimeZoneField(
        "In the time of", help_text="Such as Europe/London. The gate is asked again when it comes."
    )

    zones = property(lambda self: time_zone_names())

    @classmethod
    def initial_for_row(cls, row: Story) -> dict[str, Any]:
        """The time it had."""
        return {"time_zone": row.publish_time_zone} if row.publish_time_zone else {}

    def prepare(self) -> None:
        """One's own clock unless another was chosen before."""
        self.initial.setdefault("time_zone", self.actor.time_zone)


class StoryCorrectForm(ActionForm):
    """What readers are told."""

    text = ReasonField("What readers are told was changed", help_text="Printed with the story.")


class StoryWithholdForm(ActionForm):
    """Why it is taken down for now."""

    reason = ReasonField()


class StoryRetractForm(ActionForm):
    """Why it is taken back for good."""

    reason = ReasonField("What readers are told", help_text="A retraction cannot be undone.")


class StorySpikeForm(ActionForm):
    """Why it is given up."""

    reason = ReasonField()


class ConditionConfirmForm(ActionForm):
    """Which condition of which claim: the button knows."""

    claim_id = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
