"""Forms, buttons and boxes for restrictions of claims and stories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from editorial.admin.framework import fields
from editorial.admin.framework.action_buttons import ActionButton, BoundButton, bind_buttons
from editorial.admin.framework.action_forms import ActionForm
from editorial.models import Restriction
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.vocabulary import RestrictionKind


class RestrictForm(ActionForm):
    """Why publication is forbidden, and until when."""

    kind = fields.ChoiceField("Kind", RestrictionKind)
    reason = fields.ReasonField(
        "Reason",
        help_text="The court and case number, the agreement, or the danger. No confidential name.",
    )
    until = fields.DateTimeField(
        "Until", required=False, help_text="When the restriction ends. Empty: until somebody lifts it."
    )

    def prepare(self) -> None:
        """Show the time zone of the date field."""
        fields.show_time_zone(self.fields["until"])


class LiftRestrictionForm(ActionForm):
    """Why the restriction is lifted. The button chooses which one."""

    restriction_id = forms.UUIDField(widget=forms.HiddenInput)
    reason = fields.ReasonField(help_text="Who lifted or waived it, and when.")


def restrict_button(action: Action, handler: Callable[..., Any], pk_kwarg: str, **options: Any) -> ActionButton:
    """The button that restricts a claim or a story."""
    return ActionButton(
        action=action,
        handler=handler,
        pk_kwarg=pk_kwarg,
        form=RestrictForm,
        label="Restrict",
        icon="lock",
        tone="danger",
        help_text="Forbids publication even if it is true: a court order, next of kin not notified, a minor, privacy "
        "or safety. Published stories stay up until an editor withholds them.",
        success_message="Restricted. The desk is notified.",
        redirect_to=lambda row, result: row,
        **options,
    )


def lift_button(action: Action, handler: Callable[..., Any], pk_kwarg: str) -> ActionButton:
    """The button that lifts one restriction of a claim or a story."""
    return ActionButton(
        action=action,
        handler=handler,
        pk_kwarg=pk_kwarg,
        form=LiftRestrictionForm,
        label="Lift restriction",
        icon="lock_open",
        success_message="Restriction lifted. The desk is notified, and the gate is being re-evaluated.",
        redirect_to=lambda row, result: row,
    )


@dataclass(frozen=True, slots=True)
class RestrictionView:
    """A restriction in force, and the button that lifts it."""

    restriction: Restriction
    buttons: list[BoundButton]


def in_force(
    row: Any, lift: ActionButton, actor: ActorFacts, *, subject: SubjectFacts, now: datetime
) -> list[RestrictionView]:
    """The restrictions of a claim or story that are in force."""
    restrictions = row.restrictions.in_force(now).select_related("restricted_by")
    return [
        RestrictionView(
            restriction,
            bind_buttons([lift], row, actor, subject=subject, query={"restriction_id": str(restriction.pk)}),
        )
        for restriction in restrictions
    ]
