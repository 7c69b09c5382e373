"""May the story run? The codes of each use (section 5)."""

from datetime import UTC, date, datetime
from typing import Any

from tests.proofs.reference.rules import counting, finding, groups, liveness, replies
from tests.proofs.reference.rules.facts import OPPOSITE, World, cached
from tests.proofs.reference.rules.groups import Group

BLOCKING = {
    *("E_EMBARGO", "E_LEVEL", "E_IDENTITY_UNKNOWN", "E_REFUTED", "E_WITHDRAWN", "E_FALSE_DECLINE", "E_FOUR_EYES"),
}
OPINIONS = {"asserted": "E_ASSERTED_UNVERIFIED", "attributed": "C_ATTRIBUTE", "debunk": "E_DEBUNK_NOT_REFUTED"}


def verdict(codes: set[str]) -> str:
    """The worst of the codes."""
    if codes & BLOCKING:
        return "block"
    if any(code.startswith("E_") for code in codes):
        return "hold"
    return "conditional" if codes else "pass"


def codes(world: World, claim: str, mode: str) -> set[str]:
    """Every code of one use."""
    if mode == "omitted":
        return set()
    found = reliance_codes(world, claim) | false_decline(world, claim) | replies.codes(world, claim)
    if world.is_opinion(claim):
        return found | {OPINIONS[mode]}
    ways = {"asserted": asserting, "attributed": attributing, "debunk": debunking}
    found |= ways[mode](world, claim) | blocking_codes(world, claim, mode) | review_codes(world, claim)
    return found | source_count_codes(world, claim, mode) | unnamed_source_codes(world, claim, mode)


# Signatures


def signed_off(world: World, claim: str, what: str) -> bool:
    """Whether the sign-off exists for the claim and all its members."""
    given = world.scenario.get("signoffs") or {}
    return all((given.get(one) or {}).get(what) is not False for one in world.whole(claim))


def signed(world: World, claim: str) -> bool:
    """Whether the finding has its signatures: a serious claim needs a standards review."""
    # Sign-offs are pooled: one that is missing for a routine member is missing for a serious compound.
    own = world.risk(claim) != "serious" or signed_off(world, claim, "standards")
    return own and all(signed(world, part) for part in world.parts(claim))


def is_verified(world: World, claim: str) -> bool:
    """Verified and signed."""
    return finding.finding(world, claim) == "verified" and signed(world, claim)


def is_open(world: World, claim: str, whole: str) -> bool:
    """Not verified (or unsigned), not refuted, not withdrawn. A member counts with the signatures of its compound."""
    found = finding.finding(world, claim)
    return found not in ("refuted", "withdrawn") and not (found == "verified" and signed(world, whole))


# Relied-on statements


def reliance_codes(world: World, claim: str) -> set[str]:
    """The consequences of `relies` alone."""
    leant_on, found = relies(world, claim), set()
    if leant_on & embargoed(world):
        found.add("E_EMBARGO")
    if any(not world.quotable(one) for one in leant_on):
        found.add("E_LEVEL")
    if any(world.got_by_us(one) and not world.known(world.source(one)) for one in leant_on):
        found.add("E_IDENTITY_UNKNOWN")
    if any(not liveness.live(world, one) for one in leant_on):
        found.add("E_WITHDRAWN")
    return found


def relies(world: World, claim: str) -> set[str]:
    """The statements named by `relies` that are about the claim or a part of it."""
    return {one for one in world.scenario.get("relies_on") or [] if world.claim(one) in world.bodies(claim)}


def false_decline(world: World, claim: str) -> set[str]:
    """A party that is said to have declined to comment has spoken as an unnamed source."""
    counted = {one for body in world.bodies(claim) for side in OPPOSITE for one in counting.counted(world, body, side)}
    unnamed = {one for one in counted | relies(world, claim) if world.unnamed(world.source(one))}
    masked = {world.speaker(one) for one in unnamed}
    concerned = {*world.whole(claim), *world.compounds_of(claim)}
    return {
        "E_FALSE_DECLINE"
        for request in world.replies
        if request["outcome"] in ("declined", "no_response")
        and concerned & set(request["covers"])
        and request.get("respondent_key") in masked
    }


def relied_on(world: World, claim: str, mode: str) -> list[Group]:
    """The groups that a use of a claim that is not a compound rests on."""
    return groups.against(world, claim) if mode == "debunk" else groups.independent(world, claim)


