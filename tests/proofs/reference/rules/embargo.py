"""E_EMBARGO, and uses that are judged without what is under embargo (section 5)."""

from tests.proofs.reference.rules import finding, liveness, moments, story, table
from tests.proofs.reference.rules.facts import World, cached


@cached
def public(world: World) -> World:
    """The facts with all embargoed statements, ended or not, taken as withdrawn."""
    return world.ending(moments.embargoed(world), "withdrawn")


def codes(world: World, claim: str, mode: str) -> set[str]:
    """E_EMBARGO or nothing."""
    relied = story.relies(world, claim) & moments.embargoed(world)
    return {"E_EMBARGO"} if relied or differences(world, claim, mode) else set()


def live_under_embargo(world: World, claim: str) -> bool:
    """Whether some live statement on the claim is under embargo."""
    on_claim = (one for one in moments.embargoed(world) if world.claim(one) in world.bodies(claim))
    return any(liveness.live(world, one) for one in on_claim)


def differences(world: World, claim: str, mode: str) -> set[str]:
    """What the embargoed statements change about a claim that is not a judgement, if one of them is live."""
    if world.is_judgement(claim) or not live_under_embargo(world, claim):
        return set()
    without, found = public(world), set()
    # The finding, not the status: an unsigned claim that depends on an embargoed statement reveals it as well.
    if finding.finding(world, claim) != finding.finding(without, claim):
        found.add("finding")
    if finding.contested(world, claim) != finding.contested(without, claim):
        found.add("contested")
    if table.exceeds_count(without, claim, mode) and not table.exceeds_count(world, claim, mode):
        found.add("count")
    return found


def judged_without(world: World, claim: str, mode: str) -> bool:
    """Whether an attributed use is judged throughout as if the embargoed statements were withdrawn."""
    if mode != "attributed" or story.relies(world, claim) & moments.embargoed(world):
        return False
    if differences(world, claim, mode) != {"finding"}:
        return False
    without = public(world)
    return (
        finding.finding(world, claim) not in ("refuted", "withdrawn")
        and story.is_open(without, claim, claim)
        and finding.finding(without, claim) != "verified"
        and not table.lacks_origin(without, claim)
    )
