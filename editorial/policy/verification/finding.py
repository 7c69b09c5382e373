"""Findings: what the evidence supports, what is missing, and single points of failure (Verification, section 3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from editorial.policy.facts import CaseFacts, ClaimFacts
from editorial.policy.verification import single_points_of_failure
from editorial.policy.verification.evaluation import Evaluation
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.independence import Group
from editorial.policy.verification.thresholds import MissingRequirement, PolicyRules
from editorial.policy.vocabulary import Basis, FindingValue


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups behind the three counts, computed on access."""

    evaluation: Evaluation | None

    @property
    def independent(self) -> tuple[Group, ...]:
        """The groups that count for the claim."""
        return self.evaluation.independent.groups if self.evaluation else ()

    @property
    def against(self) -> tuple[Group, ...]:
        """The groups that count against the claim."""
        return self.evaluation.against.groups if self.evaluation else ()

    @property
    def origins(self) -> tuple[Group, ...]:
        """The groups of all live affirming statements."""
        return self.evaluation.origins.groups if self.evaluation else ()

    def to_dict(self, *, joins: bool = True) -> dict[str, list[dict[str, Any]]]:
        """The groups as plain values. `joins`: include the joined pairs, which can be many."""
        sides = {"independent": self.independent, "against": self.against, "origins": self.origins}
        return {side: [group_to_dict(group, joins) for group in groups] for side, groups in sides.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The finding on one claim. Counts and basis are None for a compound, the finding is None for a judgement."""

    claim: str
    finding: FindingValue | None
    basis: Basis | None
    contested: bool
    origins: int | None
    independent: int | None
    against: int | None
    missing: tuple[MissingRequirement, ...] = ()
    hangs_on: tuple[str, ...] = ()
    groups: Groups = field(default=Groups(None), compare=False, repr=False)

    @property
    def evaluation(self) -> Evaluation:
        """The evaluation behind the finding. Raises `ValueError` for a compound, which follows from its parts."""
        if self.groups.evaluation is None:
            raise ValueError(f"Claim {self.claim} is a compound; use its parts' evaluations.")
        return self.groups.evaluation

    @property
    def counted(self) -> frozenset[str]:
        """The statements that count, on either side; empty for a compound, whose parts have them."""
        return self.groups.evaluation.evidence.countable if self.groups.evaluation else frozenset()

    def to_dict(self, *, joins: bool = True) -> dict[str, Any]:
        """The finding as plain values, as `manage.py assess` prints it. `joins`: include the joined pairs."""
        return {
            "finding": self.finding,
            "basis": self.basis,
            "contested": self.contested,
            "origins": self.origins,
            "independent": self.independent,
            "against": self.against,
            "missing": [
                {"requirement": item.requirement.value, "need": item.need, "have": item.have} for item in self.missing
            ],
            "hangs_on": list(self.hangs_on),
            "groups": self.groups.to_dict(joins=joins),
        }


def assess(case: CaseFacts, policy: PolicyRules, *, hangs_on: bool = True) -> dict[str, Finding]:
    """Assess every claim of the case. `hangs_on`: also compute single points of failure."""
    findings = {
        claim.id: assess_claim(case, claim, policy, hangs_on=hangs_on)
        for claim in case.claims.values()
        if not claim.parts
    }
    return {claim.id: combine(claim, findings) if claim.parts else findings[claim.id] for claim in case.claims.values()}


def assess_claim(case: CaseFacts, claim: ClaimFacts, policy: PolicyRules, *, hangs_on: bool) -> Finding:
    """Assess one claim that is not a compound."""
    return to_finding(Evaluation(Evidence(case, claim.id), policy), hangs_on=hangs_on)


def to_finding(evaluation: Evaluation, *, hangs_on: bool = False) -> Finding:
    """The finding of an evaluation. `hangs_on`: also compute single points of failure."""
    return Finding(
        claim=evaluation.evidence.claim.id,
        finding=evaluation.finding,
        basis=evaluation.basis,
        contested=evaluation.contested,
        origins=len(evaluation.origins),
        independent=len(evaluation.independent),
        against=len(evaluation.against),
        missing=evaluation.missing,
        hangs_on=single_points_of_failure.hangs_on(evaluation) if hangs_on else (),
        groups=Groups(evaluation),
    )


def combine(claim: ClaimFacts, findings: Mapping[str, Finding]) -> Finding:
    """Combine parts' findings: a compound takes the worst, and all single points of failure."""
    parts = [findings[part] for part in claim.parts]
    worst = worst_of(part.finding for part in parts)
    fragile = worst is FindingValue.VERIFIED
    return Finding(
        claim=claim.id,
        finding=worst,
        basis=None,
        contested=any(part.contested for part in parts),
        origins=None,
        independent=None,
        against=None,
        hangs_on=tuple(sorted({name for part in parts for name in part.hangs_on})) if fragile else (),
    )


def worst_of(findings: Iterable[FindingValue | None]) -> FindingValue:
    """The worst finding; the enum lists them from worst to best."""
    return min((finding for finding in findings if finding), key=lambda finding: finding.rank)


def group_to_dict(group: Group, joins: bool) -> dict[str, Any]:
    """One group as plain values."""
    plain: dict[str, Any] = {"statements": list(group.statements)}
    if joins:
        plain["joins"] = [{"between": list(pair.between), "by": pair.by.value} for pair in group.joins]
    return plain
