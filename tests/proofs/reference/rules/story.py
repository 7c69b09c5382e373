"""What a story uses and how: its uses, those that are carried, what it relies on, and who has signed (section 5)."""

from collections.abc import Mapping
from typing import Any

from tests.proofs.reference.rules import finding, groups
from tests.proofs.reference.rules.facts import World, cached
from tests.proofs.reference.rules.groups import Group


def by_claim(world: World, field: str) -> dict[str, Any]:
    """A map of the scenario from claims. An entry that is null is as if absent."""
    stated = world.scenario.get(field) or {}
    return {claim: value for claim, value in stated.items() if claim in world.claims and value is not None}


# Uses


@cached
def uses(world: World) -> dict[str, str]:
    """Every use and its mode, those included that are carried."""
    return by_claim(world, "use") | dict.fromkeys(carried(world), "attributed")


@cached
def carried(world: World) -> set[str]:
    """The claims that the story uses only by carrying them: it omits them, or does not use them itself."""
    own = by_claim(world, "use")
    modes = own
    while more := passed_on(world, modes) - {claim for claim, mode in modes.items() if mode != "omitted"}:
        modes = modes | dict.fromkeys(more, "attributed")
    return {claim for claim in modes if modes[claim] != own.get(claim)}


def passed_on(world: World, modes: Mapping[str, str]) -> set[str]:
    """What the utterances among the uses carry, also as parts of a compound."""
    said = [claim for claim, mode in modes.items() if mode in ("asserted", "attributed")]
    return {
        passed
        for claim in said
        for one in world.whole(claim)
        if world.kind(one) == "utterance"
        for passed in world.claims[one].get("carries") or []
    }


# Relied-on statements


def relies(world: World, claim: str) -> set[str]:
    """The statements named by `relies_on` that are about the claim or a part of it. A carried use relies on nothing."""
    if claim in carried(world):
        return set()
    return {one for one in world.scenario.get("relies_on") or [] if world.claim(one) in world.bodies(claim)}


def relied_on_groups(world: World, claim: str, mode: str) -> list[Group]:
    """The groups that a use of a claim that is not a compound rests on."""
    return groups.against(world, claim) if mode == "debunk" else groups.independent(world, claim)


def relied_on(world: World, claim: str, mode: str) -> set[str]:
    """The members of those groups, of a compound those of its parts."""
    every = [group for body in world.bodies(claim) for group in relied_on_groups(world, body, mode)]
    return {one for group in every for one in group.members}


# Signatures


def has_signoff(world: World, claim: str, what: str) -> bool:
    """Whether one claim has it, whatever its parts have. In a scenario it exists unless stated otherwise."""
    return (by_claim(world, "signoffs").get(claim) or {}).get(what) is not False


def lacks_read(world: World, claim: str, what: str) -> bool:
    """Whether a serious claim lacks a read: itself at the highest risk, or some part at its own risk."""
    return any(world.risk(one) == "serious" and not has_signoff(world, one, what) for one in world.whole(claim))


def lacks_four_eyes(world: World, claim: str) -> bool:
    """Whether four eyes are missing for the claim or some part."""
    return not all(has_signoff(world, one, "four_eyes") for one in world.whole(claim))


def signed(world: World, claim: str) -> bool:
    """Whether the finding has its signatures."""
    return not lacks_four_eyes(world, claim) and not lacks_read(world, claim, "standards")


def is_verified(world: World, claim: str) -> bool:
    """Verified and signed."""
    return finding.finding(world, claim) == "verified" and signed(world, claim)


def is_open(world: World, claim: str, whole: str) -> bool:
    """Not verified (or unsigned), not refuted, not withdrawn, not superseded. A part is signed only if the whole is."""
    found = finding.finding(world, claim)
    if found in ("refuted", "withdrawn", "superseded"):
        return False
    return not (found == "verified" and signed(world, claim) and signed(world, whole))
