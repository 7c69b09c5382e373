"""Dependencies and liveness: informants, links, roots, dead and live (section 2)."""

from tests.proofs.reference.rules.facts import World, cached


def informant(world: World, statement: str) -> str | None:
    """The recorded source that a second-hand statement was heard from: another source, named or known to an editor."""
    name = world.statements[statement].get("informant")
    # "unknown" means that no informant is known, even if a source has that name.
    if world.directness(statement) != "second_hand" or name == "unknown" or name not in world.sources:
        return None
    if world.identity(name) == world.speaker(statement) or not world.known(name):
        return None
    return name


@cached
def dead(world: World) -> set[str]:
    """Every dead statement: withdrawn, or heard by others only, all of whom are dead. The least such set."""
    found = {one for one in world.statements if world.taken_back(one)}
    while more := {one for one in world.statements if falls_with_its_relayers(world, one, found)} - found:
        found |= more
    return found


def falls_with_its_relayers(world: World, statement: str, dead_so_far: set[str]) -> bool:
    """Whether it is external and relayed by others, all of them dead."""
    # "Others" are other statements, so one that relays itself does not keep itself alive or dead.
    relayers = {derived for derived, origin in world.relays if origin == statement and derived != statement}
    return not world.got_by_us(statement) and bool(relayers) and relayers <= dead_so_far


@cached
def links(world: World, statement: str) -> set[str]:
    """Its dependencies: the statements it relays, and its informant's statements on the claim of the same stance."""
    found = {origin for derived, origin in world.relays if derived == statement}
    told_by = informant(world, statement)
    if told_by is not None:
        for other in world.on(world.claim(statement), world.stance(statement)):
            dead_only_by_its_relayers = other in dead(world) and not world.taken_back(other)
            if world.speaker(other) == world.identity(told_by) and not dead_only_by_its_relayers:
                found.add(other)
    return found


@cached
def roots(world: World, statement: str) -> set[str]:
    """The statements reachable over links, itself included, that link to none."""
    reached: set[str] = set()
    waiting = [statement]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting.extend(links(world, one))
    return {one for one in reached if not links(world, one)}


def living_roots(world: World, statement: str) -> set[str]:
    """Its roots that are not dead."""
    return roots(world, statement) - dead(world)


def live(world: World, statement: str) -> bool:
    """Not dead, and resting on a statement that is not dead."""
    return statement not in dead(world) and bool(living_roots(world, statement))
