"""Interest: what a source gains from (section 2)."""

from tests.proofs.reference.rules.facts import World, cached

TIES = ("org", "parent", "speaks_for")


@cached
def house(world: World, party: str) -> set[str]:
    """The identities of a party and of all that is tied to it, in either direction, over any number of steps."""
    # One identity with two records is one: the ties of both hold.
    ties = [
        {world.identity(name), world.identity(tied)}
        for name in world.sources
        for tied in (world.of(name, field) for field in TIES)
        if tied is not None
    ]
    members = {world.identity(party)}
    while more := {one for tie in ties if tie & members for one in tie} - members:
        members |= more
    return members


@cached
def of_a_house(world: World, name: str, claim: str) -> bool:
    """Whether it is of the house of a party to the claim, or to a compound that the claim is part of."""
    adverse = [party for one in (claim, *world.compounds_of(claim)) for party in world.parties(one)]
    return any(world.identity(name) in house(world, party) for party in adverse)


def makers(world: World, name: str) -> list[str]:
    """The stated author and issuer of a document, in this order; none of anything else."""
    stated = [world.of(name, "author"), world.of(name, "issuer")] if world.is_document(name) else []
    return [maker for maker in stated if maker is not None]


@cached
def of_source(world: World, name: str, claim: str, stance: str) -> str:
    """What a source gains from, as far as it and others state, when it takes this stance on the claim."""
    if own := world.of(name, "benefits_if"):
        return own
    if stance == "denies" and any(of_a_house(world, one, claim) for one in (name, *makers(world, name))):
        return "disbelieved"
    above = [world.of(name, "speaks_for"), world.of(name, "org"), *makers(world, name)]
    inherited = [world.of(one, "benefits_if") for one in above if one is not None]
    return next(filter(None, inherited), "neither")


def of_statement(world: World, statement: str) -> str:
    """What the source of a statement gains from."""
    stated = world.statements[statement].get("benefits_if")
    return stated or of_source(world, world.source(statement), world.claim(statement), world.stance(statement))


def gains(interest: str, stance: str) -> bool:
    """Whether somebody with this interest gains from what a statement of this stance says."""
    return (interest, stance) in {("believed", "affirms"), ("disbelieved", "denies")}
