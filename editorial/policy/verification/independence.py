"""Independent groups: statements that share an origin count once (Verification, section 2)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from editorial.policy.verification import joins
from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.graphs import DisjointSets
from editorial.policy.verification.joins import JoinedPair
from editorial.policy.verification.origins import JoinKey, Origins, join_key
from editorial.policy.verification.thresholds import GroupCounts
from editorial.policy.vocabulary import Join, Requirement


@dataclass(frozen=True, slots=True)
class Group:
    """Statements that count as one.

    `judged_on`: the members that decide its qualities. `ghosts`: statements that ended, or that count for nothing since
    their source said both, and still connect the members; one set for each component that the group touches.
    """

    statements: tuple[str, ...]
    judged_on: tuple[str, ...]
    ghosts: tuple[frozenset[str], ...]
    judged_with_ghosts: bool
    origins: Origins

    @property
    def joins(self) -> tuple[JoinedPair, ...]:
        """As many joined pairs as it takes to tie the group together."""
        names = sorted({*self.statements, *frozenset[str]().union(*self.ghosts)})
        return tuple(joins.spanning_pairs({name: self.origins.keys(name) for name in names}))

    @property
    def qualities(self) -> frozenset[Requirement]:
        """What some member that decides has and, where ghosts decide too, some ghost of each set of them."""
        qualities = self.qualities_of_any(self.judged_on)
        if self.judged_with_ghosts:
            return qualities.intersection(*map(self.qualities_of_any, self.ghosts))
        return qualities

    def qualities_of_any(self, names: Iterable[str]) -> frozenset[Requirement]:
        """The qualities that at least one of these statements has."""
        of_statement = self.origins.evidence.qualities
        distinct = {of_statement[name] for name in names}
        return next(iter(distinct)) if len(distinct) == 1 else frozenset[Requirement]().union(*distinct)


class Grouping:
    """Live statements of one stance, partitioned into independent groups.

    `first_recorded`: the statements that would be among them if nothing had ended and nobody had said both.
    """

    def __init__(
        self, evidence: Evidence, origins: Origins, statements: Collection[str], first_recorded: Collection[str]
    ) -> None:
        self.evidence = evidence
        self.origins = origins
        self.members = frozenset(statements)
        has_ghosts = not self.members.issuperset(first_recorded)
        self.with_ghosts = self.members.union(first_recorded) if has_ghosts else self.members
        # In recorded order, not in that of a set: neighbours in memory are read faster.
        recorded = [name for name in evidence.statements if name in self.with_ghosts]
        connecting = sorted(filter(evidence.is_self_standing, recorded))
        self.indirect = sorted(self.members.difference(connecting))
        self.components = [tuple(names) for names in self.connected(connecting)]

    # --- components ---

    def connected(self, names: list[str]) -> list[list[str]]:
        """The connected components of these statements under their joins."""
        clusters = DisjointSets(names)
        for sharing in joins.by_key({name: self.origins.keys(name) for name in names}).values():
            if sharing.strong:
                for name in sharing.names:
                    clusters.union(sharing.strong[0], name)
        return clusters.sets()

    @cached_property
    def component_by_strong_key(self) -> Mapping[JoinKey, int]:
        """Join key → the number of the component with that key, if it is strong for one of its statements.

        There is only one: a strong key joins all statements that have it.
        """
        return {
            key: number
            for number, component in enumerate(self.components)
            for name in component
            for key, weak in self.origins.keys(name).items()
            if not weak
        }

    @cached_property
    def components_by_weak_key(self) -> Mapping[JoinKey, set[int]]:
        """Join key that is weak for all who have it → the numbers of their components."""
        found: dict[JoinKey, set[int]] = {}
        for number, component in enumerate(self.components):
            for name in component:
                for key, weak in self.origins.keys(name).items():
                    if weak and key not in self.component_by_strong_key:
                        found.setdefault(key, set()).add(number)
        return found

    @cached_property
    def components_joined(self) -> dict[str, tuple[int, ...]]:
        """Indirect statement → the numbers of the components that it joins."""
        return {name: tuple(sorted(set(self.numbers_joined(name)))) for name in self.indirect}

    def numbers_joined(self, statement_id: str) -> Iterator[int]:
        """The numbers of the components that a statement joins, once for each key that it shares with one."""
        for key, weak in self.origins.keys(statement_id).items():
            if key in self.component_by_strong_key:
                yield self.component_by_strong_key[key]
            elif not weak:
                yield from self.components_by_weak_key.get(key, ())

    def shares_briefing(self, statement_id: str) -> bool:
        """Whether a self-standing statement was made at a briefing to which other components belong."""
        briefing = self.evidence.statements[statement_id].briefing
        if not briefing:
            return False
        return len(self.components_by_weak_key.get(join_key(Join.J3, "briefing", briefing), ())) > 1

    def is_populated(self, number: int) -> bool:
        """Whether a component has members, and not ghosts alone."""
        return not self.members.isdisjoint(self.components[number])

    # --- groups ---

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups with all their members, sorted."""
        return tuple(sorted([*self.anchored_groups, *self.indirect_groups], key=lambda group: group.statements))

    @cached_property
    def anchored_groups(self) -> list[Group]:
        """The groups with self-standing members. An indirect statement is in every group that it joins."""
        joining: dict[int, list[str]] = {}
        for name, numbers in self.components_joined.items():
            for number in numbers:
                joining.setdefault(number, []).append(name)
        return [
            self.anchored_group(component, joining.get(number, ()))
            for number, component in enumerate(self.components)
            if self.is_populated(number)
        ]

    def anchored_group(self, component: tuple[str, ...], joining: Collection[str]) -> Group:
        """One group with self-standing members, judged on these."""
        members = tuple(name for name in component if name in self.members)
        return Group(
            statements=tuple(sorted([*members, *joining])) if joining else members,
            judged_on=members,
            ghosts=(frozenset(component).difference(members),) if len(component) > len(members) else (),
            judged_with_ghosts=False,
            origins=self.origins,
        )

    @cached_property
    def indirect_groups(self) -> list[Group]:
        """The groups of the indirect statements that are in no other; a component of ghosts alone joins them, too."""
        free = [name for name, numbers in self.components_joined.items() if not any(map(self.is_populated, numbers))]
        clusters = DisjointSets(free)
        for names in self.connected(free):
            for name in names:
                clusters.union(names[0], name)
        for name in free:
            clusters.union_by_keys(name, self.components_joined[name])
        return [self.indirect_group(names) for names in clusters.sets()]

    def indirect_group(self, names: Collection[str]) -> Group:
        """One group of indirect statements, judged on those nearest the origin."""
        members = set(names)
        nearest = [name for name in names if not self.evidence.links_within(name, members)]
        numbers = sorted(set[int]().union(*(self.components_joined[name] for name in names)))
        return Group(
            statements=tuple(sorted(names)),
            judged_on=tuple(sorted(nearest or names)),
            ghosts=tuple(frozenset(self.components[number]) for number in numbers),
            judged_with_ghosts=True,
            origins=self.origins,
        )

    def may_split(self, group: Group) -> bool:
        """Whether a group might fall into several if one of its members is withdrawn.

        It cannot if all its members share something, or if it has self-standing members: ended ones still connect.
        """
        if not group.judged_with_ghosts or len(group.statements) == 1:
            return False
        shared = (
            {key for key, weak in self.origins.keys(name).items() if not weak}.union(self.components_joined[name])
            for name in group.statements
        )
        return not set.intersection(*shared)

    def __len__(self) -> int:
        return len(self.groups)

    def count_containing(self, statements: Iterable[str]) -> int:
        """The number of groups that contain one of these statements."""
        wanted = set(statements)
        return sum(not wanted.isdisjoint(group.statements) for group in self.groups)

    # --- qualities ---

    @cached_property
    def counts(self) -> GroupCounts:
        """The number of groups with each quality."""
        return GroupCounts.tally(group.qualities for group in self.groups)

    @cached_property
    def disinterested_counts(self) -> GroupCounts:
        """The number of disinterested groups with each quality."""
        qualities = (group.qualities for group in self.groups)
        return GroupCounts.tally(each for each in qualities if Requirement.DISINTERESTED in each)
