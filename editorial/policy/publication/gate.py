"""The publication gate: whether a story may run, and what must be done first (Verification, section 5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from editorial.policy.facts import CaseFacts, StoryFacts
from editorial.policy.publication import codes
from editorial.policy.publication.uses import UseEvaluation
from editorial.policy.verification.finding import Finding
from editorial.policy.verification.thresholds import PolicyRules
from editorial.policy.vocabulary import Code, Gate

explain = codes.explain


@dataclass(frozen=True, slots=True)
class UseResult:
    """The verdict on one use of a claim."""

    gate: Gate
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class GateResult:
    """The verdict on a story: the worst of its uses, all their codes (sorted), and each use by claim id."""

    gate: Gate
    codes: tuple[Code, ...]
    uses: Mapping[str, UseResult] = field(default_factory=dict)


def evaluate(case: CaseFacts, findings: Mapping[str, Finding], story: StoryFacts, policy: PolicyRules) -> GateResult:
    """Evaluate every use of the story, given the findings of `finding.assess` for the same case and policy."""
    uses = {}
    for claim_id, use in story.uses.items():
        use_codes = set(UseEvaluation(case, findings, claim_id, use, story.signoffs, policy).codes())
        uses[claim_id] = UseResult(strictest_gate(use_codes), tuple(sorted(use_codes)))
    story_codes = {code for result in uses.values() for code in result.codes}
    return GateResult(strictest_gate(story_codes), tuple(sorted(story_codes)), uses)


def strictest_gate(reasons: Iterable[Code]) -> Gate:
    """The gate that these codes set together: the strictest of them."""
    return max((code.gate for code in reasons), key=list(Gate).index, default=Gate.PASS)
