"""The publication gate: may the story run, and what must be done first (Verification, section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from editorial.policy.facts import CaseFacts, StoryFacts
from editorial.policy.finding import Finding
from editorial.policy.thresholds import Policy
from editorial.policy.vocabulary import Code, Gate


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


def judge(case: CaseFacts, findings: Mapping[str, Finding], story: StoryFacts, policy: Policy) -> GateResult:
    """Judge every use of the story, given the findings of `finding.assess` for the same case and policy."""
    raise NotImplementedError


def explain(code: Code) -> str:
    """What the code objects to and what to do about it, in plain words."""
    raise NotImplementedError
