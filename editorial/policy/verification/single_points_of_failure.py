"""Single points of failure of a verified claim: every identity whose withdrawal would change the finding (section 3).

Re-evaluating the claim for each identity would be quadratic and rarely find one. So an identity is first cleared where
counting shows that enough remains without it. That is safe because ended statements still connect: the components stay
as they are and only lose members. The shortcut never decides that a finding changes.
"""

from collections import Counter
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


def hangs_on(evaluation: Evaluation) -> tuple[str, ...]:
    """The single points of failure of a verified claim, sorted; empty for any other finding."""
    if evaluation.finding is not FindingValue.VERIFIED:
        return ()
    evidence, support = evaluation.evidence, Support(evaluation)
    identities = sorted({*evidence.speaker.values(), *evidence.informant_identity.values()})
    return tuple(
        identity
        for identity in identities
        if not support.holds_without(identity) and finding_changes_without(evaluation, identity)
    )


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
        self.tried: dict[tuple[GroupCounts, tuple[frozenset[Requirement], ...]], bool] = {}

    def holds_without(self, identity: str) -> bool:
        """Whether the claim certainly stays verified; False means only that it has to be tried."""
        if identity in self.denying_identities and not self.denials_are_insufficient:
            return False
        if self.evaluation.sole_routes:
            return self.settled_without(identity)
        if identity in self.reconnecting_identities:
            return False
        return self.is_met(self.anchored_counts, identity) or (
            not (identity in self.sole_anchors or (identity in self.denying_identities and self.evidence.contradicted))
            and self.is_met(self.evaluation.independent.counts, identity)
        )

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
        return {name: self.supporters([name]) for names in self.evaluation.sole_routes.values() for name in names}

    def is_by(self, statement_id: str, party: str) -> bool:
        """Whether a statement is by a party or its agent."""
        source = self.evidence.statements[statement_id].source
        return party in affiliations.represented_identities(self.evidence.case, source)

    # --- groups ---

    def is_met(self, counts: GroupCounts, identity: str) -> bool:
        """Whether the policy is met by these counts, less what an identity might take away."""
        lost = tuple(self.losses.get(identity, ()))
        if (counts, lost) not in self.tried:
            self.tried[counts, lost] = self.evaluation.policy.met(
                self.evaluation.risk, counts.less(GroupCounts.tally(lost))
            )
        return self.tried[counts, lost]

    @cached_property
    def anchored_counts(self) -> GroupCounts:
        """The counts of groups with self-standing members. Changes of indirect statements only add to them."""
        return GroupCounts.tally(group.qualities for group in self.evaluation.independent.anchored_groups)

    @cached_property
    def losses(self) -> dict[str, list[frozenset[Requirement]]]:
        """Identity → for each group that might lose qualities without that identity, those qualities."""
        losses: dict[str, list[frozenset[Requirement]]] = {}
        for group in self.evaluation.independent.anchored_groups:
            for identity, qualities in self.depending(group):
                losses.setdefault(identity, []).append(qualities)
        for group in self.evaluation.independent.indirect_groups:
            for identity in self.supporters(group.statements):
                losses.setdefault(identity, []).append(group.qualities)
        return losses

    def depending(self, group: Group) -> Iterator[tuple[str, frozenset[Requirement]]]:
        """The identities that alone give qualities to a group with self-standing members, each with those."""
        by_speaker = {
            speaker: group.qualities_of_any(names)
            for speaker, names in group_by(group.judged_on, self.evidence.speaker.__getitem__).items()
        }
        holders = Counter(chain.from_iterable(by_speaker.values()))
        for speaker, qualities in by_speaker.items():
            alone = frozenset(requirement for requirement in qualities if holders[requirement] == 1)
            if alone:
                yield speaker, alone

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

    def supporters(self, names: Iterable[str]) -> set[str]:
        """Every identity without whose words one of these statements might no longer count."""
        needed = set(names)
        spreading = list(needed)
        while spreading:
            name = spreading.pop()
            heard = (self.evidence.informant_identity.get(name, ""), self.evidence.statements[name].stance)
            below = {*self.evidence.relays[name], *self.evidence.statements_by_voice.get(heard, ())}
            if self.evidence.statements[name].obtained_by is ObtainedBy.EXTERNAL:
                below.update(self.evidence.relayers.get(name, ()))
            spreading += below - needed
            needed |= below
        return self.owners(needed)
