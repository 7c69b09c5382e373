"""Qualities of a group: disinterested, first-hand, named, rated, attributable (section 2)."""

from collections.abc import Callable

from tests.proofs.reference.rules import counting, liveness
from tests.proofs.reference.rules.facts import World
from tests.proofs.reference.rules.groups import Group, self_standing


def judged_on(world: World, group: Group) -> set[str]:
    """The self-standing members, else those that link to no other member, else all."""
    standing = {one for one in group.members if self_standing(world, one)}
    nearest = {one for one in group.members if not liveness.links(world, one) & (group.members - {one})}
    return standing or nearest or set(group.members)


def has(world: World, group: Group, quality: Callable[[World, str], bool]) -> bool:
    """Whether a member that the group is judged on has a quality, and a ghost of each component of ghosts alone."""
    ghosts_alone = [component for component in group.components if not component & group.members]
    judged = [judged_on(world, group), *ghosts_alone]
    return all(any(quality(world, one) for one in statements) for statements in judged)


def disinterested(world: World, group: Group) -> bool:
    """Whether a member is not interested."""
    return has(world, group, lambda world, one: not counting.interested(world, one))


def first_hand(world: World, group: Group) -> bool:
    """Whether a member is first-hand."""
    return has(world, group, lambda world, one: world.first_hand(one))


def named(world: World, group: Group) -> bool:
    """Whether a member is named."""
    return has(world, group, lambda world, one: counting.named(world, one))


def rated(world: World, group: Group) -> bool:
    """Whether a member is rated A, B or C."""
    return has(world, group, lambda world, one: counting.rated(world, one))


def attributable(world: World, group: Group) -> bool:
    """Whether any member of an origin group can be attributed."""
    return any(
        world.quotable(one)
        and (not world.got_by_us(one) or world.known(world.source(one)))
        and any(worth_something(world, root) for root in liveness.living_roots(world, one))
        for one in group.members
    )


def worth_something(world: World, root: str) -> bool:
    """Whether it comes neither from a document that is not authenticated nor from a source rated E."""
    source = world.source(root)
    return not world.unproven(source) and world.reliability(source) != "E"
