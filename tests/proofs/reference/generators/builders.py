"""Building blocks of scenarios of every flavour."""

from typing import Any

from tests.proofs.reference.generators.seeded_random import SeededRandom

Items = list[dict[str, Any]]

TERMS = ("on_record", "background", "deep_background", "off_record")
GAINS = ("believed", "disbelieved", "neither")
RISKS = ("routine", "contentious", "serious")
OUTCOMES = ("pending", "replied", "declined", "no_response", "unreachable", "waived")
SIGNATURES = ("legal", "standards", "four_eyes")
FINDINGS = ("verified", "disputed", "unverified", "refuted", "withdrawn", "unverifiable", "under_investigation")


def relays(luck: SeededRandom, statements: Items, density: float, loops: float = 0.02) -> list[list[str]]:
    """Relays: chains, fans and circles, and sometimes a statement to itself."""
    return [
        [derived["id"], origin["id"]]
        for derived in statements
        for origin in statements
        if derived["directness"] != "first_hand"
        and (derived["claim"], derived["stance"]) == (origin["claim"], origin["stance"])
        and luck.maybe(loops if derived is origin else density)
    ]


def relies(luck: SeededRandom, claims: Items, statements: Items, use: dict[str, str], chance: float) -> list[str]:
    """Statements that the copy relies on: on claims that it uses, or on members of them."""
    used = {member for claim in claims if claim["id"] in use for member in [claim["id"], *claim.get("parts", [])]}
    return luck.each([statement["id"] for statement in statements if statement["claim"] in used], chance)


def printed(luck: SeededRandom, claim: dict[str, Any]) -> dict[str, Any]:
    """A published use. An opinion may have been published with its finding, which is null."""
    of_opinion = claim.get("kind") == "opinion" and luck.maybe(0.5)
    return {
        "mode": luck.choice(["asserted", "asserted", "attributed", "debunk", "omitted"]),
        "finding": None if of_opinion else luck.choice(FINDINGS),
    } | luck.fields(("central", 0.6, [True, False]), ("contested", 0.6, [True, False, False]))


def published(luck: SeededRandom, claims: Items) -> dict[str, Any]:
    """One map for every use, or claim by claim."""
    by_claim = {claim["id"]: printed(luck, claim) for claim in claims if luck.maybe(0.7)}
    return luck.choice([by_claim, by_claim, by_claim, printed(luck, {})])


def filled(scenario: dict[str, Any]) -> dict[str, Any]:
    """The scenario without empty fields; its three lists may be empty."""
    always = ("claims", "sources", "statements")
    return {name: value for name, value in scenario.items() if value not in ([], {}, None) or name in always}
