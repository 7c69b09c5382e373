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
    return "admission" if admitted(world, claim) else None


@cached
def sole_against(world: World, claim: str) -> list[str]:
    """The statements of documents and observations that contradict it."""
    denying = counting.counted(world, claim, "denies")
    kinds = ("document", "observation")
    return [one for one in denying if any(settles(world, one, kind, "contradicts") for kind in kinds)]


def settles(world: World, statement: str, kind: str, way: str) -> bool:
    """Whether a first-hand statement is of a source of this type that settles the claim."""
    source, claim = world.source(statement), world.claim(statement)
    if world.type_of(source) != kind or claim not in (world.of(source, way) or []):
        return False
    # An observation alone suffices for a serious claim only if somebody else has checked it.
    checked = kind == "document" or world.own_risk(claim) != "serious" or world.authenticated(source)
    return world.first_hand(statement) and checked


def admitted(world: World, claim: str) -> bool:
    """Whether each party, of whom there must be one, has made an admission, and no party's side denies."""
    parties = world.parties(claim)
    return (
        bool(parties)
        and all(has_admitted(world, party, claim) for party in parties)
        and not denied_by_a_party(world, claim)
    )


def has_admitted(world: World, party: str, claim: str) -> bool:
    """Whether a party, itself or by an agent, has made an admission."""
    return any(is_admission_of(world, one, party) for one in counting.counted(world, claim, "affirms"))


def is_admission_of(world: World, statement: str, party: str) -> bool:
    """Whether the party or its agent says it against its own interest, by name, and knows."""
    if world.identity(party) not in world.self_and_principal(world.source(statement)):
        return False
    if counting.interested(world, statement):
        return False
    if world.terms(statement) != "on_record" or not counting.named(world, statement):
        return False
    told_by = liveness.informant(world, statement)
    from_that_party = told_by is not None and world.identity(told_by) == world.identity(party)
    return world.first_hand(statement) or from_that_party


def denied_by_a_party(world: World, claim: str) -> bool:
    """Whether an adverse party or an agent of one has a live denial."""
    return any(world.is_party_or_agent(world.source(one), claim) for one in live_denials(world, claim))


@cached
def live_denials(world: World, claim: str) -> list[str]:
    """The denials that mark a claim contested: noticing dissent is liberal."""
    return [one for one in world.on(claim, "denies") if is_live_denial(world, one)]


def is_live_denial(world: World, statement: str) -> bool:
    """Not dead, quotable, not an unauthenticated document, and from a party's side or from a source that can know."""
    source = world.source(statement)
    # "Not dead" is less than "live": a denial that rests on a circle only is considered too.
    if statement in liveness.dead(world) or not world.quotable(statement) or world.unproven(source):
        return False
    can_know = world.first_hand(statement) or liveness.informant(world, statement) is not None
    return can_know or world.is_party_or_agent(source, world.claim(statement))
