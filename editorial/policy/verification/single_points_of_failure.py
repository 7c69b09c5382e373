"""What a verified claim hangs on: every identity whose change of heart would bring it down (section 3).

To weigh everything anew for everybody would be quadratic, and nearly always in vain. So the finding is first
shown to rest on a few *pillars*; whoever touches neither them nor anything that could grow against the claim
is cleared at a glance, and only the rest are tried out. The shortcut never decides that a finding falls.
"""

from functools import cached_property

from editorial.policy.facts import StatementFacts
from editorial.policy.verification.evaluation import Weighing
from editorial.policy.verification.impact_bound import Ripples
from editorial.policy.verification.origins import Key
from editorial.policy.vocabulary import FindingValue, Requirement, Stance


def hangs_on(weighing: Weighing) -> tuple[str, ...]:
    """The single points of failure of a verified claim, sorted; none for any other finding."""
    if weighing.finding is not FindingValue.VERIFIED:
        return ()
    ripples, footing = Ripples(weighing.evidence), Footing(weighing)
    return tuple(
        identity
        for identity in sorted(ripples.said_or_told)
        if not footing.holds_without(identity, *ripples.of(identity)) and falls(weighing, identity)
    )


def falls(weighing: Weighing, identity: str) -> bool:
    """Whether the finding changes once an identity's words, and those heard from it, are withdrawn."""
    evidence = weighing.evidence

    def gone(statement: StatementFacts) -> bool:
        return identity in (evidence.speaker[statement.id], evidence.heard_from(statement.id))

    return Weighing(evidence.without(gone), weighing.policy).finding is not weighing.finding


class Footing:
    """What shows a verified claim to be verified, and to stay so."""

    def __init__(self, weighing: Weighing) -> None:
        self.weighing = weighing
        self.evidence = weighing.evidence

    def holds_without(self, identity: str, gone: set[str], touched: set[str]) -> bool:
        """Whether the claim is sure to stay verified; no means only that it has to be tried out."""
        doubting = {name for name in touched if self.evidence.statements[name].stance is Stance.DENIES}
        if doubting and not (doubting <= gone and self.dissent_is_slight):
            return False
        if self.weighing.routes:
            return not touched.issuperset(self.settling)
        supporting = touched - doubting
        if not supporting:
            return True
        detaches = self.leans_on_tellers and identity in self.anchors
        return supporting <= gone and supporting.isdisjoint(self.pillars) and not detaches

    @cached_property
    def settling(self) -> list[str]:
        """The statements that settle the claim alone."""
        return [name for names in self.weighing.routes.values() for name in names]

    @cached_property
    def dissent_is_slight(self) -> bool:
        """Whether those who deny it are too few to stand against it however they are grouped."""
        disinterested = {
            self.evidence.speaker[name]
            for name in self.evidence.counting(Stance.DENIES)
            if name not in self.evidence.interested
        }
        rows = self.weighing.policy.rules[self.weighing.risk].rows
        enough = min(row.groups for row in rows) if self.weighing.routes else 1
        return len(disinterested) < enough

    # --- pillars: a few statements, each in its place, that satisfy a row of the policy by themselves ---

    @cached_property
    def leans_on_tellers(self) -> bool:
        """Whether those who know for themselves do not suffice."""
        grouping = self.weighing.independent
        return not self.weighing.policy.met(self.weighing.risk, grouping.count(grouping.standing))

    @cached_property
    def pillars(self) -> set[str]:
        """For each requirement of a row that is met, as many groups as it needs, and why each satisfies it."""
        grouping = self.weighing.independent
        groups = sorted(grouping.judged() if self.leans_on_tellers else grouping.standing)
        have = grouping.count(groups)
        row = next(row for row in self.weighing.policy.rules[self.weighing.risk].rows if have.meets(row))
        return {name for requirement in Requirement for name in self.showing(requirement, groups, row.of(requirement))}

    def showing(self, requirement: Requirement, groups: list[list[str]], need: int) -> list[str]:
        """From the first groups that satisfy a requirement, one statement each that does."""
        quality = {
            Requirement.GROUPS: lambda name: True,
            Requirement.FIRST_HAND: self.evidence.first_hand,
            Requirement.NAMED: self.evidence.named,
            Requirement.DISINTERESTED: lambda name: name not in self.evidence.interested,
            Requirement.RATED: self.evidence.rated,
        }[requirement]
        shown = (next(filter(quality, group), None) for group in groups)
        return [name for name in shown if name is not None][:need]

    @cached_property
    def anchors(self) -> set[str]:
        """Identities without whom some teller would join nobody who knows for himself, and so form a new group."""
        grouping = self.weighing.independent
        at: dict[Key, set[str]] = {}
        for name in (name for group in grouping.standing for name in group):
            for key in grouping.offered(name):
                if len(at.setdefault(key, set())) < 2:
                    at[key].add(self.evidence.speaker[name])
        found: set[str] = set()
        for teller in grouping.tellers:
            joined = set[str]().union(*(at.get(key, ()) for key in grouping.sought(teller)))
            if len(joined) == 1:
                found |= joined
        return found
