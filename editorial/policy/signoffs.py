"""Who may sign, and whether a claim is signed (Verification, sections 4 and 5)."""

from collections.abc import Mapping
from dataclasses import dataclass

from editorial.policy.facts import CaseFacts, SignoffFacts
from editorial.policy.thresholds import Policy
from editorial.policy.vocabulary import FindingValue, Risk, Term


class Refusal(Term):
    """Why somebody may not approve a finding."""

    NOTHING_TO_SIGN = "nothing_to_sign"
    NOT_PROPOSED = "not_proposed"
    WROTE_STORY = "wrote_story"
    COLLECTED_EVIDENCE = "collected_evidence"
    PROPOSED = "proposed"
    STANDARDS_NEEDED = "standards_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFacts:
    """Who would approve what. People are opaque ids; `collectors` recorded evidence that counts."""

    risk: Risk
    finding: FindingValue | None
    approver: str
    proposer: str | None
    authors: frozenset[str]
    collectors: frozenset[str]
    standards_signed: bool


def may_approve(approval: ApprovalFacts, policy: Policy) -> list[Refusal]:
    """Why this person may not approve this finding; an empty list is a yes."""
    raise NotImplementedError


def signed(case: CaseFacts, claim_id: str, signoffs: Mapping[str, SignoffFacts], policy: Policy) -> bool:
    """Whether the claim is signed; a compound needs its own signature and those of all its parts."""
    raise NotImplementedError
