"""The evaluation of one claim: the finding by first match (Verification, section 3), computed lazily."""

from collections.abc import Collection, Iterable
from functools import cached_property

from editorial.policy.facts import CaseFacts
from editorial.policy.verification import sole_evidence
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.independence import Grouping
from editorial.policy.verification.origins import Origins
from editorial.policy.verification.thresholds import MissingRequirement, PolicyRules
from editorial.policy.vocabulary import Basis, Ending, FindingValue, ReviewProgress, Stance, Terms

FINDING_BY_PROGRESS = {
    ReviewProgress.EXHAUSTED: FindingValue.UNVERIFIABLE,
    ReviewProgress.OPEN: FindingValue.UNDER_INVESTIGATION,
    ReviewProgress.NONE: FindingValue.UNVERIFIED,
}
"""The finding where the evidence decides nothing."""


class Evaluation:
    """The evidence on a claim that is not a compound, evaluated under a policy."""

    def __init__(self, evidence: Evidence, policy: PolicyRules) -> None:
        self.evidence = evidence
        self.policy = policy
        self.risk = evidence.claim.risk

    # --- groups ---

    @cached_property
    def independent(self) -> Grouping:
        """The groups that count for the claim."""
        return self.grouping(Stance.AFFIRMS)

    @cached_property
    def against(self) -> Grouping:
        """The groups that count against the claim."""
        return self.grouping(Stance.DENIES)

    def grouping(self, stance: Stance) -> Grouping:
        """The groups of the countable statements of one stance."""
        first_recorded = self.evidence.as_first_recorded.countable_with(stance)
        return Grouping(
            self.evidence, Origins(self.evidence, stance), self.evidence.countable_with(stance), first_recorded
        )

    @cached_property
    def origins(self) -> Grouping:
        """The groups of all live affirming statements, collected by us or not, except off the record."""
        live, same = frozenset(attributable_live(self.evidence)), self.independent
        with_ghosts = live.union(attributable_live(self.evidence.as_first_recorded))
        if (live, with_ghosts) == (same.members, same.with_ghosts):
            return same
        return Grouping(self.evidence, same.origins, live, with_ghosts)

    # --- what stands for and against ---

    @cached_property
    def sole_routes(self) -> dict[Basis, list[str]]:
        """Evidence that settles the claim alone."""
        return sole_evidence.sole_routes(self.evidence)

    @cached_property
    def contested(self) -> bool:
        """Whether there is a live denial."""
        return bool(sole_evidence.live_denials(self.evidence))

    @cached_property
    def met(self) -> bool:
        """Whether enough independent groups support the claim."""
        return self.policy.met(self.risk, self.independent.counts)

    @cached_property
    def met_against(self) -> bool:
        """Whether enough disinterested groups count against the claim."""
        return self.policy.met_against(self.risk, self.against.disinterested_counts)

    @cached_property
    def is_supported(self) -> bool:
        """Whether a sole route or enough groups support the claim."""
        return bool(self.sole_routes) or self.met

    @cached_property
    def is_opposed(self) -> bool:
        """Whether a sole route or enough disinterested groups count against the claim."""
        return bool(sole_evidence.routes_against(self.evidence)) or self.met_against

    @cached_property
    def as_if_nobody_said_both(self) -> "Evaluation":
        """The evaluation as if nobody, speaker or informant, both affirmed and denied the claim."""
        twin = self.evidence.as_if_nobody_said_both
        return self if twin is self.evidence else Evaluation(twin, self.policy)

    # --- the finding ---

    @cached_property
    def finding(self) -> FindingValue | None:
        """The finding, by first match; None for a judgement."""
        if self.evidence.claim.kind.is_judgement:
            return None
        if self.is_supported:
            return FindingValue.DISPUTED if self.is_disputed else FindingValue.VERIFIED
        if self.is_refuted:
            return FindingValue.REFUTED
        if self.contested and len(self.origins):
            return FindingValue.DISPUTED
        if not len(self.origins) and self.has_fallen:
            return (
                FindingValue.SUPERSEDED
                if only_ended_as([self.evidence], {Ending.SUPERSEDED})
                else FindingValue.WITHDRAWN
            )
        return FINDING_BY_PROGRESS[self.evidence.case.tasks.get(self.evidence.claim.id, ReviewProgress.NONE)]

    @property
    def is_disputed(self) -> bool:
        """Whether enough stands against a supported claim, contradictions left aside."""
        other = self.as_if_nobody_said_both
        if other.is_opposed:
            return True
        denying = other.evidence.countable_with(Stance.DENIES)
        return not self.sole_routes and not other.evidence.interested.issuperset(denying)

    @property
    def is_refuted(self) -> bool:
        """Whether enough stands against an unsupported claim, and nothing that could be right stands for it."""
        record = sole_evidence.routes_against(self.evidence)
        if not self.met_against and self.evidence.interested.issuperset(record):
            return False
        return not self.has_credible_witness and not self.as_if_nobody_said_both.is_supported

    @property
    def has_credible_witness(self) -> bool:
        """Whether some origin is first-hand, disinterested and worth something: that keeps a claim from refutation."""
        return any(
            self.evidence.first_hand(name)
            and name not in self.evidence.interested
            and self.evidence.has_credible_source(name)
            and not self.evidence.source(name).is_unknown_to_editors
            for name in self.origins.members
        )

    @property
    def has_fallen(self) -> bool:
        """Whether an affirming statement is dead, or all its roots are."""
        return any(
            item.id in self.evidence.dead
            or (self.evidence.roots(item.id) and not self.evidence.standing_roots(item.id))
            for item in self.evidence.statements.values()
            if item.stance is Stance.AFFIRMS and item.terms is not Terms.OFF_RECORD
        )

    @property
    def basis(self) -> Basis | None:
        """What a verified claim rests on."""
        if self.finding is not FindingValue.VERIFIED:
            return None
        return next(iter(self.sole_routes), Basis.CORROBORATION)

    @property
    def missing(self) -> tuple[MissingRequirement, ...]:
        """What the nearest policy row still lacks."""
        if self.evidence.claim.kind.is_judgement or self.sole_routes:
            return ()
        return self.policy.missing(self.risk, self.independent.counts)


def evaluate(case: CaseFacts, claim_id: str, policy: PolicyRules) -> Evaluation:
    """The evaluation of a claim that is not a compound."""
    return Evaluation(Evidence(case, claim_id), policy)


def attributable_live(evidence: Evidence) -> list[str]:
    """The live affirming statements that are not off the record."""
    return [
        name
        for name in evidence.with_stance(evidence.live, Stance.AFFIRMS)
        if evidence.statements[name].terms is not Terms.OFF_RECORD
    ]


def only_ended_as(evidence: Iterable[Evidence], endings: Collection[Ending]) -> bool:
    """Whether affirming statements have ended, all of them in one of these ways, and none was ever a fake."""
    affirming = [
        (item, each.source(item.id))
        for each in evidence
        for item in each.statements.values()
        if item.stance is Stance.AFFIRMS
    ]
    ended = {item.ended for item, _ in affirming if item.ended and item.terms is not Terms.OFF_RECORD}
    return bool(ended) and ended.issubset(endings) and not any(source.is_fake for _, source in affirming)
