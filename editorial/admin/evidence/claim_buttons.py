"""Actions on a claim: forms and buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.forms import model_to_dict
from django.urls import reverse
from django.utils import timezone

from editorial.admin.evidence.statement_forms import StatementCreateForm
from editorial.admin.framework import fields
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, DeskActionForm, VersionedActionForm, reason_form
from editorial.admin.people import subscriptions
from editorial.admin.review import replies
from editorial.admin.review.restrictions import lift_button, restrict_button
from editorial.admin.review.signoffs import SignoffForm
from editorial.models import Claim
from editorial.models.review.signoffs import LIVE_STATES as LIVE_SIGNOFFS
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.publication.transitions import SignoffKind
from editorial.policy.vocabulary import ClaimKind, FindingValue, Risk
from editorial.workflow.evidence import claim_distinctions, claims, statements
from editorial.workflow.review import policies, signoffs
from editorial.workflow.stories import restrictions

_TEXT = "One proposition in one sentence. “S said P” and “P” are two claims."


class _ClaimFields(ActionForm):
    """The fields shared by new and existing claims."""

    text = fields.TextAreaField("The claim", rows=3, help_text=_TEXT)
    kind = fields.ChoiceField("Kind", ClaimKind, initial=ClaimKind.CONTENT.value)
    risk = fields.ChoiceField(
        "Risk",
        Risk,
        initial=Risk.SERIOUS.value,
        help_text="The harm if it is wrong. Determines how much evidence is needed.",
    )
    needs_context = fields.CheckboxField(
        "Needs context",
        help_text="True, but misleading on its own. The copy must add the context.",
    )
    adverse_to = fields.MultipleAutocompleteField(
        "Adverse to",
        (Claim, "adverse_to"),
        required=False,
        help_text="Accused parties have a right of reply before publication.",
    )


class _CarriesField(ActionForm):
    """The claims that an utterance passes on."""

    carries = fields.MultipleAutocompleteField(
        "Carries",
        (Claim, "carries"),
        required=False,
        help_text="The claims that an utterance passes on: “S said P” carries P. Stories that use it also use these.",
    )


class ClaimCreateForm(_ClaimFields, _CarriesField, DeskActionForm):
    action = Action.CLAIM_FILE

    field_order = ("text", "kind", "carries", "risk", "needs_context", "adverse_to", "desk_id")

    def prepare(self) -> None:
        """Show related claims while the text is typed (static/editorial/related_claims.js)."""
        super().prepare()
        self.fields["text"].widget.attrs["data-related"] = reverse("admin:editorial_claim_related_to_text")


class ClaimCarryForm(VersionedActionForm, _CarriesField):
    @classmethod
    def initial_for_row(cls, row: Claim) -> dict[str, Any]:
        return super().initial_for_row(row) | {"carries": row.carries.all()}


class ClaimUpdateForm(VersionedActionForm, _ClaimFields):
    def prepare(self) -> None:
        """Warn that sign-offs cover the wording."""
        self.fields["text"].help_text += " A new wording voids existing sign-offs."

    @classmethod
    def initial_for_row(cls, row: Claim) -> dict[str, Any]:
        return super().initial_for_row(row) | model_to_dict(row, _ClaimFields.base_fields)


class ClaimSplitForm(ActionForm):
    texts = fields.TextAreaField(
        "The propositions", rows=6, help_text="One per line, at least two. Existing statements move to the first."
    )

    @classmethod
    def initial_for_row(cls, row: Claim) -> dict[str, Any]:
        return {"texts": row.text}

    def action_kwargs(self) -> dict[str, Any]:
        return {"texts": self.cleaned_data["texts"].splitlines()}


class ClaimMergeForm(ActionForm):
    into_id = fields.AutocompleteField(
        "Same proposition as",
        (Claim, "merged_into"),
        can_create=False,
        help_text="Evidence and uses move there; this claim is closed.",
    )


class ClaimDistinguishForm(ActionForm):
    other_id = fields.AutocompleteField("Not the same as", (Claim, "merged_into"), can_create=False)
    reason = fields.ReasonField("How they differ", help_text="Visible to everyone who may see both claims.")


class ClaimUndistinguishForm(ActionForm):
    other_id = fields.ModelSelectField("May be the same as")

    def prepare(self) -> None:
        """Offer the claims that were marked as not the same."""
        distinct = claim_distinctions.distinct_from(self.row, self.actor.facts())
        self.set_choices("other_id", Claim.objects.filter(pk__in=[each.claim.pk for each in distinct]))


_SIGNABLE = (FindingValue.VERIFIED, FindingValue.REFUTED)


_claim_action = partial(ActionButton, pk_kwarg="claim_id")


def _is_live(row: Claim) -> Decision:
    return Decision(row.live)


def _is_simple(row: Claim) -> Decision:
    return Decision(row.live and not row.member_links.exists())


def _can_split(row: Claim) -> Decision:
    is_standalone = not row.member_links.exists() and not row.compound_links.exists()
    return Decision(row.live and not ClaimKind(row.kind).is_judgement and is_standalone)


def _can_carry(row: Claim) -> Decision:
    return Decision(row.live and row.kind == ClaimKind.UTTERANCE)


def _can_be_signed(row: Claim) -> Decision:
    latest = row.assessments.order_by("-number").first()
    return Decision(latest is not None and latest.finding in _SIGNABLE and not _is_signed(row, SignoffKind.FINDING))


def _is_signed(row: Claim, kind: SignoffKind) -> bool:
    return any(signoff.kind == kind and signoff.state in LIVE_SIGNOFFS for signoff in row.signoffs.all())


def _needs_review(kind: SignoffKind) -> Callable[[Claim], Decision]:
    def is_pending(row: Claim) -> Decision:
        _, policy = policies.in_force(timezone.now())
        rules = policy.rules[Risk(row.risk)]
        required_by_policy = rules.standards_read if kind is SignoffKind.STANDARDS else rules.legal_read
        is_required = row.live and not ClaimKind(row.kind).is_judgement and required_by_policy
        return Decision(bool(is_required and not _is_signed(row, kind)))

    return is_pending


MERGE = _claim_action(
    action=Action.CLAIM_MERGE,
    handler=claims.merge,
    form=ClaimMergeForm,
    label="Merge into another",
    icon="merge",
    success_message="Merged into this claim.",
    available=_can_split,
    redirect_to=lambda row, into: into,
)
MARK_DISTINCT = _claim_action(
    action=Action.CLAIM_MARK_DISTINCT,
    handler=claim_distinctions.mark_distinct,
    form=ClaimDistinguishForm,
    label="Not the same",
    icon="difference",
    success_message="Remembered. Neither claim is shown as related to the other again.",
)
UNMARK_DISTINCT = _claim_action(
    action=Action.CLAIM_UNMARK_DISTINCT,
    handler=claim_distinctions.unmark_distinct,
    form=ClaimUndistinguishForm,
    label="Undo “not the same”",
    icon="undo",
    success_message="Undone. The claims are shown as related again if their words are similar.",
)
LIFT_RESTRICTION = lift_button(Action.CLAIM_LIFT_RESTRICTION, restrictions.lift_from_claim, "claim_id")
CLAIM_ACTIONS = (
    _claim_action(
        action=Action.STATEMENT_RECORD,
        handler=statements.record,
        form=StatementCreateForm,
        label="Record a statement",
        help_text="What did a source say about this claim? Record each source separately.",
        icon="record_voice_over",
        tone="primary",
        success_message="Recorded. The claim is being reassessed.",
        available=_is_simple,
    ),
    _claim_action(
        action=Action.SIGNOFF_PROPOSE,
        handler=signoffs.propose,
        form=SignoffForm,
        label="Propose finding",
        icon="approval",
        tone="primary",
        success_message="Proposed. An editor who was not involved has to approve.",
        available=_can_be_signed,
    ),
    _claim_action(
        action=Action.SIGNOFF_READ_STANDARDS,
        handler=signoffs.read_standards,
        form=SignoffForm,
        label="Standards review",
        icon="gavel",
        success_message="Standards review recorded.",
        available=_needs_review(SignoffKind.STANDARDS),
    ),
    _claim_action(
        action=Action.SIGNOFF_READ_LEGAL,
        handler=signoffs.read_legal,
        form=SignoffForm,
        label="Legal review",
        icon="balance",
        success_message="Legal review recorded.",
        available=_needs_review(SignoffKind.LEGAL),
    ),
    replace(replies.LOG_REQUEST, available=_is_live),
    replace(replies.WAIVE_REPLY, available=_is_live),
    _claim_action(
        action=Action.CLAIM_REVISE,
        handler=claims.revise,
        form=ClaimUpdateForm,
        label="Revise",
        icon="edit",
        help_text="Change the wording, kind, risk, need for context or accused parties. A new wording voids "
        "the signatures.",
        success_message="Updated. The claim is being reassessed.",
        available=_is_live,
    ),
    _claim_action(
        action=Action.CLAIM_CARRY,
        handler=claims.carry,
        form=ClaimCarryForm,
        label="Set carried claims",
        help_text="The claims that it passes on. Printing “S said P” also prints P, so the gate checks both.",
        icon="forward",
        success_message="Updated. The gates of stories that use it are being re-evaluated.",
        available=_can_carry,
    ),
    _claim_action(
        action=Action.CLAIM_SPLIT,
        handler=claims.split,
        form=ClaimSplitForm,
        label="Split",
        icon="call_split",
        success_message="Split. Check which part each statement belongs to.",
        available=_can_split,
    ),
    MERGE,
    _claim_action(
        action=Action.CLAIM_DROP,
        handler=claims.drop,
        form=reason_form(),
        label="Drop",
        icon="delete_sweep",
        tone="danger",
        success_message="Dropped.",
        available=_is_live,
    ),
    restrict_button(Action.CLAIM_RESTRICT, restrictions.restrict_claim, "claim_id", available=_is_live),
    subscriptions.follow_action("claim", pk_kwarg="claim_id", form=subscriptions.FollowForm, label="Follow"),
)
