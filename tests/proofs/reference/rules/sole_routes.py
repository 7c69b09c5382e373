"""Sole routes, which settle a claim at any risk, and live denials, whatever their source (section 2)."""

from tests.proofs.reference.rules import counting, liveness
from tests.proofs.reference.rules.facts import World, cached


@cached
def sole_for(world: World, claim: str) -> str | None:
    """The basis of a sole route for the claim: record, observation or admission, in this order."""
    affirming = counting.counted(world, claim, "affirms")
    for kind, basis in (("document", "record"), ("observation", "observation")):
        if any(settles(world, one, kind, "establishes") for one in affirming):
            return basis
    if any(conceded(world, one) for one in affirming) and not denied_by_a_party(world, claim):
        return "admission"
    return None


def sole_against(world: World, claim: str) -> bool:
    """Whether a document or an observation contradicts it."""
    denying = counting.counted(world, claim, "denies")
    return any(settles(world, one, kind, "contradicts") for one in denying for kind in ("document", "observation"))


def settles(world: World, statement: str, kind: str, way: str) -> bool:
    """Whether the source is of this type and settles the claim."""
    source = world.source(statement)
    return world.type_of(source) == kind and world.claim(statement) in (world.of(source, way) or [])


def conceded(world: World, statement: str) -> bool:
    """Whether an adverse party or its agent says it against its own interest, by name, and knows."""
    source, claim = world.source(statement), world.claim(statement)
    if not world.sides_with_a_party(source, claim) or counting.interested(world, statement):
        return False
    if world.terms(statement) != "on_record" or not counting.named(world, statement):
        return False
    return world.first_hand(statement) or heard_from_its_principal(world, statement)


def heard_from_its_principal(world: World, statement: str) -> bool:
    """Whether an agent has it from the adverse party that it speaks for."""
    told_by, principal = liveness.informant(world, statement), world.of(world.source(statement), "speaks_for")
    if told_by is None or principal is None:
        return False
    parties = world.identities(world.parties(world.claim(statement)))
    return world.identity(told_by) == world.identity(principal) and world.identity(told_by) in parties


def denied_by_a_party(world: World, claim: str) -> bool:
    """Whether an adverse party or an agent of one has a live denial."""
    return any(world.sides_with_a_party(world.source(one), claim) for one in live_denials(world, claim))


@cached
def live_denials(world: World, claim: str) -> list[str]:
    """The denials that mark a claim contested: noticing dissent is liberal."""
    return [one for one in world.on(claim, "denies") if is_live_denial(world, one)]


def is_live_denial(world: World, statement: str) -> bool:
    """Not dead, quotable, not an unauthenticated document, and from a party's side or from a source that can know."""
    source = world.source(statement)
    # "Not dead" is less than "live": a denial that rests on a circle only is considered too.
    if statement in liveness.dead(world) or not world.quotable(statement):
        return False
    if world.type_of(source) == "document" and not world.of(source, "authenticated"):
        return False
    can_know = world.first_hand(statement) or liveness.informant(world, statement) is not None
    return can_know or world.sides_with_a_party(source, world.claim(statement))
