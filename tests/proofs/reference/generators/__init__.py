"""Random scenarios, each from its number alone, in five flavours that take turns.

`mixed` ties any source to any other, `evidence` is one claim with statements that depend on each other, `hearsay` is
one claim of which people tell each other, and `story` is plain evidence under a detailed story. One flavour alone would
hardly ever test the rules that the others are for.
"""

from typing import Any

from tests.proofs.reference.generators import evidence, hearsay, mixed, story, variations
from tests.proofs.reference.generators.seeded_random import SeededRandom

FLAVOURS = (mixed.scenario, evidence.scenario, hearsay.scenario, story.scenario, variations.scenario)


def scenario(number: int) -> dict[str, Any]:
    """The scenario with this number."""
    return {"id": f"random-{number}"} | FLAVOURS[number % len(FLAVOURS)](SeededRandom(number))
