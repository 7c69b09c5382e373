"""Building blocks of scenarios of every flavour."""

from typing import Any

from tests.proofs.reference.generators.seeded_random import SeededRandom

Items = list[dict[str, Any]]

TERMS = ("on_record", "background", "deep_background", "off_record")
GAINS = ("believed", "disbelieved", "neither")
RISKS = ("routine", "contentious", "serious")
OUTCOMES = ("pending", "replied", "declined", "no_response", "unreachable", "waived")
SIGNATURES = ("legal", "standards", "four_eyes")
ENDINGS = ("withdrawn", "withdrawn", "retracted", "corrected", "superseded", "superseded")
JUDGEMENTS = ("opinion", "forecast")
CHECKED = ("genuine",) * 12 + ("unknown",) * 3 + ("altered", "forged", "satire", "synthetic")
FINDINGS = (
    *("verified", "disputed", "unverified", "refuted", "withdrawn", "superseded"),
    *("unverifiable", "under_investigation"),
)


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
    """A published use. A judgement has mostly been published with its finding, which is null, and a claim seldom."""
    without = luck.maybe(0.7 if claim.get("kind") in JUDGEMENTS else 0.03)
    return {
        "mode": luck.choice(["asserted", "asserted", "attributed", "debunk", "omitted"]),
        "finding": None if without else luck.choice(FINDINGS),
    } | luck.fields(("central", 0.6, [True, False]), ("contested", 0.6, [True, False, False]))


def circumstances(luck: SeededRandom, chance: float) -> dict[str, Any]:
    """How a statement was obtained and taken down."""
    return luck.fields(
        ("inducement", chance, ["paid", "paid", "coerced"]),
        ("collector_conflict", chance / 2, [True, True, False]),
        ("translation", chance, ["machine", "human"]),
    )


def restrictions(luck: SeededRandom, times: list[str]) -> list[dict[str, Any]]:
    """One or two restrictions, until some of the times or until lifted."""
    kinds = ["court", "next_of_kin", "minor", "privacy", "safety"]
    until = [None] if not times else [None, *times, *times]
    return [
        {"kind": luck.choice(kinds)} | ({"until": end} if (end := luck.choice(until)) else {})
        for _ in range(luck.randint(1, 2))
    ]


def carry(luck: SeededRandom, claims: Items, chance: float) -> None:
    """Let utterances pass on other claims, compounds too."""
    passed = [claim["id"] for claim in claims if claim.get("kind") != "utterance"]
    for claim in claims:
        if passed and claim.get("kind") == "utterance" and luck.maybe(chance):
            claim["carries"] = luck.some(passed, 2)


def published(luck: SeededRandom, claims: Items) -> dict[str, Any]:
    """One map for every use, or claim by claim."""
    by_claim = {claim["id"]: printed(luck, claim) for claim in claims if luck.maybe(0.7)}
    return luck.choice([by_claim, by_claim, by_claim, printed(luck, {})])


def filled(scenario: dict[str, Any]) -> dict[str, Any]:
    """The scenario without empty fields; its three lists may be empty."""
    always = ("claims", "sources", "statements")
    return {name: value for name, value in scenario.items() if value not in ([], {}, None) or name in always}
