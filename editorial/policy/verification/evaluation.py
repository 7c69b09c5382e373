"""One claim, weighed: the finding by first match (Verification, section 3). Nothing is computed before it is asked."""

from functools import cached_property

from editorial.policy.verification import sole_evidence
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.independence import Grouping
from editorial.policy.verification.origins import Origins
from editorial.policy.verification.thresholds import Missing, Policy
from editorial.policy.vocabulary import Basis, ClaimKind, FindingValue, Level, Stance, TaskStanding


class Weighing:
    """What the evidence on a claim that is no compound amounts to under a policy."""

    def __init__(self, evidence: Evidence, policy: Policy) -> None:
        self.evidence = evidence
        self.policy = policy
        self.risk = evidence.claim.risk
        self.where_from = Origins(evidence)

    @cached_property
    def independent(self) -> Grouping:
        """The groups that count for the claim."""
        return Grouping(self.where_from, self.evidence.counting(Stance.AFFIRMS))

    @cached_property
    def against(self) -> Grouping:
        """The groups that count against it."""
        return Grouping(self.where_from, self.evidence.counting(Stance.DENIES))

    @cached_property
    def origins(self) -> Grouping:
        """All who are live and affirm it, heard by us or not, except off the record."""
        return Grouping(
            self.where_from,
            (
                name
                for name in self.evidence.live
                if self.evidence.statements[name].stance is Stance.AFFIRMS
                and self.evidence.statements[name].level is not Level.OFF_RECORD
            ),
        )

    @cached_property
    def routes(self) -> dict[Basis, list[str]]:
        """The sole routes for the claim."""
        return sole_evidence.sole_routes(self.evidence)

    @cached_property
    def contested(self) -> bool:
        """Whether there is a live denial."""
        return bool(sole_evidence.live_denials(self.evidence))

    @cached_property
    def met(self) -> bool:
        """Whether enough independent groups stand for the claim."""
        return self.policy.met(self.risk, self.independent.tally)

    @cached_property
    def refutable(self) -> bool:
        """Whether a sole route, or enough disinterested groups, stand against it."""
        return sole_evidence.sole_against(self.evidence) or self.policy.met_against(
            self.risk, self.against.tally_disinterested
        )

    @cached_property
    def finding(self) -> FindingValue | None:
        """The finding, by first match; None for an opinion."""
        if self.evidence.claim.kind is ClaimKind.OPINION:
            return None
        if self.routes:
            return FindingValue.DISPUTED if self.refutable else FindingValue.VERIFIED
        if self.met:
            doubted = self.refutable or self.against.tally_disinterested.groups
            return FindingValue.DISPUTED if doubted else FindingValue.VERIFIED
        if self.refutable and not self.seen_by_the_disinterested:
            return FindingValue.REFUTED
        if self.contested and len(self.origins):
            return FindingValue.DISPUTED
        if not len(self.origins) and self.taken_back:
            return FindingValue.WITHDRAWN
        return self.still_open

    @property
    def basis(self) -> Basis | None:
        """On what a verified claim stands."""
        if self.finding is not FindingValue.VERIFIED:
            return None
        return next(iter(self.routes), Basis.CORROBORATION)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What the nearest row of the policy still lacks."""
        if self.evidence.claim.kind is ClaimKind.OPINION or self.routes:
            return ()
        return self.policy.missing(self.risk, self.independent.tally)

    @property
    def seen_by_the_disinterested(self) -> bool:
        """Whether some origin was there and gains nothing: such a voice keeps a claim from being refuted."""
        return any(
            self.evidence.first_hand(name) and name not in self.evidence.interested for name in self.origins.members
        )

    @property
    def taken_back(self) -> bool:
        """Whether somebody affirmed it who is dead by now, or whose roots all are."""
        dead = self.evidence.dead
        return any(
            item.id in dead or (self.evidence.roots[item.id] and self.evidence.roots[item.id] <= dead)
            for item in self.evidence.statements.values()
            if item.stance is Stance.AFFIRMS and item.level is not Level.OFF_RECORD
        )

    @property
    def still_open(self) -> FindingValue:
        """Where the evidence decides nothing, the review work does."""
        standing = self.evidence.case.tasks.get(self.evidence.claim.id, TaskStanding.NONE)
        return {
            TaskStanding.EXHAUSTED: FindingValue.UNVERIFIABLE,
            TaskStanding.OPEN: FindingValue.UNDER_INVESTIGATION,
            TaskStanding.NONE: FindingValue.UNVERIFIED,
        }[standing]
