"""May the story run? The codes of each use (section 5)."""

from tests.proofs.reference.rules import embargo, replies, table
from tests.proofs.reference.rules.facts import World

BLOCKING = {
    *("E_RESTRICTED", "E_EMBARGO", "E_LEVEL", "E_IDENTITY_UNKNOWN"),
    *("E_REFUTED", "E_WITHDRAWN", "E_FALSE_DECLINE"),
}


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
    if embargo.judged_without(world, claim, mode):
        return of_table(embargo.public(world), claim, mode)
    found = of_table(world, claim, mode) | embargo.codes(world, claim, mode)
    if "E_EMBARGO" not in found and embargo.live_under_embargo(world, claim):
        without = of_table(embargo.public(world), claim, mode)
        found |= {code for code in without if code.startswith("C_")}
    return found


def of_table(world: World, claim: str, mode: str) -> set[str]:
    """Every code but E_EMBARGO."""
    found = table.restricted(world, claim) | table.reliance(world, claim) | table.false_decline(world, claim)
    found |= table.context(world, claim, mode) | table.disclosure(world, claim, mode) | replies.codes(world, claim)
    if world.is_judgement(claim):
        return found | table.judging(world, claim, mode)
    ways = {"asserted": table.asserting, "attributed": table.attributing, "debunk": table.debunking}
    found |= ways[mode](world, claim) | table.reading(world, claim)
    return found | table.counting_sources(world, claim, mode) | table.unnamed_sources(world, claim, mode)
