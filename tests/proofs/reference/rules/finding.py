"""What the evidence supports: the finding, its basis, what is missing and what it hangs on (section 3)."""

from tests.proofs.reference.rules import counting, groups, liveness, sole_routes, thresholds
from tests.proofs.reference.rules.facts import World, cached

WORST_FIRST = ["refuted", "withdrawn", "disputed", "unverifiable", "unverified", "under_investigation", "verified"]


@cached
def finding(world: World, claim: str) -> str | None:
    """The first that applies; None for an opinion."""
    if world.is_opinion(claim):
        return None
    if world.parts(claim):
        return min((finding(world, part) for part in world.parts(claim)), key=WORST_FIRST.index)
    settled_against = sole_routes.sole_against(world, claim) or thresholds.met_against(world, claim)
    if sole_routes.sole_for(world, claim):
        return "disputed" if settled_against else "verified"
    if thresholds.met_for(world, claim):
        doubted = any(groups.disinterested(world, group) for group in groups.against(world, claim))
        return "disputed" if settled_against or doubted else "verified"
    if settled_against and not has_first_hand_origin(world, claim):
        return "refuted"
    if sole_routes.live_denials(world, claim) and groups.origins(world, claim):
        return "disputed"
    if not groups.origins(world, claim) and had_affirmation(world, claim):
        return "withdrawn"
    return {"exhausted": "unverifiable", "open": "under_investigation", "none": "unverified"}[tasks(world, claim)]


def has_first_hand_origin(world: World, claim: str) -> bool:
    """Whether an origin group has a member that is both first-hand and disinterested."""
    members = {one for group in groups.origins(world, claim) for one in group}
    return any(world.first_hand(one) and not counting.interested(world, one) for one in members)


def had_affirmation(world: World, claim: str) -> bool:
    """Whether an affirming statement that was not off the record is dead, or all its roots are."""
    said = [one for one in world.on(claim, "affirms") if world.terms(one) != "off_record"]
    return any(one in liveness.dead(world) or roots_all_dead(world, one) for one in said)


def roots_all_dead(world: World, statement: str) -> bool:
    """Whether it has roots, and all are dead."""
    roots = liveness.roots(world, statement)
    return bool(roots) and roots <= liveness.dead(world)


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
    answered = sole_routes.sole_for(world, claim) or thresholds.met_for(world, claim)
    if world.is_opinion(claim) or world.parts(claim) or answered:
        return []
    return thresholds.missing(world, claim)


def hangs_on(world: World, claim: str) -> list[str]:
    """The identities without whose statements, own and passed on, a verified claim would not be verified."""
    if finding(world, claim) != "verified":
        return []
    everybody = world.identities(world.sources)
    return sorted(
        identity
        for identity in everybody
        if finding(world.but(statements_of(world, identity), withdrawn=True), claim) != "verified"
    )


def statements_of(world: World, identity: str) -> set[str]:
    """All statements of an identity, and all that others have from it."""
    return {
        one
        for one in world.statements
        if identity in world.identities([world.source(one), liveness.informant(world, one)])
    }
