"""Sign-offs: who may sign, and whether a claim is signed (Verification, sections 4 and 5)."""

from collections.abc import Mapping
from dataclasses import dataclass

from editorial.policy.facts import UNSIGNED, CaseFacts, SignoffFacts
from editorial.policy.publication import replies
from editorial.policy.verification.thresholds import PolicyRules
from editorial.policy.vocabulary import ChoiceEnum, FindingValue, Risk


class Refusal(ChoiceEnum):
    """Why a user may not approve a finding."""

    NOTHING_TO_SIGN = "nothing_to_sign"
    NOT_PROPOSED = "not_proposed"
    WROTE_STORY = "wrote_story"
    COLLECTED_EVIDENCE = "collected_evidence"
    PROPOSED = "proposed"
    STANDARDS_NEEDED = "standards_needed"


EXPLANATIONS = {
    Refusal.NOTHING_TO_SIGN: "Only the findings verified and refuted are signed. Wait until it is one of them.",
    Refusal.NOT_PROPOSED: "Nobody has proposed this finding. Ask a fact-checker to propose it first.",
    Refusal.WROTE_STORY: "You wrote a story that uses this claim. Ask another editor to approve it.",
    Refusal.COLLECTED_EVIDENCE: "You collected evidence that counts for this claim. Ask another editor to approve it.",
    Refusal.PROPOSED: "You proposed this finding. Ask another editor to approve it.",
    Refusal.STANDARDS_NEEDED: "A claim of this risk also needs a standards review. Ask a standards editor first.",
}


def explain(refusal: Refusal) -> str:
    """What the refusal means and what to do."""
    return EXPLANATIONS[refusal]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFacts:
    """An intended approval. People are opaque ids.

    `authors` wrote stories that use the claim; `collectors` recorded evidence that counts (the statements in
    `Finding.counted`); `standards_signed`: a standards editor has signed, or the approver signs as one.
    """

    risk: Risk
    finding: FindingValue | None
    approver: str
    proposer: str | None
    authors: frozenset[str]
    collectors: frozenset[str]
    standards_signed: bool


def may_approve(approval: ApprovalFacts, policy: PolicyRules) -> list[Refusal]:
    """The reasons against this approval; empty if it is allowed."""
    refusals = {
        Refusal.NOTHING_TO_SIGN: approval.finding not in (FindingValue.VERIFIED, FindingValue.REFUTED),
        Refusal.NOT_PROPOSED: approval.proposer is None,
        Refusal.WROTE_STORY: approval.approver in approval.authors,
        Refusal.COLLECTED_EVIDENCE: approval.approver in approval.collectors,
        Refusal.PROPOSED: approval.approver == approval.proposer,
        Refusal.STANDARDS_NEEDED: policy.rules[approval.risk].standards_read and not approval.standards_signed,
    }
    return [refusal for refusal, applies in refusals.items() if applies]


def is_effective(signoff: SignoffFacts, risk: Risk, policy: PolicyRules) -> bool:
    """Whether one sign-off, taken alone, puts a finding on a claim of this risk into effect."""
    if not signoff.four_eyes:
        return False
    if signoff.signed is not None:
        return signoff.signed
    return signoff.standards or not policy.rules[risk].standards_read


def combine(case: CaseFacts, claim_id: str, signoffs: Mapping[str, SignoffFacts], policy: PolicyRules) -> SignoffFacts:
    """The sign-off of a claim: which of the reads that it needs it has, and whether it is signed.

    A compound needs its own at the highest risk of it and its parts, and each part those of its own risk.
    """
    risks = {name: case.claims[name].risk for name in case.claims[claim_id].parts}
    risks[claim_id] = replies.risk_of(case, claim_id)
    needed = [(signoffs.get(name, UNSIGNED), risk, policy.rules[risk]) for name, risk in risks.items()]
    return SignoffFacts(
        legal=all(signoff.legal or not rules.legal_read for signoff, _, rules in needed),
        standards=all(signoff.standards or not rules.standards_read for signoff, _, rules in needed),
        four_eyes=all(signoff.four_eyes for signoff, _, _ in needed),
        signed=all(is_effective(signoff, risk, policy) for signoff, risk, _ in needed),
    )


def is_signed(case: CaseFacts, claim_id: str, signoffs: Mapping[str, SignoffFacts], policy: PolicyRules) -> bool:
    """Whether the claim is signed; a compound needs its own signature and those of all its parts."""
    return bool(combine(case, claim_id, signoffs, policy).signed)
