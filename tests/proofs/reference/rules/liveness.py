"""What a statement depends on, and whether it stands: informants, links, roots, dead and live (section 2)."""

from tests.proofs.reference.rules.facts import World, cached


def informant(world: World, statement: str) -> str | None:
    """The recorded source, named or known to an editor, that a second-hand statement was heard from."""
    name = world.statements[statement].get("informant")
    if world.directness(statement) != "second_hand" or name not in world.sources:
        return None
    if world.identity(name) == world.speaker(statement) or not world.known(name):
        return None
    return name


@cached
def own_words_of_informant(world: World, statement: str) -> set[str]:
    """What its informant, if it has one, itself says on the claim with the same stance."""
    told_by = informant(world, statement)
    if told_by is None:
        return set()
    alike = world.on(world.claim(statement), world.stance(statement))
    return {other for other in alike if world.speaker(other) == world.identity(told_by)}


@cached
def links(world: World, statement: str) -> set[str]:
    """Its relays, and its informant's own statements."""
    return world.relayed_directly(statement) | own_words_of_informant(world, statement)


def links_of_hearsay(world: World, statement: str) -> set[str]:
    """The links that are no relays. One that is both counts as a relay."""
    return links(world, statement) - world.relayed_directly(statement)


@cached
def reachable(world: World, statement: str) -> set[str]:
    """Every statement that it reaches over links, itself included."""
    return closure(world, statement, links)


@cached
def heard_of(world: World, statement: str) -> set[str]:
    """Every statement that it reaches over links none of which is a relay."""
    return closure(world, statement, links_of_hearsay)


def closure(world: World, statement: str, following) -> set[str]:
    """Everything that is reached in any number of steps, none included."""
    reached = {statement}
    while more := {other for one in reached for other in following(world, one)} - reached:
        reached |= more
    return reached


@cached
def roots(world: World, statement: str) -> set[str]:
    """The reachable statements that link to nothing. A statement without any is rootless."""
    return {one for one in reachable(world, statement) if not links(world, one)}


@cached
def dead(world: World) -> set[str]:
    """Every dead statement: ended, fake, or fallen with those who relayed it. The least such set."""
    found = {one for one in world.statements if dead_by_itself(world, one)}
    while more := {one for one in world.statements if falls_with_its_relayers(world, one, found)} - found:
        found |= more
    return found


def dead_by_itself(world: World, statement: str) -> bool:
    """Whether it has ended or comes from a fake source."""
    return world.ended(statement) is not None or world.fake(world.source(statement))


def falls_with_its_relayers(world: World, statement: str, dead_so_far: set[str]) -> bool:
    """Whether it is external and relayed by others than itself, all of them dead."""
    relayers = {derived for derived, origin in world.relays if origin == statement and derived != statement}
    return not world.got_by_us(statement) and bool(relayers) and relayers <= dead_so_far


@cached
def living_roots(world: World, statement: str) -> set[str]:
    """Its roots that do not count as dead for it."""
    return {root for root in roots(world, statement) if not dead_for(world, statement, root)}


def dead_for(world: World, statement: str, root: str) -> bool:
    """Whether a root counts as dead for a statement. For hearsay of it, falling with its relayers does not count."""
    if root not in dead(world):
        return False
    return dead_by_itself(world, root) or root not in heard_of(world, statement)


@cached
def live(world: World, statement: str) -> bool:
    """Not dead, and resting on a root that is not dead for it."""
    return statement not in dead(world) and bool(living_roots(world, statement))
