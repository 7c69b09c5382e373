"""The remedy of a published story (section 5, after publication)."""

from typing import Any

from tests.proofs.reference.rules import counting, finding
from tests.proofs.reference.rules.facts import World

LEAST_FIRST = ["none", "update", "editors_note", "correction", "retraction"]
UNTRUE = ("refuted", "withdrawn")


def remedy(world: World) -> str | None:
    """The worst remedy of the published uses; None if nothing was published."""
    published = world.scenario.get("published")
    if published is None:
        return None
    if isinstance(published.get("mode"), str):
        # One map for every use: every claim in `use`, the omitted ones too.
        published = dict.fromkeys(world.scenario.get("use") or {}, published)
    owed = [of_use(world, claim, printed) for claim, printed in published.items()]
    return max(owed, key=LEAST_FIRST.index, default="none")


def of_use(world: World, claim: str, printed: dict[str, Any]) -> str:
    """The remedy of one published use, by the finding, signed or not."""
    if printed["mode"] == "omitted" or world.is_opinion(claim):
        return "none"
    take_back = "correction" if printed.get("central") is False else "retraction"
    found, before = finding.finding(world, claim), printed["finding"]
    if printed["mode"] == "debunk":
        return of_debunk(found, before, take_back)
    # A claim published as refuted or withdrawn needs no retraction for being so.
    if found in UNTRUE and before not in UNTRUE:
        return take_back
    if overstates_count(world, claim):
        return "correction"
    if found in ("verified", before):
        newly = finding.contested(world, claim) and not printed.get("contested")
        return "update" if newly else "none"
    return "editors_note" if printed["mode"] == "asserted" else "update"


def of_debunk(found: str, before: str, take_back: str) -> str:
    """The remedy of a claim that was debunked."""
    if found == "verified":
        return take_back
    return "none" if found in (*UNTRUE, before) else "editors_note"


def overstates_count(world: World, claim: str) -> bool:
    """Whether the copy states more sources than count for it, or would if nothing had been withdrawn."""
    says = (world.scenario.get("stated_source_count") or {}).get(claim)
    intact = world.but(world.statements.keys(), withdrawn=False, retracted=False)
    counted = {
        one
        for facts in (world, intact)
        for body in world.bodies(claim)
        for one in counting.counted(facts, body, "affirms")
    }
    return says is not None and says > len(counting.persons(world, counted))
