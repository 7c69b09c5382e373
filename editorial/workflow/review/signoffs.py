"""Sign-offs: a fact-checker proposes, an editor approves, a standards editor and a lawyer review.

Nobody signs off on their own copy, evidence or proposal ("Verification", section 4).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial import outbox
from editorial.models import Claim, MessageKind, Signoff, User
from editorial.models.review.signoffs import LIVE_STATES
from editorial.policy.actions import Action
from editorial.policy.publication import signoffs
from editorial.policy.publication.signoffs import ApprovalFacts
from editorial.policy.publication.transitions import SignoffKind, SignoffState
from editorial.policy.vocabulary import FindingValue
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason
from editorial.workflow.core.errors import Conflict, Forbidden, Reason
from editorial.workflow.core.locking import ExpectedVersion, get_visible, lock
from editorial.workflow.evidence import claims, signatures
from editorial.workflow.evidence.confidentiality import name_guard
from editorial.workflow.review import assessments


@atomic_action
def propose(
    *, claim_id: UUID | str, reason: str = "", expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Signoff:
    """Propose the current finding, verified or refuted, for signature."""
    claim = _lock_claim(claim_id, actor, Action.SIGNOFF_PROPOSE, expected_version)
    name_guard.check({"reason": reason}, claims=[claim], actor=actor, now=now)
    reassessment = assessments.Reassessment(claim, now=now)
    assessment = reassessment.refresh()
    if assessment.finding not in signatures.SIGNABLE_FINDINGS:
        raise Conflict(
            f"There is nothing to sign: the finding is {assessment.finding.replace('_', ' ') or 'none'}. "
            "Only the findings verified and refuted are signed.",
            code="NOTHING_TO_SIGN",
        )
    if live := reassessment.signoff(SignoffKind.FINDING):
        advice = (
            "already proposed. An editor approves it, or rejects it so that it can be proposed again."
            if live.state == SignoffState.PROPOSED
            else "already signed. If the signature no longer counts, have an editor reject it first."
        )
        raise Conflict(f"This finding is {advice}", code="PROPOSED_ALREADY")
    signoff = Signoff.objects.create(
        claim=claim,
        kind=SignoffKind.FINDING.value,
        assessment=assessment,
        finding=assessment.finding,
        state=SignoffState.PROPOSED.value,
        proposed_by=actor,
        proposed_at=now,
        reason=reason.strip(),
    )
    _log_and_reassess(signoff, Action.SIGNOFF_PROPOSE, actor, now)
    return signoff


@atomic_action
def approve(*, signoff_id: UUID | str, actor: User, now: datetime) -> Signoff:
    """Sign a proposed finding. It takes effect immediately."""
    claim, signoff = _lock_proposed(signoff_id, actor)
    require_permission(actor, Action.SIGNOFF_APPROVE, claim.access_facts())
    reassessment = assessments.Reassessment(claim, now=now)
    assessment = reassessment.refresh()
    if reassessment.signoff(SignoffKind.FINDING) != signoff or assessment.finding != signoff.finding:
        raise Conflict(
            "The finding has changed since it was proposed, so the proposal is void. Review the claim again.",
            code="FINDING_CHANGED",
        )
    standards = reassessment.signoff(SignoffKind.STANDARDS)
    approval = ApprovalFacts(
        risk=reassessment.risk,
        finding=FindingValue(signoff.finding),
        approver=str(actor.pk),
        proposer=str(signoff.proposed_by_id),
        authors=reassessment.authors,
        collectors=reassessment.collectors,
        standards_signed=standards is not None,
    )
    refusals = signoffs.may_approve(approval, reassessment.policy)
    if refusals:
        raise Conflict(*(Reason(refusal.value.upper(), signoffs.explain(refusal)) for refusal in refusals))
    if standards and standards.decided_by_id == actor.pk:
        raise Conflict("You did the standards review, so another editor must approve.", code="FOUR_EYES")
    signoff.state, signoff.decided_by, signoff.decided_at = SignoffState.APPROVED.value, actor, now
    signoff.assessment = assessment
    signoff.save()
    _log_and_reassess(signoff, Action.SIGNOFF_APPROVE, actor, now)
    reassessment.refresh_signed(signoff)
    return signoff


@atomic_action
def reject(*, signoff_id: UUID | str, reason: str, actor: User, now: datetime) -> Signoff:
    """Reject a proposal or revoke an approval, with a reason."""
    claim, signoff = _lock_proposed(signoff_id, actor, states=LIVE_STATES)
    require_permission(actor, Action.SIGNOFF_REJECT, claim.access_facts())
    name_guard.check({"reason": reason}, claims=[claim], actor=actor, now=now)
    signoff.reason = require_reason(reason, "Tell the fact-checker what to change.")
    signoff.state, signoff.decided_by, signoff.decided_at = SignoffState.REJECTED.value, actor, now
    signoff.save()
    _log_and_reassess(signoff, Action.SIGNOFF_REJECT, actor, now)
    assessments.Reassessment(claim, now=now).refresh()
    return signoff


@atomic_action
def read_standards(
    *, claim_id: UUID | str, reason: str = "", expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Signoff:
    """Record a standards review: a serious claim may run as its finding allows."""
    claim = _lock_claim(claim_id, actor, Action.SIGNOFF_READ_STANDARDS, expected_version)
    return _record_review(claim, SignoffKind.STANDARDS, Action.SIGNOFF_READ_STANDARDS, reason, actor, now)


@atomic_action
def read_legal(
    *, claim_id: UUID | str, reason: str = "", expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Signoff:
    """Record a legal review of the current claim."""
    claim = _lock_claim(claim_id, actor, Action.SIGNOFF_READ_LEGAL, expected_version)
    return _record_review(claim, SignoffKind.LEGAL, Action.SIGNOFF_READ_LEGAL, reason, actor, now)


def _record_review(claim: Claim, kind: SignoffKind, action: Action, reason: str, actor: User, now: datetime) -> Signoff:
    name_guard.check({"reason": reason}, claims=[claim], actor=actor, now=now)
    reassessment = assessments.Reassessment(claim, now=now)
    assessment = reassessment.refresh()
    if not assessment.finding:
        raise Conflict("An opinion or a forecast has no finding and needs no signature.", code="NOTHING_TO_SIGN")
    risk = reassessment.risk
    rules = reassessment.policy.rules[risk]
    if not (rules.standards_read if kind is SignoffKind.STANDARDS else rules.legal_read):
        raise Conflict(f"A {risk} claim needs no {kind.label.lower()} review.", code="NOT_NEEDED")
    if reassessment.signoff(kind):
        raise Conflict("This claim is already reviewed and has not changed since.", code="READ_ALREADY")
    if kind is SignoffKind.STANDARDS:
        _require_independent_reader(reassessment, actor)
    signoff = Signoff.objects.create(
        claim=claim,
        kind=kind.value,
        assessment=assessment,
        finding=assessment.finding,
        state=SignoffState.APPROVED.value,
        proposed_by=actor,
        proposed_at=now,
        decided_by=actor,
        decided_at=now,
        reason=reason.strip(),
    )
    _log_and_reassess(signoff, action, actor, now)
    reassessment.refresh_signed(signoff)
    return signoff


def _require_independent_reader(reassessment: assessments.Reassessment, actor: User) -> None:
    """Raise `Forbidden` if the reader is an author, collector, proposer or approver: this review is independent too."""
    finding = reassessment.signoff(SignoffKind.FINDING)
    signers = {str(finding.proposed_by_id), str(finding.decided_by_id)} if finding else set()
    if str(actor.pk) in reassessment.authors | reassessment.collectors | signers:
        raise Forbidden(
            "You wrote, gathered or signed this yourself, so another standards editor must review it.", code="FOUR_EYES"
        )


def _lock_claim(claim_id: UUID | str, actor: User, action: Action, expected_version: ExpectedVersion) -> Claim:
    claim = lock(Claim, claim_id, actor, expected_version=expected_version)
    require_permission(actor, action, claim.access_facts())
    claims.require_live(claim)
    return claim


def _lock_proposed(
    signoff_id: UUID | str, actor: User, states: tuple[str, ...] = (SignoffState.PROPOSED.value,)
) -> tuple[Claim, Signoff]:
    unlocked = get_visible(Signoff, signoff_id, actor)
    claim = lock(Claim, unlocked.claim_id, actor)
    signoff = lock(Signoff, signoff_id, None)  # visible with its claim
    signoff.claim = claim
    if signoff.state not in states:
        raise Conflict(f"This sign-off is already {signoff.state}.", code="DECIDED_ALREADY")
    return claim, signoff


def _log_and_reassess(signoff: Signoff, action: Action, actor: User, now: datetime) -> None:
    signatures.log_event(signoff, action, actor=actor, now=now)
    outbox.send(MessageKind.ASSESS_CLAIM, signoff.claim_id, now=now)
