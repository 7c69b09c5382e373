"""Independent groups: statements that share an origin count once (Verification, section 2)."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.graphs import DisjointSets
from editorial.policy.verification.origins import JoinKey, OriginProfile, OriginProfiles
from editorial.policy.verification.thresholds import GroupCounts
from editorial.policy.vocabulary import Join


@dataclass(frozen=True, slots=True)
class JoinedPair:
    """Two joined statements of a group, and the kind of join."""

    between: tuple[str, str]
    by: Join


@dataclass(frozen=True)
class Group:
    """Statements that count as one. `judged_on`: the self-standing ones, if any, which decide its qualities."""

    statements: tuple[str, ...]
    judged_on: tuple[str, ...]
    origins: OriginProfiles

    @cached_property
    def joins(self) -> tuple[JoinedPair, ...]:
        """Every joined pair, sorted. There can be half a million; use only for display."""
        return tuple(sorted_pairs(self.statements, self.origins))


class Grouping:
    """Live statements of one stance, partitioned into independent groups."""

    def __init__(self, origins: OriginProfiles, statements: Iterable[str]) -> None:
        self.origins = origins
        self.evidence: Evidence = origins.evidence
        members = sorted(statements)
        self.self_standing_groups = self.components(
            list(self.drop_redundant_briefings(filter(self.evidence.is_self_standing, members)))
        )
        self.indirect = [name for name in members if not self.evidence.is_self_standing(name)]
        self.indirect_groups = self.components(
            [name for name in self.indirect if next(self.groups_of(name), None) is None]
        )

    def __len__(self) -> int:
        return len(self.self_standing_groups) + len(self.indirect_groups)

    def drop_redundant_briefings(self, statements: Iterable[str]) -> Iterator[str]:
        """Leave out an identity's statements at briefings if it also has statements made elsewhere."""
        names = list(statements)
        speakers_elsewhere = {
            self.evidence.speaker[name] for name in names if not self.evidence.statements[name].briefing
        }
        for name in names:
            if not self.evidence.statements[name].briefing or self.evidence.speaker[name] not in speakers_elsewhere:
                yield name

    def components(self, names: list[str]) -> list[list[str]]:
        """The connected components of these statements under their joins."""
        clusters = DisjointSets(names)
        profiles = {name: self.origins.profile(name) for name in names}
        unheard_employers = {
            employer for profile in profiles.values() for employer in profile.employers_not_heard_by_us
        }
        first_by_profile: dict[OriginProfile, str] = {}
        for name, profile in profiles.items():
            clusters.union_by_keys(name, [("speaker", self.evidence.speaker[name])])
            if profile in first_by_profile:
                clusters.union(first_by_profile[profile], name)
                continue
            first_by_profile[profile] = name
            clusters.union_by_keys(name, profile.join_keys())
            clusters.union_by_keys(name, (("employer", employer) for employer in profile.employers & unheard_employers))
        return clusters.sets()

    # --- indirect statements belong to every group that they join, without connecting those groups ---

    def offered_keys(self, name: str) -> Iterator[JoinKey]:
        """The keys through which an indirect statement may join this one."""
        profile = self.origins.profile(name)
        yield "speaker", self.evidence.speaker[name]
        yield from profile.join_keys()
        yield from (("any", employer) for employer in profile.employers)
        yield from (("unheard", employer) for employer in profile.employers_not_heard_by_us)

    def sought_keys(self, name: str) -> Iterator[JoinKey]:
        """The keys that an indirect statement joins. One employer joins only if we did not hear both at first hand."""
        profile = self.origins.profile(name)
        yield "speaker", self.evidence.speaker[name]
        yield from profile.join_keys()
        yield from (("unheard", employer) for employer in profile.employers)
        yield from (("any", employer) for employer in profile.employers_not_heard_by_us)

    @cached_property
    def groups_by_key(self) -> dict[JoinKey, set[int]]:
        """Join key → the numbers of the self-standing groups that offer it."""
        numbers: dict[JoinKey, set[int]] = {}
        for number, group in enumerate(self.self_standing_groups):
            for name in group:
                for key in self.offered_keys(name):
                    numbers.setdefault(key, set()).add(number)
        return numbers

    def groups_of(self, name: str) -> Iterator[int]:
        """The numbers of the groups that an indirect statement joins; may repeat."""
        for key in self.sought_keys(name):
            yield from self.groups_by_key.get(key, ())

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups with all their members, sorted."""
        members = [list(group) for group in self.self_standing_groups]
        for name in self.indirect:
            for number in set(self.groups_of(name)):
                members[number].append(name)
        groups = [
            Group(tuple(sorted(statements)), tuple(judged_on), self.origins)
            for statements, judged_on in zip(members, self.self_standing_groups, strict=True)
        ]
        groups += [Group(tuple(sorted(group)), tuple(group), self.origins) for group in self.indirect_groups]
        return tuple(sorted(groups, key=lambda group: group.statements))

    @cached_property
    def members(self) -> frozenset[str]:
        """All statements in some group."""
        return frozenset(self.indirect).union(*self.self_standing_groups)

    def count_containing(self, statements: Iterable[str]) -> int:
        """The number of groups that contain one of these statements."""
        names = set(statements)
        groups = {number for number, group in enumerate(self.self_standing_groups) if not names.isdisjoint(group)}
        for name in names.intersection(self.indirect):
            groups.update(self.groups_of(name))
        return len(groups) + sum(not names.isdisjoint(group) for group in self.indirect_groups)

    # --- worth of the groups ---

    def judged_groups(self) -> list[list[str]]:
        """The statements of each group that decide its qualities."""
        return [*self.self_standing_groups, *self.indirect_groups]

    def is_disinterested(self, group: Collection[str]) -> bool:
        """Whether at least one of these statements is disinterested."""
        return not self.evidence.interested.issuperset(group)

    @cached_property
    def counts(self) -> GroupCounts:
        """The number of groups with each quality."""
        return self.count(self.judged_groups())

    @cached_property
    def disinterested_counts(self) -> GroupCounts:
        """The number of disinterested groups with each quality."""
        return self.count([group for group in self.judged_groups() if self.is_disinterested(group)])

    def count(self, groups: list[list[str]]) -> GroupCounts:
        """Count the groups with each quality."""

        def count_with(quality: Callable[[str], bool]) -> int:
            return sum(any(map(quality, group)) for group in groups)

        return GroupCounts(
            groups=len(groups),
            first_hand=count_with(self.evidence.first_hand),
            named=count_with(self.evidence.named),
            disinterested=sum(map(self.is_disinterested, groups)),
            rated=count_with(self.evidence.rated),
        )


def sorted_pairs(statements: Iterable[str], origins: OriginProfiles) -> Iterator[JoinedPair]:
    """Yield every joined pair. Candidates share a key, so that a long chain needs no all-pairs comparison."""
    by_key: dict[JoinKey, list[str]] = {}
    for name in statements:
        profile = origins.profile(name)
        by_key.setdefault(("speaker", origins.evidence.speaker[name]), []).append(name)
        for key in (*profile.join_keys(), *(("employer", employer) for employer in profile.employers)):
            by_key.setdefault(key, []).append(name)
    candidates = {pair for names in by_key.values() for pair in combinations(names, 2)}
    for first, second in sorted(candidates):
        join = origins.join(first, second)
        if join:
            yield JoinedPair((first, second), join)
