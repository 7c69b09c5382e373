"""The verbs that begin on a claim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.utils import timezone

from editorial.admin.evidence import claim_forms as forms
from editorial.admin.evidence import statement_forms as statement_forms
from editorial.admin.framework.action_buttons import VerbButton
from editorial.admin.people import subscription_forms as subscription_forms
from editorial.admin.people import subscriptions
from editorial.admin.review import replies
from editorial.admin.review import signoff_forms as signoff_forms
from editorial.models import Claim
from editorial.models.review.signoffs import LIVE as LIVE_SIGNOFFS
from editorial.policy.access import Decision, Verb
from editorial.policy.publication.transitions import SignoffKind
from editorial.policy.vocabulary import ClaimKind, FindingValue, Risk
from editorial.workflow.evidence import claims, statements
from editorial.workflow.review import policies, signoffs

_SIGNABLE = (FindingValue.VERIFIED, FindingValue.REFUTED)


def _on_file(row: Claim) -> Decision:
    return Decision(row.live)


def _simple(row: Claim) -> Decision:
    return Decision(row.live and not row.part_links.exists())


def _splittable(row: Claim) -> Decision:
    alone = not row.part_links.exists() and not row.whole_links.exists()
    return Decision(row.live and row.kind != ClaimKind.OPINION and alone)


def _signable(row: Claim) -> Decision:
    last = row.assessments.order_by("-number").first()
    signed = row.signoffs.filter(kind=SignoffKind.FINDING.value, state__in=LIVE_SIGNOFFS)
    return Decision(last is not None and last.finding in _SIGNABLE and not signed.exists())


def _unread(kind: SignoffKind) -> Callable[[Claim], Decision]:
    def stands(row: Claim) -> Decision:
        _, policy = policies.in_force(timezone.now())
        needed = policy.standards_read if kind is SignoffKind.STANDARDS else policy.legal_read
        read = row.signoffs.filter(kind=kind.value, state__in=LIVE_SIGNOFFS)
        owed = row.live and row.kind != ClaimKind.OPINION and needed(Risk(row.risk))
        return Decision(bool(owed and not read.exists()))

    return stands


ON_A_CLAIM = (
    VerbButton(
        verb=Verb.STATEMENT_RECORD,
        call=statements.record,
        row_as="claim_id",
        form=statement_forms.Record,
        label="Record a statement",
        about="What did somebody say about this claim? Whoever says it, says it once: record each voice by itself.",
        icon="record_voice_over",
        tone="primary",
        done="Recorded. The claim is being assessed anew.",
        stands=_simple,
    ),
    VerbButton(
        verb=Verb.SIGNOFF_PROPOSE,
        call=signoffs.propose,
        row_as="claim_id",
        form=signoff_forms.Sign,
        label="Propose the finding",
        icon="approval",
        tone="primary",
        done="Proposed. An editor who had no hand in it has to approve.",
        stands=_signable,
    ),
    VerbButton(
        verb=Verb.SIGNOFF_READ_STANDARDS,
        call=signoffs.read_standards,
        row_as="claim_id",
        form=signoff_forms.Sign,
        label="Agree for standards",
        icon="gavel",
        done="Your agreement is noted.",
        stands=_unread(SignoffKind.STANDARDS),
    ),
    VerbButton(
        verb=Verb.SIGNOFF_READ_LEGAL,
        call=signoffs.read_legal,
        row_as="claim_id",
        form=signoff_forms.Sign,
        label="Read for the law",
        icon="balance",
        done="Your read is noted.",
        stands=_unread(SignoffKind.LEGAL),
    ),
    replace(replies.SEND, stands=_on_file),
    replace(replies.WAIVE, stands=_on_file),
    VerbButton(
        verb=Verb.CLAIM_REVISE,
        call=claims.revise,
        row_as="claim_id",
        form=forms.Revise,
        label="Revise",
        icon="edit",
        done="Revised. It is being assessed anew.",
        stands=_on_file,
    ),
    VerbButton(
        verb=Verb.CLAIM_SPLIT,
        call=claims.split,
        row_as="claim_id",
        form=forms.Split,
        label="Split",
        icon="call_split",
        done="Split. Look at which part each statement belongs to.",
        stands=_splittable,
        lands=lambda row, parts: row,
    ),
    VerbButton(
        verb=Verb.CLAIM_MERGE,
        call=claims.merge,
        row_as="claim_id",
        form=forms.Merge,
        label="Merge into another",
        icon="merge",
        done="Merged. This is the claim that stays.",
        stands=_splittable,
        lands=lambda row, into: into,
    ),
    VerbButton(
        verb=Verb.CLAIM_DROP,
        call=claims.drop,
        row_as="claim_id",
        form=forms.Drop,
        label="Drop",
        icon="delete_sweep",
        tone="danger",
        done="Dropped.",
        stands=_on_file,
    ),
    subscriptions.follow_button("claim", row_as="claim_id", form=subscription_forms.Follow, label="Follow"),
)
