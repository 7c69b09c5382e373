"""Restrictions on the pages of claims and stories: forms, buttons and notices."""

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
    """What forbids publishing, and until when."""

    kind = fields.ChoiceField(
        "Why it may not run",
        RestrictionKind,
        help_text="Whether it is true does not matter: a restricted claim blocks every story that uses it.",
    )
    reason = fields.ReasonField(
        "What forbids it",
        help_text="The court and the number of its order, what was agreed with whom, the danger. No confidential name.",
    )
    until = fields.DateTimeField(
        "Until", required=False, help_text="It then ends by itself. Empty: until somebody lifts it."
    )

    def prepare(self) -> None:
        """Show the time zone of the date field."""
        fields.show_time_zone(self.fields["until"])


class LiftRestrictionForm(ActionForm):
    """Why the restriction no longer holds; the button says which one."""

    restriction_id = forms.UUIDField(widget=forms.HiddenInput)
    reason = fields.ReasonField(help_text="Who released it, and when.")


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
        help_text="Forbid publishing this, whether or not it is true: a court order, next of kin not yet told, a "
        "minor, privacy, somebody's safety. What has already run stays up until an editor withholds it.",
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
        label="Lift",
        icon="lock_open",
        success_message="Lifted. The desk is notified, and the gate is checked again.",
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
