"""Properties of a statement: interested, named, rated, sound, countable (section 2)."""

from tests.proofs.reference.rules import liveness
from tests.proofs.reference.rules.facts import OPPOSITE, World, cached


def gains_from(gains: str, stance: str) -> bool:
    """Whether a source with these benefits gains from a statement of this stance."""
    return (gains, stance) in {("believed", "affirms"), ("disbelieved", "denies")}


@cached
def interested(world: World, statement: str) -> bool:
    """Whether its source gains, its informant, or the source or informant of one of its roots, dead or not."""
    stance, claim = world.stance(statement), world.claim(statement)
    for one in {statement, *liveness.roots(world, statement)}:
        told_by = liveness.informant(world, one)
        if gains_from(world.statement_gains(one), stance):
            return True
        if told_by is not None and gains_from(world.source_gains(told_by, claim), stance):
            return True
    return False


def named(world: World, statement: str) -> bool:
    """On record from a source that is not unnamed, or any document."""
    source = world.source(statement)
    if world.type_of(source) == "document":
        return True
    return world.terms(statement) == "on_record" and not world.unnamed(source)


def rated(world: World, statement: str) -> bool:
    """Whether its source is A, B or C."""
    return world.reliability(world.source(statement)) in ("A", "B", "C")


def sound(world: World, statement: str) -> bool:
    """Quotable, obtained by us, authentic, from a known source who does not lie."""
    source = world.source(statement)
    forged_for_all_we_know = world.type_of(source) == "document" and not world.of(source, "authenticated")
    return (
        world.quotable(statement)
        and world.got_by_us(statement)
        and not forged_for_all_we_know
        and world.known(source)
        and world.reliability(source) != "E"
    )


def relayed_by(world: World, statement: str) -> set[str]:
    """Every statement that it relays, directly or through others."""
    found: set[str] = set()
    waiting = [statement]
    while waiting:
        one = waiting.pop()
        origins = {origin for derived, origin in world.relays if derived == one} - found
        found |= origins
        waiting.extend(origins)
    return found


def says_live(world: World, identity: str, claim: str, stance: str) -> bool:
    """Whether this identity has a live statement of this stance on the claim."""
    return any(world.speaker(one) == identity and liveness.live(world, one) for one in world.on(claim, stance))


@cached
def countable(world: World, statement: str) -> bool:
    """Whether it counts: counting is strict."""
    stance, claim = world.stance(statement), world.claim(statement)
    if stance not in OPPOSITE or not liveness.live(world, statement):
        return False
    if not all(sound(world, one) for one in {statement, *relayed_by(world, statement)}):
        return False
    if world.directness(statement) == "relayed" or not well_sourced(world, statement):
        return False
    return not says_live(world, world.speaker(statement), claim, OPPOSITE[stance])


def well_sourced(world: World, statement: str) -> bool:
    """Whether a second-hand statement has an informant who is not an outlet and does not say the opposite."""
    if world.directness(statement) != "second_hand":
        return True
    told_by = liveness.informant(world, statement)
    if told_by is None or world.type_of(told_by) == "outlet":
        return False
    opposite = OPPOSITE[world.stance(statement)]
    return not says_live(world, world.identity(told_by), world.claim(statement), opposite)


@cached
def counted(world: World, claim: str, stance: str) -> list[str]:
    """The countable statements on one side of a claim."""
    return [one for one in world.on(claim, stance) if countable(world, one)]


def persons(world: World, statements: set[str]) -> set[str]:
    """The distinct identities of the persons among the sources of these statements."""
    return {world.speaker(one) for one in statements if world.type_of(world.source(one)) == "person"}
