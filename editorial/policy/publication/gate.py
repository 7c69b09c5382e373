"""The publication gate as a rule: whether a story may run, and what must be done first (Verification, section 5).

It decides by facts alone. `workflow/stories/gates.py` reads these facts from the database and applies it to a story.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from editorial.policy.facts import CaseFacts, StoryFacts
from editorial.policy.publication import codes, wire_items
from editorial.policy.publication.carried import with_carried
from editorial.policy.publication.uses import StoryEvaluation
from editorial.policy.verification.finding import Finding
from editorial.policy.verification.thresholds import PolicyRules
from editorial.policy.vocabulary import Code, Gate, Mode

ASK_CUSTODIAN, explain, public_name = codes.ASK_CUSTODIAN, codes.explain, codes.public_name

NO_CLAIMS_LISTED = (
    "No claims are listed, so the gate has nothing to check. List the claims in the copy, or ask an editor or copy "
    "editor who did not write it to confirm that it makes none that need checking."
)
"""Why a story without claims cannot run yet, and what to do."""

NO_CLAIMS = "NO_CLAIMS"
"""The code of a story that lists no claims, which nobody has checked yet."""

STORY_RESTRICTED = (
    "A restriction forbids publishing this story. Wait until it expires, or ask a lawyer or editor to lift it."
)
"""Why a restricted story is blocked, and what to do."""


@dataclass(frozen=True, slots=True)
class UseResult:
    """The verdict on one use of a claim."""

    gate: Gate
    codes: tuple[Code, ...]
    ask_custodian: bool = False


@dataclass(frozen=True, slots=True)
class GateResult:
    """The verdict on a story: the worst of its uses, all their codes (sorted), and each use by claim id."""

    gate: Gate
    codes: tuple[Code, ...]
    uses: Mapping[str, UseResult] = field(default_factory=dict)


def evaluate(case: CaseFacts, findings: Mapping[str, Finding], story: StoryFacts, policy: PolicyRules) -> GateResult:
    """Evaluate every use of the story, given the findings of `finding.assess` for the same case and policy."""
    evaluation = StoryEvaluation(case, findings, with_carried(case, story), story.signoffs, policy)
    uses = {}
    for claim_id in evaluation.uses:
        raised = evaluation.codes(claim_id)
        uses[claim_id] = UseResult(strictest_gate(raised), tuple(sorted(raised)), evaluation.ask_custodian(claim_id))
    together = {code for result in uses.values() for code in result.codes}
    return GateResult(strictest_gate(together), tuple(sorted(together)), uses)


def explain_code(code: str) -> str:
    """What keeps a story from running, by a code of `Verdict.open_codes`, and what to do."""
    if code == NO_CLAIMS:
        return NO_CLAIMS_LISTED
    return explain(Code(code)) if code in set(Code) else wire_items.EXPLANATIONS[code]


def lists_claims(story: StoryFacts) -> bool:
    """Whether the story lists a claim that its copy uses. An omitted claim is not in the copy."""
    return any(use.mode is not Mode.OMITTED for use in story.uses.values())


def strictest_gate(raised: Iterable[Code]) -> Gate:
    """The gate that these codes set together: the strictest of them."""
    return strictest(code.gate for code in raised)


def strictest(gates: Iterable[Gate]) -> Gate:
    """The strictest of these gates."""
    return max(gates, key=list(Gate).index, default=Gate.PASS)
