"""Single points of failure of a verified claim: every identity whose withdrawal would change the finding (section 3).

Re-evaluating the claim for each identity would be quadratic and rarely find one. So an identity is first cleared where
counting shows that enough remains without it. That is safe because ended statements still connect: the components stay
as they are and only lose members. The shortcut never decides that a finding changes.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

from editorial.policy.facts import StatementFacts
from editorial.policy.verification import affiliations
from editorial.policy.verification.evaluation import Evaluation
from editorial.policy.verification.graphs import group_by
from editorial.policy.verification.independence import Group
from editorial.policy.verification.thresholds import GroupCounts
from editorial.policy.vocabulary import Basis, FindingValue, ObtainedBy, Requirement, Stance

Losses = tuple[frozenset[Requirement], ...]
"""For each group that loses something, the qualities that it loses."""


def hangs_on(evaluation: Evaluation) -> tuple[str, ...]:
    """The single points of failure of a verified claim, sorted; empty for any other finding."""
    if evaluation.finding is not FindingValue.VERIFIED:
        return ()
    evidence, support = evaluation.evidence, Support(evaluation)
    identities = {*evidence.speaker.values(), *evidence.informant_identity.values()}
    uncertain = sorted(identity for identity in identities if not support.holds_without(identity))
    return tuple(identity for identity in uncertain if finding_changes_without(evaluation, identity))


def finding_changes_without(evaluation: Evaluation, identity: str) -> bool:
    """Whether the finding changes if an identity's statements, and those heard from it, are withdrawn."""
    evidence = evaluation.evidence

    def is_withdrawn(statement: StatementFacts) -> bool:
        return identity in (evidence.speaker[statement.id], evidence.informant_identity.get(statement.id))

    return Evaluation(evidence.without(is_withdrawn), evaluation.policy).finding is not evaluation.finding