def source_count_codes(world: World, claim: str, mode: str) -> set[str]:
    """The copy claims more sources than it relies on."""
    says = (world.scenario.get("stated_source_count") or {}).get(claim)
    members = {one for body in world.bodies(claim) for group in relied_on(world, body, mode) for one in group}
    return {"E_SOURCE_COUNT"} if says is not None and says > len(counting.persons(world, members)) else set()


def unnamed_source_codes(world: World, claim: str, mode: str) -> set[str]:
    """Unnamed sources are explained, also that some are of one origin; of a compound, for each member."""
    found = set()
    for body in world.bodies(claim):
        settled = signed(world, claim) and finding.basis(world, body) in ("record", "observation", "admission")
        held = [{one for one in group if world.unnamed(world.source(one))} for group in relied_on(world, body, mode)]
        identities = {world.speaker(one) for members in held for one in members}
        if identities and not settled:
            found.add("C_ANON_EXPLAIN")
        if len(identities) > len([members for members in held if members]) and not settled:
            found.add("C_SAME_ORIGIN")
    return found


# Consequences of the finding


def blocking_codes(world: World, claim: str, mode: str) -> set[str]:
    """The codes of any mode but a debunk, and those of every mode."""
    found, value = set(), finding.finding(world, claim)
    if turns_on_embargo(world, claim):
        found.add("E_EMBARGO")
    if mode != "debunk" and value in ("refuted", "withdrawn"):
        found.add(f"E_{value.upper()}")
    if (value == "refuted" or is_verified(world, claim)) and not signed_off(world, claim, "four_eyes"):
        found.add("E_FOUR_EYES")
    return found


def review_codes(world: World, claim: str) -> set[str]:
    """A serious claim needs a legal review."""
    unread = world.risk(claim) == "serious" and not signed_off(world, claim, "legal")
    return {"E_LEGAL"} if unread else set()


def asserting(world: World, claim: str) -> set[str]:
    """The newsroom asserts it."""
    found = including_denial(world, claim)
    if is_open(world, claim, claim):
        found.add("E_ASSERTED_UNVERIFIED")
    bases = {finding.basis(world, body) for body in world.bodies(claim)}
    if is_verified(world, claim) and finding.contested(world, claim) and bases & {"corroboration", "admission"}:
        found.add("C_ATTRIBUTE")
    return found


def attributing(world: World, claim: str) -> set[str]:
    """A source says it, and the copy attributes it."""
    found = including_denial(world, claim)
    if not is_open(world, claim, claim):
        return found
    unsettled = [body for body in world.bodies(claim) if is_open(world, body, claim)]
    if all(any(groups.attributable(world, group) for group in groups.origins(world, body)) for body in unsettled):
        found |= {"C_ATTRIBUTE", "C_NOT_VERIFIED"}
    else:
        found.add("E_NO_ORIGIN")
    if world.risk(claim) == "serious" and not signed_off(world, claim, "standards"):
        found.add("E_SIGNOFF")
    return found


def debunking(world: World, claim: str) -> set[str]:
    """The newsroom says that it is false."""
    value = finding.finding(world, claim)
    settled = value == "withdrawn" or (value == "refuted" and signed(world, claim))
    return {"C_LEAD_WITH_FACT" if settled else "E_DEBUNK_NOT_REFUTED"}


def including_denial(world: World, claim: str) -> set[str]:
    """A denied claim is published with its denial."""
    untrue = finding.finding(world, claim) in ("refuted", "withdrawn")
    return {"C_INCLUDE_DENIAL"} if finding.contested(world, claim) and not untrue else set()


# Embargoes


@cached
def embargoed(world: World) -> set[str]:
    """The statements that may not be published yet."""
    limits = {name: fields.get("embargo_until") for name, fields in world.statements.items()}
    return {name for name, until in limits.items() if until and moment(world.scenario["now"]) < moment(until)}


@cached
def without_embargoed(world: World) -> World:
    """The facts that may be published today."""
    return world.but(embargoed(world), withdrawn=True)


def turns_on_embargo(world: World, claim: str) -> bool:
    """Whether a live statement is under embargo, and without all such statements the claim would look different."""
    if not any(liveness.live(world, one) for one in embargoed(world) if world.claim(one) in world.bodies(claim)):
        return False
    # The finding, not the status: an unsigned claim that depends on an embargoed statement reveals it as well.
    public = without_embargoed(world)
    return any(rule(world, claim) != rule(public, claim) for rule in (finding.finding, finding.contested))


def moment(stated: Any) -> datetime:
    """A time from YAML or text; UTC if it has no time zone."""
    value = datetime.fromisoformat(stated) if isinstance(stated, str) else stated
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value if value.tzinfo else value.replace(tzinfo=UTC)
