"""Single points of failure of a verified claim: every identity whose withdrawal would change the finding (section 3).

Reevaluating the claim for each identity would be quadratic and rarely find one. So the finding is first shown to rest
on a few *pillars*. An identity that affects neither a pillar nor the side against the claim is cleared without
reevaluation; only the others are tried. The shortcut never decides that a finding falls.
"""

from functools import cached_property

from editorial.policy.facts import StatementFacts
from editorial.policy.verification.evaluation import Evaluation
from editorial.policy.verification.impact_bound import ImpactBound
from editorial.policy.verification.origins import JoinKey
from editorial.policy.vocabulary import FindingValue, Requirement, Stance


def hangs_on(evaluation: Evaluation) -> tuple[str, ...]:
    """The single points of failure of a verified claim, sorted; empty for any other finding."""
    if evaluation.finding is not FindingValue.VERIFIED:
        return ()
    impact, support = ImpactBound(evaluation.evidence), Support(evaluation)
    return tuple(
        identity
        for identity in sorted(impact.statements_by_identity)
        if not support.is_verified_without(identity, *impact.affected_by(identity))
        and finding_changes_without(evaluation, identity)
    )


def finding_changes_without(evaluation: Evaluation, identity: str) -> bool:
    """Whether the finding changes if an identity's statements, and those heard from it, are withdrawn."""
    evidence = evaluation.evidence

    def is_withdrawn(statement: StatementFacts) -> bool:
        return identity in (evidence.speaker[statement.id], evidence.informant_identity(statement.id))

    return Evaluation(evidence.without(is_withdrawn), evaluation.policy).finding is not evaluation.finding


class Support:
    """The statements that suffice to keep a verified claim verified."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.evidence = evaluation.evidence

    def is_verified_without(self, identity: str, dead: set[str], affected: set[str]) -> bool:
        """Whether the claim certainly stays verified; False means only that it has to be tried."""
        denials = {name for name in affected if self.evidence.statements[name].stance is Stance.DENIES}
        if denials and not (denials <= dead and self.denials_are_insufficient):
            return False
        if self.evaluation.sole_routes:
            return not affected.issuperset(self.sole_route_statements)
        supporting = affected - denials
        if not supporting:
            return True
        may_split = self.needs_indirect and identity in self.anchors
        return supporting <= dead and supporting.isdisjoint(self.pillars) and not may_split

    @cached_property
    def sole_route_statements(self) -> list[str]:
        """The statements that each settle the claim alone."""
        return [name for names in self.evaluation.sole_routes.values() for name in names]

    @cached_property
    def denials_are_insufficient(self) -> bool:
        """Whether the denials are too few to refute the claim, however they are grouped."""
        denying_speakers = {
            self.evidence.speaker[name]
            for name in self.evidence.countable_with(Stance.DENIES)
            if name not in self.evidence.interested
        }
        rows = self.evaluation.policy.rules[self.evaluation.risk].rows
        enough = min(row.groups for row in rows) if self.evaluation.sole_routes else 1
        return len(denying_speakers) < enough

    # --- pillars: a few statements that satisfy a policy row by themselves ---

    @cached_property
    def needs_indirect(self) -> bool:
        """Whether the self-standing groups alone do not suffice."""
        grouping = self.evaluation.independent
        return not self.evaluation.policy.met(self.evaluation.risk, grouping.count(grouping.self_standing_groups))

    @cached_property
    def pillars(self) -> set[str]:
        """For each requirement of a met row, one qualifying statement from as many groups as it needs."""
        grouping = self.evaluation.independent
        groups = sorted(grouping.judged_groups() if self.needs_indirect else grouping.self_standing_groups)
        have = grouping.count(groups)
        row = next(row for row in self.evaluation.policy.rules[self.evaluation.risk].rows if have.meets(row))
        return {
            name for requirement in Requirement for name in self.exemplars(requirement, groups, row.of(requirement))
        }

    def exemplars(self, requirement: Requirement, groups: list[list[str]], need: int) -> list[str]:
        """One qualifying statement from each of the first groups that satisfy a requirement."""
        quality = {
            Requirement.GROUPS: lambda name: True,
            Requirement.FIRST_HAND: self.evidence.first_hand,
            Requirement.NAMED: self.evidence.named,
            Requirement.DISINTERESTED: lambda name: name not in self.evidence.interested,
            Requirement.RATED: self.evidence.rated,
        }[requirement]
        candidates = (next(filter(quality, group), None) for group in groups)
        return [name for name in candidates if name is not None][:need]

    @cached_property
    def anchors(self) -> set[str]:
        """Identities without which some indirect statement would join no self-standing group, and form a new one."""
        grouping = self.evaluation.independent
        speakers_by_key: dict[JoinKey, set[str]] = {}
        for name in (name for group in grouping.self_standing_groups for name in group):
            for key in grouping.offered_keys(name):
                if len(speakers_by_key.setdefault(key, set())) < 2:
                    speakers_by_key[key].add(self.evidence.speaker[name])
        anchors: set[str] = set()
        for statement_id in grouping.indirect:
            speakers = set[str]().union(*(speakers_by_key.get(key, ()) for key in grouping.sought_keys(statement_id)))
            if len(speakers) == 1:
                anchors |= speakers
        return anchors
