"""Forms for actions on a story."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from editorial.admin.framework import fields
from editorial.admin.framework.action_forms import (
    DeskActionForm,
    PageVersionForm,
    VersionedActionForm,
    desks_allowing,
)
from editorial.admin.framework.tags import user_name
from editorial.admin.stories.claim_use_forms import ClaimUseFormSet
from editorial.models import Story, User
from editorial.models.unions import keys_of_any
from editorial.policy.actions import Action
from editorial.policy.publication import gate, transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.stories import gates

_USES = "uses"


class StoryPitchForm(DeskActionForm):
    action = Action.STORY_PITCH

    headline = fields.TextField("Headline")
    body = fields.TextAreaField("Copy", rows=8, required=False, help_text="Optional for now.")

    field_order = ("headline", "body", "desk_id")


class StoryAssignForm(VersionedActionForm):
    authors = fields.MultipleModelSelectField(
        "Authors", help_text="Replaces the present authors. Authors cannot clear their own story."
    )
    note = fields.TextAreaField(
        "Note to readers", rows=3, help_text="Published with the story as a correction of the byline."
    )

    @classmethod
    def initial_for_row(cls, row: Story) -> dict[str, Any]:
        return super().initial_for_row(row) | {"authors": list(row.authors.values_list("pk", flat=True))}

    def prepare(self) -> None:
        """Offer users with a role at the desk or for all desks, and ask for a note once readers have seen the story."""
        story: Story = self.row
        if StoryStatus(story.status) not in transitions.READ:
            del self.fields["note"]
        at_desk = Q(memberships__desk=story.desk_id)
        at_all_desks = Q(memberships__isnull=False, memberships__desk=None)
        offered = keys_of_any(
            User.objects.all(), Q(at_desk | at_all_desks, is_active=True), Q(author_links__story=story)
        )
        users = User.objects.filter(pk__in=offered)
        self.set_choices("authors", users.order_by("username"), label_for=user_name)


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

    def shown_values(self) -> dict[str, list[str]]:
        """The copy and the uses."""
        return super().shown_values() | {_USES: self.claim_uses.shown_uses()}

    def typed_values(self) -> dict[str, list[str]]:
        """The copy and the uses."""
        return super().typed_values() | {_USES: self.claim_uses.typed_uses()}

    def take_shown(self, name: str, data: QueryDict) -> None:
        """A field, or all uses."""
        if name == _USES:
            self.claim_uses.write_shown(data)
        else:
            super().take_shown(name, data)

    def label_of(self, name: str) -> str:
        """What a field is called; the uses are one."""
        return "Claims used" if name == _USES else super().label_of(name)

    def words_of(self, name: str, values: list[str]) -> str:
        """Values as people read them; one use to a line."""
        return self.claim_uses.words_of(values) if name == _USES else super().words_of(name, values)

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
        return super().initial_for_row(row) | _local(row, row.publish_at or row.planned_at)

    def prepare(self) -> None:
        """Default to the user's time zone."""
        self.initial.setdefault("time_zone", self.actor.time_zone)


class CorrectionForm(PageVersionForm):
    text = fields.ReasonField("Note to readers", help_text="Published with the story.")


class ConditionConfirmForm(PageVersionForm):
    """The condition to confirm; the button sets it."""

    claim_id = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(max_length=40, widget=forms.HiddenInput)


class ConditionsConfirmForm(PageVersionForm):
    """The conditions that the gate still asks for, to be ticked. Each is named by claim and code."""

    conditions = forms.MultipleChoiceField(
        label="Conditions", widget=forms.CheckboxSelectMultiple, help_text="Tick what the copy meets."
    )

    def prepare(self) -> None:
        """Offer what nobody has confirmed yet."""
        verdict = gates.evaluate(self.row, now=timezone.now())
        conditions: Any = self.fields["conditions"]
        conditions.choices = [
            (f"{claim} {code}", f"{gate.explain(code)} {verdict.claims[claim].text}")
            for claim, code in verdict.unconfirmed
        ]

    def action_kwargs(self) -> dict[str, Any]:
        return super().action_kwargs() | {"conditions": [each.split() for each in self.cleaned_data["conditions"]]}


class CorrectionScheduleForm(CorrectionForm, StoryScheduleForm):
    field_order = ("text", "at", "time_zone")

    @classmethod
    def initial_for_row(cls, row: Story) -> dict[str, Any]:
        return super().initial_for_row(row) | {"text": row.correction_text, "at": None} | _local(row, row.correction_at)


class StoryMoveForm(PageVersionForm):
    desk_id = fields.ModelSelectField("New desk", help_text="Only desks where you are an editor are listed.")
    reason = fields.ReasonField(help_text="The new desk reads it in the audit log; the old desk does not.")

    def prepare(self) -> None:
        """Leave out the present desk, and those at which the user may not take a story over."""
        allowed = desks_allowing(Action.STORY_MOVE, self.actor)
        self.set_choices("desk_id", allowed.exclude(pk=self.row.desk_id))


class StoryMergeForm(PageVersionForm):
    into_id = fields.AutocompleteField(
        "Merge into",
        (Story, "merged_into"),
        help_text="The draft that remains. It gets the authors, followers, restrictions and wire items of this one, "
        "and the claims that it does not use itself. The copy of this one stays here.",
    )
    reason = fields.ReasonField(help_text="The authors of both drafts read this.")


def _local(story: Story, moment: datetime | None) -> dict[str, Any]:
    """A planned time and its zone as initial values, as far as they are known."""
    zone = story.publish_time_zone
    if not zone:
        return {}
    return {"time_zone": zone} | ({"at": moment.astimezone(ZoneInfo(zone))} if moment else {})
