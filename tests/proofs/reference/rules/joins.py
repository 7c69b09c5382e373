"""Common origins of statements, and the joins J1 to J8 between them (section 2)."""

from dataclasses import dataclass

from tests.proofs.reference.rules import counting, interest, liveness
from tests.proofs.reference.rules.facts import World, cached


@dataclass(frozen=True)
class Origin:
    """The origin of a statement: a source, as it spoke in one of the roots."""

    source: str
    heard_by_us: bool
    interest: str


@cached
def origins_of(world: World, statement: str) -> set[Origin]:
    """The sources of its living roots, or the informants of those that have one."""
    found = set()
    for root in liveness.living_roots(world, statement):
        told_by = liveness.informant(world, root)
        heard = heard_by_us(world, root)
        if told_by is None:
            found.add(Origin(world.source(root), heard, interest.of_statement(world, root)))
        else:
            gain = interest.of_source(world, told_by, world.claim(root), world.stance(root))
            found.add(Origin(told_by, heard, gain))
    return found


def heard_by_us(world: World, root: str) -> bool:
    """Whether the root is first-hand and was obtained by us."""
    return world.first_hand(root) and world.got_by_us(root)


@cached
def briefings_of(world: World, statement: str) -> set[str]:
    """Its own briefing, and those of its living roots."""
    told = [world.briefing(one) for one in {statement, *liveness.living_roots(world, statement)}]
    return {briefing for briefing in told if briefing}


@cached
def counts_outside_briefing(world: World, statement: str) -> bool:
    """Whether its source also has a first-hand statement like it, countable in fact, at no briefing."""
    alike = counting.counted(world.in_fact, world.claim(statement), world.stance(statement))
    return any(
        world.speaker(one) == world.speaker(statement) and world.first_hand(one) and not world.briefing(one)
        for one in alike
    )


def of_one_briefing(world: World, one: str, other: str) -> bool:
    """J3: one briefing, unless the sources of both spoke apart from it as well."""
    apart = counts_outside_briefing(world, one) and counts_outside_briefing(world, other)
    return bool(briefings_of(world, one) & briefings_of(world, other)) and not apart


@cached
def join(world: World, one: str, other: str) -> int | None:
    """The lowest J that joins two statements of one stance, or None."""
    if world.speaker(one) == world.speaker(other):
        return 1
    found = [3] if of_one_briefing(world, one, other) else []
    for left in origins_of(world, one):
        for right in origins_of(world, other):
            found += filter(None, [join_of_origins(world, left, right, world.stance(one))])
    return min(found, default=None)


def join_of_origins(world: World, left: Origin, right: Origin, stance: str) -> int | None:
    """The lowest J that joins two origins, or None."""
    one, other = left.source, right.source
    if world.identity(one) == world.identity(other):
        return 1
    if world.self_and_principal(one) & world.self_and_principal(other):
        return 4
    if one_made_the_other(world, one, other):
        return 5
    if of_one_owner(world, one, other):
        return 6
    org = employer(world, one)
    apart = left.heard_by_us and right.heard_by_us
    if org is not None and org == employer(world, other) and not apart:
        return 7
    both_gain = interest.gains(left.interest, stance) and interest.gains(right.interest, stance)
    if world.of(one, "camp") and world.of(one, "camp") == world.of(other, "camp") and both_gain:
        return 8
    return None


def makers(world: World, name: str) -> set[str]:
    """The author and the issuer of a document, and whom those speak for."""
    return {identity for maker in interest.makers(world, name) for identity in world.self_and_principal(maker)}


def one_made_the_other(world: World, one: str, other: str) -> bool:
    """J5: a document and its makers, or two documents of one maker."""
    return bool(
        makers(world, one) & world.self_and_principal(other)
        or makers(world, other) & world.self_and_principal(one)
        or makers(world, one) & makers(world, other)
    )


def of_one_owner(world: World, one: str, other: str) -> bool:
    """J6: one parent, or one the parent of the other."""
    above_one, above_other = (world.identities([world.of(name, "parent")]) for name in (one, other))
    return bool(above_one & above_other or world.identity(one) in above_other or world.identity(other) in above_one)


def employer(world: World, name: str) -> str | None:
    """The org of a source; an organization is its own."""
    org = name if world.type_of(name) == "organization" else world.of(name, "org")
    return None if org is None else world.identity(org)
