"""Random scenarios, each from its number alone, in three flavours that take turns.

`anything` ties everybody to everybody, `evidence` is one claim on which words depend on words, and `story` is plain
evidence under a dense story. One flavour alone would hardly ever decide the rules that the others are made for.
"""

from typing import Any

from tests.proofs.reference.generators import evidence, mixed, story
from tests.proofs.reference.generators.seeded_random import SeededRandom

FLAVOURS = (mixed.scenario, evidence.scenario, story.scenario)


def scenario(number: int) -> dict[str, Any]:
    """The scenario with this number."""
    return {"id": f"random-{number}"} | FLAVOURS[number % len(FLAVOURS)](SeededRandom(number))
