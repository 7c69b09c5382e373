"""Buttons for actions on a claim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.utils import timezone

from editorial.admin.evidence import claim_forms as forms
from editorial.admin.evidence import statement_forms as statement_forms
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.people import subscription_forms as subscription_forms
from editorial.admin.people import subscriptions
from editorial.admin.review import replies
from editorial.admin.review import signoff_forms as signoff_forms
from editorial.models import Claim
from editorial.models.review.signoffs import LIVE_STATES as LIVE_SIGNOFFS
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.publication.transitions import SignoffKind
from editorial.policy.vocabulary import ClaimKind, FindingValue, Risk
from editorial.workflow.evidence import claims, statements
from editorial.workflow.review import policies, signoffs

_SIGNABLE = (FindingValue.VERIFIED, FindingValue.REFUTED)


def _is_live(row: Claim) -> Decision:
    return Decision(row.live)


def _is_simple(row: Claim) -> Decision:
    return Decision(row.live and not row.member_links.exists())


def _can_split(row: Claim) -> Decision:
    alone = not row.member_links.exists() and not row.compound_links.exists()
    return Decision(row.live and row.kind != ClaimKind.OPINION and alone)


def _can_be_signed(row: Claim) -> Decision:
    last = row.assessments.order_by("-number").first()
    signed = row.signoffs.filter(kind=SignoffKind.FINDING.value, state__in=LIVE_SIGNOFFS)
    return Decision(last is not None and last.finding in _SIGNABLE and not signed.exists())


def _needs_review(kind: SignoffKind) -> Callable[[Claim], Decision]:
    def stands(row: Claim) -> Decision:
        _, policy = policies.in_force(timezone.now())
        rules = policy.rules[Risk(row.risk)]
        needed = rules.standards_read if kind is SignoffKind.STANDARDS else rules.legal_read
        read = row.signoffs.filter(kind=kind.value, state__in=LIVE_SIGNOFFS)
        owed = row.live and row.kind != ClaimKind.OPINION and needed
        return Decision(bool(owed and not read.exists()))

    return stands


CLAIM_ACTIONS = (
    ActionButton(
        action=Action.STATEMENT_RECORD,
        handler=statements.record,
        pk_kwarg="claim_id",
        form=statement_forms.StatementCreateForm,
        label="Record a statement",
        help_text="What did a source say about this claim? Record each source separately.",
        icon="record_voice_over",
        tone="primary",
        success_message="Recorded. The claim is being reassessed.",
        available=_is_simple,
    ),
    ActionButton(
        action=Action.SIGNOFF_PROPOSE,
        handler=signoffs.propose,
        pk_kwarg="claim_id",
        form=signoff_forms.SignoffForm,
        label="Propose finding",
        icon="approval",
        tone="primary",
        success_message="Proposed. An editor who was not involved has to approve.",
        available=_can_be_signed,
    ),
    ActionButton(
        action=Action.SIGNOFF_READ_STANDARDS,
        handler=signoffs.read_standards,
        pk_kwarg="claim_id",
        form=signoff_forms.SignoffForm,
        label="Standards review",
        icon="gavel",
        success_message="Standards review recorded.",
        available=_needs_review(SignoffKind.STANDARDS),
    ),
    ActionButton(
        action=Action.SIGNOFF_READ_LEGAL,
        handler=signoffs.read_legal,
        pk_kwarg="claim_id",
        form=signoff_forms.SignoffForm,
        label="Legal review",
        icon="balance",
        success_message="Legal review recorded.",
        available=_needs_review(SignoffKind.LEGAL),
    ),
    replace(replies.LOG_REQUEST, available=_is_live),
    replace(replies.WAIVE_REPLY, available=_is_live),
    ActionButton(
        action=Action.CLAIM_REVISE,
        handler=claims.revise,
        pk_kwarg="claim_id",
        form=forms.ClaimUpdateForm,
        label="Revise",
        icon="edit",
        success_message="Updated. The claim is being reassessed.",
        available=_is_live,
    ),
    ActionButton(
        action=Action.CLAIM_SPLIT,
        handler=claims.split,
        pk_kwarg="claim_id",
        form=forms.ClaimSplitForm,
        label="Split",
        icon="call_split",
        success_message="Split. Check which part each statement belongs to.",
        available=_can_split,
        redirect_to=lambda row, parts: row,
    ),
    ActionButton(
        action=Action.CLAIM_MERGE,
        handler=claims.merge,
        pk_kwarg="claim_id",
        form=forms.ClaimMergeForm,
        label="Merge into another",
        icon="merge",
        success_message="Merged into this claim.",
        available=_can_split,
        redirect_to=lambda row, into: into,
    ),
    ActionButton(
        action=Action.CLAIM_DROP,
        handler=claims.drop,
        pk_kwarg="claim_id",
        form=forms.ClaimDropForm,
        label="Drop",
        icon="delete_sweep",
        tone="danger",
        success_message="Dropped.",
        available=_is_live,
    ),
    subscriptions.follow_action("claim", pk_kwarg="claim_id", form=subscription_forms.FollowForm, label="Follow"),
)
