"""Independent groups of the statements on one side of a claim (section 2)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.proofs.reference.rules import counting, joins, liveness
from tests.proofs.reference.rules.facts import World, cached

Component = frozenset[str]


@dataclass(frozen=True)
class Group:
    """The members of a group, and the components of self-standing statements and ghosts that they belong to.

    A group with a self-standing member has one component. One of indirect statements alone has those, of ghosts
    alone, that some member joins.
    """

    members: frozenset[str]
    components: frozenset[Component]


def affirming(world: World, claim: str) -> list[str]:
    """The set behind `independent`."""
    return counting.counted(world, claim, "affirms")


def denying(world: World, claim: str) -> list[str]:
    """The set behind `against`."""
    return counting.counted(world, claim, "denies")


def original(world: World, claim: str) -> list[str]:
    """The set behind `origins`: all live affirming statements except those off the record."""
    said = [one for one in world.on(claim, "affirms") if world.terms(one) != "off_record"]
    return [one for one in said if liveness.live(world, one)]


@cached
def independent(world: World, claim: str) -> list[Group]:
    """The groups of the countable affirming statements."""
    return groups(world, claim, affirming)


@cached
def against(world: World, claim: str) -> list[Group]:
    """The groups of the countable denying statements."""
    return groups(world, claim, denying)


@cached
def origins(world: World, claim: str) -> list[Group]:
    """The groups of all live affirming statements except those off the record."""
    return groups(world, claim, original)


def self_standing(world: World, statement: str) -> bool:
    """Whether it links to nothing and has no informant."""
    return not liveness.links(world, statement) and liveness.informant(world, statement) is None


def groups(world: World, claim: str, chosen: Callable[[World, str], list[str]]) -> list[Group]:
    """The independent groups of the chosen statements."""
    statements, hypothetical = chosen(world, claim), world.of_ghosts()
    standing = [one for one in statements if self_standing(world, one)]
    indirect = [one for one in statements if one not in standing]
    would_be = chosen(hypothetical, claim)
    ghosts = [one for one in would_be if self_standing(hypothetical, one) and one not in statements]
    every = components(hypothetical, [*standing, *ghosts])
    real = [component for component in every if component & set(standing)]
    unreal = [component for component in every if component not in real]
    found = [group_of(hypothetical, component, standing, indirect) for component in real]
    homeless = [one for one in indirect if not any(one in group.members for group in found)]
    return found + groups_of_indirect(hypothetical, homeless, unreal)


def group_of(world: World, component: Component, standing: list[str], indirect: list[str]) -> Group:
    """A component without its ghosts, and every indirect statement that joins it."""
    told = {one for one in indirect if joins_some(world, one, component)}
    return Group((component & set(standing)) | told, frozenset([component]))


def groups_of_indirect(world: World, statements: list[str], unreal: list[Component]) -> list[Group]:
    """Two indirect statements belong together if they join, or both join one component of ghosts."""
    joined = {one: frozenset(part for part in unreal if joins_some(world, one, part)) for one in statements}

    def together(one: str, other: str) -> bool:
        return joins.join(world, one, other) is not None or bool(joined[one] & joined[other])

    return [
        Group(members, frozenset().union(*(joined[one] for one in members)))
        for members in connected(statements, together)
    ]


def joins_some(world: World, statement: str, others: Iterable[str]) -> bool:
    """Whether it joins one of the others."""
    return any(joins.join(world, statement, other) for other in others)


def components(world: World, statements: list[str]) -> list[Component]:
    """The components under joins."""
    return connected(statements, lambda one, other: joins.join(world, one, other) is not None)


def connected(statements: list[str], together: Callable[[str, str], bool]) -> list[Component]:
    """The connected components: each new statement merges those that it belongs to."""
    found: list[Component] = []
    for statement in statements:
        touched = [part for part in found if any(together(statement, other) for other in part)]
        found = [part for part in found if part not in touched] + [frozenset([statement]).union(*touched)]
    return found
