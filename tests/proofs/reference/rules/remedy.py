"""The remedy of a published story (section 5, after publication)."""

from typing import Any

from tests.proofs.reference.rules import counting, finding, story
from tests.proofs.reference.rules.facts import World

LEAST_FIRST = ["none", "update", "editors_note", "correction", "retraction"]
FALLEN = ("refuted", "withdrawn")
IN_PROGRESS = ("unverifiable", "unverified", "under_investigation")


def remedy(world: World) -> str | None:
    """The worst remedy of the published uses; None if nothing was published."""
    owed = [of_use(world, claim, use) for claim, use in published(world).items()]
    return max(owed, key=LEAST_FIRST.index, default=None)


def published(world: World) -> dict[str, dict[str, Any]]:
    """What was published of each use."""
    stated = world.scenario.get("published") or {}
    if "finding" not in stated:
        return story.by_claim(world, "published")
    # One map for every use: every claim in `use`, the omitted ones too, and those that are carried.
    aside = stated | {"central": False, "mode": "omitted" if stated["mode"] == "omitted" else "attributed"}
    return {claim: aside if claim in story.carried(world) else stated for claim in story.uses(world)}


def of_use(world: World, claim: str, printed: dict[str, Any]) -> str:
    """The remedy of one published use, by the finding, signed or not."""
    mode, before, now = printed["mode"], printed.get("finding"), finding.finding(world, claim)
    if mode == "omitted" or before is None:
        return "none"
    take_back = "correction" if printed.get("central") is False else "retraction"
    if mode == "debunk":
        return of_debunk(now, before, take_back)
    # A claim published as refuted or withdrawn needs no retraction for being so.
    if now in FALLEN and before not in FALLEN:
        return "correction" if mode == "attributed" or merely_corrected(world, claim, now) else take_back
    if overstates_count(world, claim):
        return "correction"
    if now == "superseded" and before != "superseded":
        return "update"
    if now == "verified" or same(now, before):
        newly = finding.contested(world, claim) and not printed.get("contested")
        return "update" if newly else "none"
    return "editors_note" if mode == "asserted" else "update"


def of_debunk(now: str | None, before: str, take_back: str) -> str:
    """The remedy of a claim that was debunked."""
    if now in FALLEN:
        return "none"
    if now == "verified":
        return take_back
    return "none" if same(now, before) else "editors_note"


def same(now: str | None, before: str) -> bool:
    """Whether two findings are the same; those in progress are one."""
    return now == before or (now in IN_PROGRESS and before in IN_PROGRESS)


def merely_corrected(world: World, claim: str, now: str | None) -> bool:
    """Whether it is withdrawn because words on it or its parts ended, all of them corrected or superseded."""
    return now == "withdrawn" and finding.ended_only_as(world, world.bodies(claim), ["corrected", "superseded"])


def overstates_count(world: World, claim: str) -> bool:
    """Whether the copy says more people than count for it, now or if no statement had ended, taken together."""
    says = story.by_claim(world, "stated_source_count").get(claim)
    counted = {
        one
        for facts in (world, world.if_nothing_had_ended())
        for body in world.bodies(claim)
        for one in counting.counted(facts, body, "affirms")
    }
    return says is not None and says > len(counting.persons(world, counted))
