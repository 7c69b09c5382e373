"""The rows of the gate's table, but for embargoes and replies (section 5)."""

from tests.proofs.reference.rules import counting, finding, groups, liveness, moments, qualities, story
from tests.proofs.reference.rules.facts import OPPOSITE, World

JUDGEMENTS = {"asserted": "E_ASSERTED_UNVERIFIED", "attributed": "C_ATTRIBUTE", "debunk": "E_DEBUNK_NOT_REFUTED"}


# Rows of every claim, judgements included


def restricted(world: World, claim: str) -> set[str]:
    """It must not be printed, whether or not it is true, alone or with the rest of a compound."""
    used = {one for one, mode in story.uses(world).items() if mode != "omitted"}
    told = {one for other in used for one in world.whole(other)}
    compounds = {other for one in world.whole(claim) for other in world.compounds_of(one)}
    completed = {other for other in compounds if set(world.parts(other)) <= told}
    found = any(moments.restricted_now(world, one) for one in {*world.whole(claim), *completed})
    return {"E_RESTRICTED"} if found else set()


def reliance(world: World, claim: str) -> set[str]:
    """The consequences of `relies_on` alone, but for embargoes."""
    leant_on, found = story.relies(world, claim), set()
    if any(not world.quotable(one) for one in leant_on):
        found.add("E_LEVEL")
    if any(world.got_by_us(one) and not world.known(world.source(one)) for one in leant_on):
        found.add("E_IDENTITY_UNKNOWN")
    if any(not liveness.live(world, one) for one in leant_on):
        found.add("E_WITHDRAWN")
    return found


def live_and_sound(world: World, claim: str, *stances: str) -> set[str]:
    """The live, sound statements of these stances on a claim, of a compound those on its parts."""
    said = {one for body in world.bodies(claim) for one in world.on(body, *stances)}
    return {one for one in said if liveness.live(world, one) and counting.sound(world, one)}


def false_decline(world: World, claim: str) -> set[str]:
    """A party that is said to have declined to comment has spoken as an unnamed source."""
    spoken = live_and_sound(world, claim, *OPPOSITE) | story.relies(world, claim)
    masked = {world.speaker(one) for one in spoken if world.unnamed(world.source(one))}
    parts_and_compounds = {*world.whole(claim), *world.compounds_of(claim)}
    return {
        "E_FALSE_DECLINE"
        for request in world.replies
        if request["outcome"] in ("declined", "no_response")
        and parts_and_compounds & set(request["covers"])
        and request.get("respondent_key") in masked
    }


def context(world: World, claim: str, mode: str) -> set[str]:
    """It misleads alone."""
    needed = any(world.claims[one].get("needs_context") for one in world.whole(claim))
    return {"C_CONTEXT"} if needed and mode in ("asserted", "attributed") else set()


def disclosure(world: World, claim: str, mode: str) -> set[str]:
    """Readers learn of payments."""
    leant_on = story.relied_on(world, claim, mode) | story.relies(world, claim)
    return {"C_DISCLOSE"} if any(world.paid(one) for one in leant_on) else set()


def judging(world: World, claim: str, mode: str) -> set[str]:
    """The code of a judgement by its mode, and that of an unnamed source's opinion."""
    found = {JUDGEMENTS[mode]}
    if world.kind(claim) == "opinion" and mode in ("asserted", "attributed"):
        spoken = live_and_sound(world, claim, "affirms") | story.relies(world, claim)
        if any(world.unnamed(world.source(one)) for one in spoken):
            found.add("E_ANON_OPINION")
    return found


# Rows of claims with a finding


def asserting(world: World, claim: str) -> set[str]:
    """The newsroom asserts it."""
    found = printing(world, claim) | four_eyes(world, claim)
    if story.is_open(world, claim, claim):
        found.add("E_ASSERTED_UNVERIFIED")
    bases = {finding.basis(world, body) for body in world.bodies(claim)}
    unsettled = bases & {"corroboration", "admission"}
    if story.is_verified(world, claim) and finding.contested(world, claim) and unsettled:
        found.add("C_ATTRIBUTE")
    return found


def attributing(world: World, claim: str) -> set[str]:
    """A source says it, and the copy attributes it."""
    found = printing(world, claim)
    if not story.is_open(world, claim, claim):
        return found
    found |= {"E_NO_ORIGIN"} if lacks_origin(world, claim) else {"C_ATTRIBUTE", "C_NOT_VERIFIED"}
    if story.lacks_read(world, claim, "standards"):
        found.add("E_SIGNOFF")
    return found


def lacks_origin(world: World, claim: str) -> bool:
    """Whether no origin group is attributable; of a compound, of some part that is open."""
    return any(
        not any(qualities.attributable(world, group) for group in groups.origins(world, body))
        for body in world.bodies(claim)
        if story.is_open(world, body, claim)
    )


def debunking(world: World, claim: str) -> set[str]:
    """The newsroom says that it is false."""
    value = finding.finding(world, claim)
    settled = value == "withdrawn" or (value == "refuted" and story.signed(world, claim))
    return {"C_LEAD_WITH_FACT" if settled else "E_DEBUNK_NOT_REFUTED"} | four_eyes(world, claim)


def printing(world: World, claim: str) -> set[str]:
    """The rows of what is asserted or attributed."""
    found, value = set(), finding.finding(world, claim)
    if value in ("refuted", "withdrawn"):
        found.add(f"E_{value.upper()}")
    if any(finding.finding(world, one) == "superseded" for one in world.whole(claim)):
        found.add("E_SUPERSEDED")
    if finding.contested(world, claim) and value not in ("refuted", "withdrawn", "superseded"):
        found.add("C_INCLUDE_DENIAL")
    return found


def four_eyes(world: World, claim: str) -> set[str]:
    """Whoever approves a finding has no part in it."""
    settled = finding.finding(world, claim) in ("verified", "refuted")
    return {"E_FOUR_EYES"} if settled and story.lacks_four_eyes(world, claim) else set()


def reading(world: World, claim: str) -> set[str]:
    """A serious claim needs a legal read."""
    return {"E_LEGAL"} if story.lacks_read(world, claim, "legal") else set()


def counting_sources(world: World, claim: str, mode: str) -> set[str]:
    """The copy says more people than it relies on."""
    return {"E_SOURCE_COUNT"} if exceeds_count(world, claim, mode) else set()


def exceeds_count(world: World, claim: str, mode: str) -> bool:
    """Whether the copy says more people than it relies on."""
    says = story.by_claim(world, "stated_source_count").get(claim)
    return says is not None and says > len(counting.persons(world, story.relied_on(world, claim, mode)))


def unnamed_sources(world: World, claim: str, mode: str) -> set[str]:
    """Unnamed sources are explained, also that some are of one origin; of a compound, for each part."""
    found = set()
    for body in world.bodies(claim):
        sole_route = finding.basis(world, body) in ("record", "observation", "admission")
        if sole_route and story.signed(world, body) and story.signed(world, claim):
            continue
        every = story.relied_on_groups(world, body, mode)
        masked = [{one for one in group.members if world.unnamed(world.source(one))} for group in every]
        identities = {world.speaker(one) for members in masked for one in members}
        if identities:
            found.add("C_ANON_EXPLAIN")
        if len(identities) > len([members for members in masked if members]):
            found.add("C_SAME_ORIGIN")
    return found
