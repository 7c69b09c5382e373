"""What the verbs on stories ask for."""

from __future__ import annotations

from typing import Any

from django import forms

from editorial.admin.framework.action_forms import RevisingForm, VerbForm
from editorial.admin.framework.desk_forms import AtADesk
from editorial.admin.framework.fields import ChooseSeveral, Prose, Reason, Text, TimeZone, WallTime, zones
from editorial.admin.stories.claim_use_forms import UseRows
from editorial.models import Story, User
from editorial.policy.access import Verb


class Pitch(AtADesk):
    """A new story."""

    verb = Verb.STORY_PITCH

    headline = Text("Headline")
    body = Prose("Copy", rows=8, required=False, help_text="May come later.")

    field_order = ("headline", "body", "desk_id")


class Assign(VerbForm):
    """Who shall write it."""

    authors = ChooseSeveral("Authors", help_text="They replace the authors it has. Nobody clears what they wrote.")

    @classmethod
    def starts_with(cls, row: Story) -> dict[str, Any]:
        """Its authors so far."""
        return {"authors": list(row.authors.values_list("pk", flat=True))}

    def prepare(self) -> None:
        """Whoever works at the desk, or for the whole house."""
        story: Story = self.row
        here = User.objects.filter(is_active=True, memberships__desk=story.desk_id)
        house = User.objects.filter(is_active=True, memberships__isnull=False, memberships__desk=None)
        self.choose("authors", (here | house).distinct().order_by("username"), says=_name)


def _name(person: User) -> str:
    return person.get_full_name() or person.get_username()


class Revise(RevisingForm):
    """The words, and how the story uses claims."""

    headline = Text("Headline")
    body = Prose("Copy", rows=16, required=False)

    field_order = ("headline", "body")

    @classmethod
    def starts_with(cls, row: Story) -> dict[str, Any]:
        """The copy as it stands."""
        last = row.revisions.order_by("-number").first()
        return super().starts_with(row) | {"headline": row.headline, "body": last.body if last else ""}

    def prepare(self) -> None:
        """One row for each claim it uses, and some for more."""
        self.rows = UseRows.of(self.row, actor=self.actor, data=self.data if self.is_bound else None)

    @property
    def media(self) -> forms.Media:
        """What the rows need to find claims by typing."""
        return super().media + self.rows.media

    def is_valid(self) -> bool:
        """The words and every row."""
        words = super().is_valid()
        return self.rows.is_valid() and words

    def given(self) -> dict[str, Any]:
        """The words, and the whole list of uses."""
        return super().given() | {"uses": self.rows.uses()}


class Override(VerbForm):
    """Why readers get it before the reply's time is up."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    reason = Reason(help_text="An override is read afterwards, and the desk is told.")


class Schedule(VerbForm):
    """When it runs, on whose clock."""

    at = WallTime("Run at")
    time_zone = TimeZone("In the time of", help_text="Such as Europe/London. The gate is asked again when it comes.")

    zones = property(lambda self: zones())

    @classmethod
    def starts_with(cls, row: Story) -> dict[str, Any]:
        """The time it had."""
        return {"time_zone": row.publish_time_zone} if row.publish_time_zone else {}

    def prepare(self) -> None:
        """One's own clock unless another was chosen before."""
        self.initial.setdefault("time_zone", self.actor.time_zone)


class Correct(VerbForm):
    """What readers are told."""

    text = Reason("What readers are told was changed", help_text="Printed with the story.")


class Withhold(VerbForm):
    """Why it is taken down for now."""

    reason = Reason()


class Retract(VerbForm):
    """Why it is taken back for good."""

    reason = Reason("What readers are told", help_text="A retraction cannot be undone.")


class Spike(VerbForm):
    """Why it is given up."""

    reason = Reason()


class Tick(VerbForm):
    """Which condition of which claim: the button knows."""

    claim_id = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
