"""The fewest joins that tie a group of statements together (Verification, section 3)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from editorial.policy.verification.graphs import DisjointSets
from editorial.policy.verification.origins import JoinKey, Keys
from editorial.policy.vocabulary import Join


@dataclass(frozen=True, slots=True)
class JoinedPair:
    """Two joined statements of a group, and the kind of join."""

    between: tuple[str, str]
    by: Join


@dataclass(slots=True)
class Sharing:
    """The statements with one join key, in order. Two of them join unless the key is weak for both."""

    names: list[str] = field(default_factory=list)
    strong: list[str] = field(default_factory=list)


def by_key(keys: Mapping[str, Keys]) -> dict[JoinKey, Sharing]:
    """Join key → the statements that share it. A key that only one statement has is left out, as it joins nothing."""
    if len(keys) < 2:
        return {}
    owners = Counter(chain.from_iterable(keys.values()))
    shared = {key: Sharing() for key, count in owners.items() if count > 1}
    for name, own in keys.items():
        for key, weak in own.items():
            if sharing := shared.get(key):
                sharing.names.append(name)
                if not weak:
                    sharing.strong.append(name)
    return shared


def spanning_pairs(keys: Mapping[str, Keys]) -> Iterator[JoinedPair]:
    """Of all joined pairs, by lowest join and then by ids, each that ties together what was not tied yet.

    `keys` lists the statements in order of their ids.
    """
    shared = by_key(keys)
    if not shared:
        return
    tied = DisjointSets(list(keys))
    for join in Join:
        of_join = {key: sharing for key, sharing in shared.items() if key.startswith(join.value)}
        opened: set[JoinKey] = set()
        for name, own in keys.items():
            for other in partners(name, own, of_join, opened):
                if tied.find(name) != tied.find(other):
                    tied.union(name, other)
                    yield JoinedPair((name, other), join)


def partners(name: str, own: Keys, shared: dict[JoinKey, Sharing], opened: set[JoinKey]) -> list[str]:
    """The later statements that a statement joins, in order, except those that are certainly tied to it already.

    A strong statement ties all later ones to itself: then the key has done its work and is dropped. The first weak one
    ties all strong ones together, so that one of them stands for all (`opened`).
    """
    others: set[str] = set()
    for key, weak in own.items():
        sharing = shared.get(key)
        if sharing is None:
            continue
        if weak:
            others.update(sharing.strong[:1] if key in opened else sharing.strong)
            opened.add(key)
        else:
            others.update(sharing.names)
            del shared[key]
    return sorted(other for other in others if other > name)
