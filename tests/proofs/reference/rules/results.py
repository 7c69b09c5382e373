"""The results of the rules for a scenario, in the form in which `manage.py assess` prints them (section 7)."""

from typing import Any

from tests.proofs.reference.rules import finding, gate, groups, printing, remedy, story
from tests.proofs.reference.rules.facts import World


def answer(scenario: dict[str, Any]) -> dict[str, Any]:
    """Findings, gate and remedy of one scenario, given in full."""
    world = World(scenario)
    uses = {claim: gate.codes(world, claim, mode) for claim, mode in story.uses(world).items()}
    codes = {code for found in uses.values() for code in found}
    return {
        "id": scenario["id"],
        "claims": {claim: of_claim(world, claim) for claim in world.claims},
        "gate": gate.verdict(codes),
        "codes": sorted(codes),
        "uses": {claim: {"gate": gate.verdict(found), "codes": sorted(found)} for claim, found in uses.items()},
        "remedy": remedy.remedy(world),
    }


def of_claim(world: World, claim: str) -> dict[str, Any]:
    """The result of one claim; counts and groups are those of its members, so a compound has none."""
    sides = {"independent": groups.independent, "against": groups.against, "origins": groups.origins}
    found = {side: [] if world.parts(claim) else rule(world, claim) for side, rule in sides.items()}
    counts = {side: None if world.parts(claim) else len(found[side]) for side in sides}
    return {
        "finding": finding.finding(world, claim),
        "basis": finding.basis(world, claim),
        "contested": finding.contested(world, claim),
        **counts,
        "missing": finding.missing(world, claim),
        "hangs_on": finding.hangs_on(world, claim),
        "groups": {side: printing.printed(world, found[side]) for side in sides},
    }
