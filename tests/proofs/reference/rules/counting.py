"""Properties of a statement: interested, named, rated, sound, broken, countable (section 2)."""

from tests.proofs.reference.rules import interest, liveness
from tests.proofs.reference.rules.facts import OPPOSITE, World, cached


@cached
def interested(world: World, statement: str) -> bool:
    """Whether it or one of its roots, dead or not, was paid for or serves its source or informant."""
    return any(serves_somebody(world, one) for one in {statement, *liveness.roots(world, statement)})


def serves_somebody(world: World, statement: str) -> bool:
    """Whether it was paid for, or its source or its informant gains from what it says."""
    stance, claim = world.stance(statement), world.claim(statement)
    if world.paid(statement) or interest.gains(interest.of_statement(world, statement), stance):
        return True
    told_by = liveness.informant(world, statement)
    return told_by is not None and interest.gains(interest.of_source(world, told_by, claim, stance), stance)


def named(world: World, statement: str) -> bool:
    """On record from a source that is not unnamed, or any document."""
    source = world.source(statement)
    if world.is_document(source):
        return True
    return world.terms(statement) == "on_record" and not world.unnamed(source)


def rated(world: World, statement: str) -> bool:
    """Whether its source is A, B or C."""
    return world.reliability(world.source(statement)) in ("A", "B", "C")


def properly_recorded(world: World, statement: str) -> bool:
    """Said freely, and recorded and translated by somebody without a conflict of interest who understands it."""
    fields = world.statements[statement]
    return not (world.coerced(statement) or fields.get("collector_conflict") or fields.get("translation") == "machine")


def sound(world: World, statement: str) -> bool:
    """Quotable, obtained by us, taken down well, authentic, from a known source who does not lie."""
    source = world.source(statement)
    return (
        world.quotable(statement)
        and world.got_by_us(statement)
        and properly_recorded(world, statement)
        and not world.unproven(source)
        and world.known(source)
        and world.reliability(source) != "E"
    )


@cached
def relayed_by(world: World, statement: str) -> set[str]:
    """Every statement that it relays, directly or through others."""
    found = world.relayed_directly(statement)
    while more := {origin for one in found for origin in world.relayed_directly(one)} - found:
        found |= more
    return found


@cached
def broken(world: World, statement: str) -> bool:
    """Whether it says nothing about where it comes from, or nothing good, or somebody said both."""
    told_by, directness = liveness.informant(world, statement), world.directness(statement)
    if directness == "second_hand" and told_by is None:
        return True
    if directness == "relayed" and not world.relayed_directly(statement) - {statement}:
        return True
    if told_by is not None and no_good_informant(world, told_by):
        return True
    sayers = [world.source(statement), *([] if told_by is None else [told_by])]
    return world.says_both and any(says_opposite(world, sayer, statement) for sayer in sayers)


def no_good_informant(world: World, name: str) -> bool:
    """Whether it is an outlet, fake, a document that is not authenticated, or rated E."""
    bad_type = world.type_of(name) == "outlet" or world.fake(name) or world.unproven(name)
    return bad_type or world.reliability(name) == "E"


def says_opposite(world: World, name: str, statement: str) -> bool:
    """Whether this identity has a statement of the opposite stance that has not ended and has no fake source."""
    opposite = OPPOSITE.get(world.stance(statement))
    return opposite is not None and any(
        world.speaker(other) == world.identity(name) and not liveness.dead_by_itself(world, other)
        for other in world.on(world.claim(statement), opposite)
    )


@cached
def countable(world: World, statement: str) -> bool:
    """Whether it counts: counting is strict."""
    if world.stance(statement) not in OPPOSITE or not liveness.live(world, statement):
        return False
    if world.directness(statement) == "relayed":
        return False
    repeated = {statement, *relayed_by(world, statement)}
    if not all(sound(world, one) and not broken(world, one) for one in repeated):
        return False
    return any(
        not liveness.dead_for(world, statement, root) and not world.coerced(root)
        for root in roots_over_good_ways(world, statement)
    )


@cached
def roots_over_good_ways(world: World, statement: str) -> set[str]:
    """The roots that it reaches through statements that are not broken, whatever is relayed on the way being sound."""
    if broken(world, statement):
        return set()
    reached = {statement}
    while more := {other for one in reached for other in good_links(world, one)} - reached:
        reached |= more
    return {one for one in reached if not liveness.links(world, one)}


def good_links(world: World, statement: str) -> set[str]:
    """The links that a good way may follow."""
    own_words = liveness.own_words_of_informant(world, statement)
    # Where one of the informant's own statements has ended or is broken, unsound ones of his do not mend that.
    failing = any(world.ended(one) is not None or broken(world, one) for one in own_words)
    must_be_sound = world.relayed_directly(statement) | (own_words if failing else set())
    return {
        other
        for other in liveness.links(world, statement)
        if not broken(world, other) and (other not in must_be_sound or sound(world, other))
    }


@cached
def counted(world: World, claim: str, stance: str) -> list[str]:
    """The countable statements on one side of a claim."""
    return [one for one in world.on(claim, stance) if countable(world, one)]


def persons(world: World, statements: set[str]) -> set[str]:
    """The distinct identities of the persons among the sources of these statements."""
    return {world.speaker(one) for one in statements if world.type_of(world.source(one)) == "person"}
