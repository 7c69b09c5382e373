"""Groups of a set of statements, and their properties (section 2)."""

from itertools import combinations

from tests.proofs.reference.rules import counting, joins, liveness
from tests.proofs.reference.rules.facts import World, cached

Group = frozenset[str]


def self_standing(world: World, statement: str) -> bool:
    """Whether it does not rest on another source."""
    return not liveness.links(world, statement) and liveness.informant(world, statement) is None


def groups(world: World, statements: list[str]) -> list[Group]:
    """The independent groups of live statements of one stance on one claim."""
    standing = [one for one in statements if self_standing(world, one)]
    tellers = [one for one in statements if one not in standing]
    grounds = components(world, [one for one in standing if not said_elsewhere(world, one, standing)])
    # An indirect statement joins a group through self-standing members only: through another it would connect groups.
    told = {teller: [ground for ground in grounds if joins_group(world, teller, ground)] for teller in tellers}
    filled = [ground.union(teller for teller in tellers if ground in told[teller]) for ground in grounds]
    return filled + components(world, [teller for teller in tellers if not told[teller]])


def said_elsewhere(world: World, statement: str, standing: list[str]) -> bool:
    """Whether it was said at a briefing by a source that also says it without one."""
    apart = [one for one in standing if not world.briefing(one)]
    return bool(world.briefing(statement)) and world.speaker(statement) in {world.speaker(one) for one in apart}


def joins_group(world: World, statement: str, group: Group) -> bool:
    """Whether it joins a member."""
    return any(joins.join(world, statement, member) for member in group)


def components(world: World, statements: list[str]) -> list[Group]:
    """The connected components of the statements under joins: each new statement merges the groups that it joins."""
    found: list[Group] = []
    for statement in statements:
        touched = [group for group in found if joins_group(world, statement, group)]
        found = [group for group in found if group not in touched] + [frozenset([statement]).union(*touched)]
    return found


@cached
def independent(world: World, claim: str) -> list[Group]:
    """The groups of the countable affirming statements."""
    return groups(world, counting.counted(world, claim, "affirms"))


@cached
def against(world: World, claim: str) -> list[Group]:
    """The groups of the countable denying statements."""
    return groups(world, counting.counted(world, claim, "denies"))


@cached
def origins(world: World, claim: str) -> list[Group]:
    """The groups of all live affirming statements except those off the record."""
    said = [one for one in world.on(claim, "affirms") if world.terms(one) != "off_record"]
    return groups(world, [one for one in said if liveness.live(world, one)])


def judged_on(world: World, group: Group) -> Group:
    """The members that a group is judged on: its self-standing ones if it has any."""
    return frozenset(one for one in group if self_standing(world, one)) or group


def disinterested(world: World, group: Group) -> bool:
    """Whether a member is disinterested."""
    return any(not counting.interested(world, one) for one in judged_on(world, group))


def first_hand(world: World, group: Group) -> bool:
    """Whether a member is first-hand."""
    return any(world.first_hand(one) for one in judged_on(world, group))


def named(world: World, group: Group) -> bool:
    """Whether a member is named."""
    return any(counting.named(world, one) for one in judged_on(world, group))


def rated(world: World, group: Group) -> bool:
    """Whether a member is rated A, B or C."""
    return any(counting.rated(world, one) for one in judged_on(world, group))


def attributable(world: World, group: Group) -> bool:
    """Whether it can be attributed, by any member."""
    return any(world.quotable(one) and (not world.got_by_us(one) or world.known(world.source(one))) for one in group)


def as_printed(world: World, found: list[Group]) -> list[dict]:
    """Groups as printed, with every joining pair."""
    return [
        {
            "statements": sorted(group),
            "joins": [
                {"between": [one, other], "by": f"J{number}"}
                for one, other in combinations(sorted(group), 2)
                if (number := joins.join(world, one, other))
            ],
        }
        for group in sorted(found, key=sorted)
    ]