class Support:
    """Whether enough certainly remains for a verified claim when one identity takes back its words."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.evidence = evaluation.evidence
        self.tried: dict[Losses, tuple[bool, bool]] = {}

    def holds_without(self, identity: str) -> bool:
        """Whether the claim certainly stays verified; False means only that it has to be tried."""
        if identity in self.denying_identities and not self.denials_are_insufficient:
            return False
        if self.evaluation.sole_routes:
            return self.settled_without(identity)
        if identity in self.reconnecting_identities:
            return False
        by_anchored, by_all = self.met_without(identity)
        if identity in self.sole_anchors or (identity in self.denying_identities and self.evidence.contradicted):
            return by_anchored
        return by_anchored or by_all

    # --- denials ---

    @cached_property
    def denying_identities(self) -> set[str]:
        """Identities that deny the claim, or from whom somebody heard a denial."""
        return self.owners(self.evidence.with_stance(self.evidence.statements, Stance.DENIES))

    @cached_property
    def denials_are_insufficient(self) -> bool:
        """Whether the denials are too few to turn the finding, even if any one identity takes back its words.

        A claim verified by corroboration has no disinterested ones. Against a sole route they count by groups, and
        these stay as few if none can split; none gains a quality that no member of it has.
        """
        if not self.evaluation.sole_routes:
            return True
        against = self.evaluation.as_if_nobody_said_both.against
        possible = ((group, group.qualities_of_any(group.statements)) for group in against.groups)
        disinterested = [(group, each) for group, each in possible if Requirement.DISINTERESTED in each]
        counts = GroupCounts.tally(each for _, each in disinterested)
        return not self.evaluation.policy.met_against(self.evaluation.risk, counts) and not any(
            against.may_split(group) for group, _ in disinterested
        )

    # --- sole routes ---

    def settled_without(self, identity: str) -> bool:
        """Whether a sole route stays open without an identity."""
        return any(
            all(any(identity not in self.route_supporters[name] for name in names) for names in route)
            for route in self.routes
        )

    @cached_property
    def routes(self) -> list[list[list[str]]]:
        """The sole routes, each as the lists of statements of which it needs one: for admissions, one of each party."""
        by_basis = self.evaluation.sole_routes
        admissions = [
            [name for name in by_basis.get(Basis.ADMISSION, ()) if self.is_by(name, party)]
            for party in self.evidence.adverse_parties
        ]
        records = [[by_basis[basis]] for basis in (Basis.RECORD, Basis.OBSERVATION) if basis in by_basis]
        return [*records, *([admissions] if Basis.ADMISSION in by_basis else [])]

    @cached_property
    def route_supporters(self) -> dict[str, set[str]]:
        """Statement of a sole route → the identities that it depends on."""
        return {name: self.supporters(name) for names in self.evaluation.sole_routes.values() for name in names}

    def is_by(self, statement_id: str, party: str) -> bool:
        """Whether a statement is by a party or its agent."""
        source = self.evidence.statements[statement_id].source
        return party in affiliations.represented_identities(self.evidence.case, source)

    # --- groups ---

    def met_without(self, identity: str) -> tuple[bool, bool]:
        """Whether the anchored groups, and whether all groups, meet the policy less what an identity might take."""
        lost = self.losses.get(identity, ())
        if lost not in self.tried:
            policy, risk, loss_counts = self.evaluation.policy, self.evaluation.risk, GroupCounts.tally(lost)
            self.tried[lost] = (
                policy.met(risk, self.anchored_counts.less(loss_counts)),
                policy.met(risk, self.evaluation.independent.counts.less(loss_counts)),
            )
        return self.tried[lost]

    @cached_property
    def anchored_counts(self) -> GroupCounts:
        """The counts of groups with self-standing members. Changes of indirect statements only add to them."""
        return GroupCounts.tally(group.qualities for group in self.evaluation.independent.anchored_groups)

    @cached_property
    def losses(self) -> dict[str, Losses]:
        """Identity → for each group that might lose qualities without that identity, those qualities."""
        independent = self.evaluation.independent
        losses: dict[str, Losses] = {}
        for group in chain(independent.anchored_groups, independent.indirect_groups):
            for identity, qualities in self.depending(group):
                losses[identity] = (*losses.get(identity, ()), qualities)
        return losses

    def depending(self, group: Group) -> Iterator[tuple[str, frozenset[Requirement]]]:
        """The identities on which all members depend that give a group some qualities, each with those."""
        by_qualities = group_by(group.judged_on, self.evidence.qualities.__getitem__)
        needed = [(qualities, self.supporters_of_all(names)) for qualities, names in by_qualities.items()]
        for identity in set[str]().union(*(identities for _, identities in needed)):
            remaining = (qualities for qualities, identities in needed if identity not in identities)
            if lost := group.qualities.difference(*remaining):
                yield identity, lost

    @cached_property
    def reconnecting_identities(self) -> set[str]:
        """Identities that spoke apart from a briefing, and whose withdrawal might tie others there together."""
        grouping = self.evaluation.independent
        return {
            self.evidence.speaker[name]
            for name in chain.from_iterable(grouping.components)
            if self.evidence.speaker[name] in grouping.origins.speak_apart and grouping.shares_briefing(name)
        }

    @cached_property
    def sole_anchors(self) -> set[str]:
        """Identities on whose words alone indirect statements hang; without them these form groups of their own."""
        grouping = self.evaluation.independent
        holders = (grouping.components[number] for number in set[int]().union(*grouping.components_joined.values()))
        speakers = (
            {self.evidence.speaker[name] for name in component if name in grouping.members} for component in holders
        )
        return set[str]().union(*(names for names in speakers if len(names) == 1))

    # --- what a statement depends on ---

    def owners(self, names: Iterable[str]) -> set[str]:
        """The identities that speak in these statements, or from whom they were heard."""
        owners = set()
        for name in names:
            owners.add(self.evidence.speaker[name])
            if name in self.evidence.informant_identity:
                owners.add(self.evidence.informant_identity[name])
        return owners

    def supporters_of_all(self, names: Iterable[str]) -> set[str]:
        """The identities that are supporters of each of these statements."""
        common: set[str] | None = None
        for name in names:
            common = self.supporters(name) if common is None else common & self.supporters(name)
            if not common:
                break
        return common or set()

    def supporters(self, name: str) -> set[str]:
        """Every identity without whose words a statement might no longer count."""
        needed = {name}
        spreading = [name]
        while spreading:
            name = spreading.pop()
            heard = (self.evidence.informant_identity.get(name, ""), self.evidence.statements[name].stance)
            below = {*self.evidence.relays[name], *self.evidence.statements_by_voice.get(heard, ())}
            if self.evidence.statements[name].obtained_by is ObtainedBy.EXTERNAL:
                below.update(self.evidence.relayers.get(name, ()))
            spreading += below - needed
            needed |= below
        return self.owners(needed)
