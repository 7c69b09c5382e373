"""What the evidence supports: the finding, its basis, what is missing and what it hangs on (section 3)."""

from collections.abc import Iterable

from tests.proofs.reference.rules import counting, groups, liveness, sole_routes, thresholds
from tests.proofs.reference.rules.facts import World, cached

WORST_FIRST = [
    *("refuted", "withdrawn", "disputed", "superseded"),
    *("unverifiable", "unverified", "under_investigation", "verified"),
]


@cached
def finding(world: World, claim: str) -> str | None:
    """The first that applies; None for a judgement."""
    if world.is_judgement(claim):
        return None
    if world.parts(claim):
        return min((finding(world, part) for part in world.parts(claim)), key=WORST_FIRST.index)
    if sole_routes.sole_for(world, claim):
        return "disputed" if settled_against(world, claim) else "verified"
    if thresholds.met_for(world, claim):
        return "disputed" if settled_against(world, claim) or disputed(world, claim) else "verified"
    if refuted(world, claim):
        return "refuted"
    origins = groups.origins(world, claim)
    if sole_routes.live_denials(world, claim) and origins:
        return "disputed"
    if not origins and had_affirmation(world, claim):
        return "superseded" if ended_only_as(world, [claim], ["superseded"]) else "withdrawn"
    return {"exhausted": "unverifiable", "open": "under_investigation", "none": "unverified"}[tasks(world, claim)]


def settled_against(world: World, claim: str) -> bool:
    """Whether a sole route or met thresholds stand against it, as if nobody said both."""
    supposed = world.if_nobody_said_both()
    return bool(sole_routes.sole_against(supposed, claim)) or thresholds.met_against(supposed, claim)


def disputed(world: World, claim: str) -> bool:
    """Whether a countable denying statement that is not interested stands against it, as if nobody said both."""
    supposed = world.if_nobody_said_both()
    return any(not counting.interested(supposed, one) for one in counting.counted(supposed, claim, "denies"))


def refuted(world: World, claim: str) -> bool:
    """Whether enough stands against it, no origin is worth anything, and nothing supports it if nobody said both."""
    disinterested_route = any(not counting.interested(world, one) for one in sole_routes.sole_against(world, claim))
    if not (disinterested_route or thresholds.met_against(world, claim)) or has_worthy_origin(world, claim):
        return False
    supposed = world.if_nobody_said_both()
    return not thresholds.met_for(supposed, claim) and not sole_routes.sole_for(supposed, claim)


def has_worthy_origin(world: World, claim: str) -> bool:
    """Whether an origin group has a member that was there, gains nothing, and whose word is worth something."""
    members = {one for group in groups.origins(world, claim) for one in group.members}
    return any(
        world.first_hand(one)
        and not counting.interested(world, one)
        and not world.unproven(world.source(one))
        and world.reliability(world.source(one)) != "E"
        and world.known(world.source(one))
        for one in members
    )


def had_affirmation(world: World, claim: str) -> bool:
    """Whether an affirming statement that was not off the record is dead, or all its roots are."""
    said = [one for one in world.on(claim, "affirms") if world.terms(one) != "off_record"]
    return any(one in liveness.dead(world) or roots_all_dead(world, one) for one in said)


def roots_all_dead(world: World, statement: str) -> bool:
    """Whether it has roots, and all are dead, however it reaches them."""
    roots = liveness.roots(world, statement)
    return bool(roots) and roots <= liveness.dead(world)


def ended_only_as(world: World, claims: Iterable[str], ways: list[str]) -> bool:
    """Whether affirming statements other than off the record have ended, all in these ways, and none was a fake."""
    said = [one for claim in claims for one in world.on(claim, "affirms")]
    endings = [world.ended(one) for one in said if world.terms(one) != "off_record" and world.ended(one)]
    faked = any(world.fake(world.source(one)) for one in said)
    return bool(endings) and all(ending in ways for ending in endings) and not faked


def tasks(world: World, claim: str) -> str:
    """The progress of the review tasks of a claim."""
    stated = world.scenario.get("tasks") or "none"
    return stated if isinstance(stated, str) else stated.get(claim) or "none"


def basis(world: World, claim: str) -> str | None:
    """The basis of a verified claim."""
    if finding(world, claim) != "verified" or world.parts(claim):
        return None
    return sole_routes.sole_for(world, claim) or "corroboration"


def contested(world: World, claim: str) -> bool:
    """Whether there is a live denial, of the claim or of a member of it."""
    return any(sole_routes.live_denials(world, one) for one in world.bodies(claim))


def missing(world: World, claim: str) -> list[dict]:
    """The requirements that the claim does not meet."""
    if world.is_judgement(claim) or world.parts(claim):
        return []
    if sole_routes.sole_for(world, claim) or thresholds.met_for(world, claim):
        return []
    return thresholds.missing(world, claim)


def hangs_on(world: World, claim: str) -> list[str]:
    """The identities without whose statements, own and passed on, a verified claim would not be verified."""
    if finding(world, claim) != "verified":
        return []
    return sorted(
        identity
        for identity in world.identities(world.sources)
        if finding(world.ending(statements_of(world, identity), "withdrawn"), claim) != "verified"
    )


def statements_of(world: World, identity: str) -> set[str]:
    """All statements of an identity, and all that others have from it."""
    return {
        one
        for one in world.statements
        if identity in world.identities([world.source(one), liveness.informant(world, one)])
    }
