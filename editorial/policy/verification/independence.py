"""Independent groups: statements that come from one place count once (Verification, section 2)."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from editorial.policy.verification.evidence import Evidence
from editorial.policy.verification.graphs import Clusters
from editorial.policy.verification.origins import Key, Origins, Profile
from editorial.policy.verification.thresholds import Counts
from editorial.policy.vocabulary import Join


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements of a group that join, and by what."""

    between: tuple[str, str]
    by: Join


@dataclass(frozen=True)
class Group:
    """Statements that count as one. It is judged by `judges`: those who know for themselves, if there are any."""

    statements: tuple[str, ...]
    judges: tuple[str, ...]
    origins: Origins

    @cached_property
    def joins(self) -> tuple[Pair, ...]:
        """Every joining pair, sorted. There can be half a million of them; ask only to show them."""
        return tuple(sorted_pairs(self.statements, self.origins))


class Grouping:
    """A set of live statements of one stance, cut into independent groups."""

    def __init__(self, origins: Origins, statements: Iterable[str]) -> None:
        self.origins = origins
        self.evidence: Evidence = origins.evidence
        members = sorted(statements)
        self.standing = self.cut(list(self.most_direct(filter(self.evidence.self_standing, members))))
        self.tellers = [name for name in members if not self.evidence.self_standing(name)]
        self.loose = self.cut([name for name in self.tellers if next(self.homes(name), None) is None])

    def __len__(self) -> int:
        return len(self.standing) + len(self.loose)

    def most_direct(self, standing: Iterable[str]) -> Iterator[str]:
        """Of what one identity knows for itself, leave out what was said at a briefing if there is more."""
        own = list(standing)
        apart = {self.evidence.speaker[name] for name in own if not self.evidence.statements[name].briefing}
        for name in own:
            if not self.evidence.statements[name].briefing or self.evidence.speaker[name] not in apart:
                yield name

    def cut(self, names: list[str]) -> list[list[str]]:
        """The connected components."""
        clusters = Clusters(names)
        profiles = {name: self.origins.profile(name) for name in names}
        overheard = {employer for profile in profiles.values() for employer in profile.overheard}
        seen: dict[Profile, str] = {}
        for name, profile in profiles.items():
            clusters.share(name, [("speaker", self.evidence.speaker[name])])
            if profile in seen:
                clusters.unite(seen[profile], name)
                continue
            seen[profile] = name
            clusters.share(name, profile.keys())
            clusters.share(name, (("employer", employer) for employer in profile.employers & overheard))
        return clusters.all()

    # --- tellers: members of every group they join, and no bridge between them ---

    def offered(self, name: str) -> Iterator[Key]:
        """What a statement has through which a teller may join it."""
        profile = self.origins.profile(name)
        yield "speaker", self.evidence.speaker[name]
        yield from profile.keys()
        yield from (("any", employer) for employer in profile.employers)
        yield from (("overheard", employer) for employer in profile.overheard)

    def sought(self, teller: str) -> Iterator[Key]:
        """What a teller joins: of one employer only if one of the two was not heard by us."""
        profile = self.origins.profile(teller)
        yield "speaker", self.evidence.speaker[teller]
        yield from profile.keys()
        yield from (("overheard", employer) for employer in profile.employers)
        yield from (("any", employer) for employer in profile.overheard)

    @cached_property
    def offering(self) -> dict[Key, set[int]]:
        """What joins → the numbers of the groups of those who know for themselves that have it."""
        found: dict[Key, set[int]] = {}
        for number, group in enumerate(self.standing):
            for name in group:
                for key in self.offered(name):
                    found.setdefault(key, set()).add(number)
        return found

    def homes(self, teller: str) -> Iterator[int]:
        """The numbers of the groups that a teller joins; some come more than once."""
        for key in self.sought(teller):
            yield from self.offering.get(key, ())

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups in full, sorted."""
        members = [list(group) for group in self.standing]
        for teller in self.tellers:
            for number in set(self.homes(teller)):
                members[number].append(teller)
        found = [
            Group(tuple(sorted(everybody)), tuple(judges), self.origins)
            for everybody, judges in zip(members, self.standing, strict=True)
        ]
        found += [Group(tuple(sorted(group)), tuple(group), self.origins) for group in self.loose]
        return tuple(sorted(found, key=lambda group: group.statements))

    @cached_property
    def members(self) -> frozenset[str]:
        """All the statements that are in some group."""
        return frozenset(self.tellers).union(*self.standing)

    def holding(self, statements: Iterable[str]) -> int:
        """How many groups have one of these statements in them."""
        wanted = set(statements)
        groups = {number for number, group in enumerate(self.standing) if not wanted.isdisjoint(group)}
        for teller in wanted.intersection(self.tellers):
            groups.update(self.homes(teller))
        return len(groups) + sum(not wanted.isdisjoint(group) for group in self.loose)

    # --- what the groups are worth ---

    def judged(self) -> list[list[str]]:
        """Each group by those who speak for its worth."""
        return [*self.standing, *self.loose]

    def disinterested(self, group: Collection[str]) -> bool:
        """Whether some of those who judge a group gain nothing from what they say."""
        return not self.evidence.interested.issuperset(group)

    @cached_property
    def tally(self) -> Counts:
        """How many groups there are of each kind."""
        return self.count(self.judged())

    @cached_property
    def tally_disinterested(self) -> Counts:
        """The same for the disinterested groups alone."""
        return self.count([group for group in self.judged() if self.disinterested(group)])

    def count(self, groups: list[list[str]]) -> Counts:
        """How many of these groups have each quality."""

        def having(quality: Callable[[str], bool]) -> int:
            return sum(any(map(quality, group)) for group in groups)

        return Counts(
            groups=len(groups),
            first_hand=having(self.evidence.first_hand),
            named=having(self.evidence.named),
            disinterested=sum(map(self.disinterested, groups)),
            rated=having(self.evidence.rated),
        )


def sorted_pairs(statements: Iterable[str], origins: Origins) -> Iterator[Pair]:
    """Every pair that joins: candidates share a key, so that a long chain needs no all-against-all."""
    sharing: dict[Key, list[str]] = {}
    for name in statements:
        profile = origins.profile(name)
        sharing.setdefault(("speaker", origins.evidence.speaker[name]), []).append(name)
        for key in (*profile.keys(), *(("employer", employer) for employer in profile.employers)):
            sharing.setdefault(key, []).append(name)
    candidates = {pair for names in sharing.values() for pair in combinations(names, 2)}
    for one, other in sorted(candidates):
        by = origins.join(one, other)
        if by:
            yield Pair((one, other), by)
