"""The evaluation of one claim: the finding by first match (Verification, section 3), computed lazily."""

from functools import cached_property

from editorial.policy.verification import sole_evidence
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.independence import Grouping
from editorial.policy.verification.origins import OriginProfiles
from editorial.policy.verification.thresholds import MissingRequirement, PolicyRules
from editorial.policy.vocabulary import Basis, ClaimKind, FindingValue, ReviewProgress, Stance, Terms


class Evaluation:
    """The evidence on a claim that is not a compound, evaluated under a policy."""

    def __init__(self, evidence: Evidence, policy: PolicyRules) -> None:
        self.evidence = evidence
        self.policy = policy
        self.risk = evidence.claim.risk
        self.origin_profiles = OriginProfiles(evidence)

    @cached_property
    def independent(self) -> Grouping:
        """The groups that count for the claim."""
        return Grouping(self.origin_profiles, self.evidence.countable_with(Stance.AFFIRMS))

    @cached_property
    def against(self) -> Grouping:
        """The groups that count against the claim."""
        return Grouping(self.origin_profiles, self.evidence.countable_with(Stance.DENIES))

    @cached_property
    def origins(self) -> Grouping:
        """The groups of all live affirming statements, collected by us or not, except off the record."""
        return Grouping(
            self.origin_profiles,
            (
                name
                for name in self.evidence.live
                if self.evidence.statements[name].stance is Stance.AFFIRMS
                and self.evidence.statements[name].terms is not Terms.OFF_RECORD
            ),
        )

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
    def is_refutable(self) -> bool:
        """Whether a sole route or enough disinterested groups count against the claim."""
        return sole_evidence.has_sole_route_against(self.evidence) or self.policy.met_against(
            self.risk, self.against.disinterested_counts
        )

    @cached_property
    def finding(self) -> FindingValue | None:
        """The finding, by first match; None for an opinion."""
        if self.evidence.claim.kind is ClaimKind.OPINION:
            return None
        if self.sole_routes:
            return FindingValue.DISPUTED if self.is_refutable else FindingValue.VERIFIED
        if self.met:
            is_doubtful = self.is_refutable or self.against.disinterested_counts.groups
            return FindingValue.DISPUTED if is_doubtful else FindingValue.VERIFIED
        if self.is_refutable and not self.has_disinterested_witness:
            return FindingValue.REFUTED
        if self.contested and len(self.origins):
            return FindingValue.DISPUTED
        if not len(self.origins) and self.has_dead_affirmation:
            return FindingValue.WITHDRAWN
        return self.undecided_finding

    @property
    def basis(self) -> Basis | None:
        """What a verified claim rests on."""
        if self.finding is not FindingValue.VERIFIED:
            return None
        return next(iter(self.sole_routes), Basis.CORROBORATION)

    @property
    def missing(self) -> tuple[MissingRequirement, ...]:
        """What the nearest policy row still lacks."""
        if self.evidence.claim.kind is ClaimKind.OPINION or self.sole_routes:
            return ()
        return self.policy.missing(self.risk, self.independent.counts)

    @property
    def has_disinterested_witness(self) -> bool:
        """Whether some origin is first-hand and disinterested, which keeps a claim from being refuted."""
        return any(
            self.evidence.first_hand(name) and name not in self.evidence.interested for name in self.origins.members
        )

    @property
    def has_dead_affirmation(self) -> bool:
        """Whether an affirming statement is dead, or all its roots are."""
        dead = self.evidence.dead
        return any(
            item.id in dead or (self.evidence.roots[item.id] and self.evidence.roots[item.id] <= dead)
            for item in self.evidence.statements.values()
            if item.stance is Stance.AFFIRMS and item.terms is not Terms.OFF_RECORD
        )

    @property
    def undecided_finding(self) -> FindingValue:
        """The finding by review progress, where the evidence decides nothing."""
        progress = self.evidence.case.tasks.get(self.evidence.claim.id, ReviewProgress.NONE)
        return {
            ReviewProgress.EXHAUSTED: FindingValue.UNVERIFIABLE,
            ReviewProgress.OPEN: FindingValue.UNDER_INVESTIGATION,
            ReviewProgress.NONE: FindingValue.UNVERIFIED,
        }[progress]
