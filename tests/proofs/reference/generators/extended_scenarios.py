"""Scenarios written as the difference from earlier ones, with `extends`."""

from typing import Any

from tests.proofs.reference import generators, shrinking
from tests.proofs.reference.generators import tidying
from tests.proofs.reference.generators.seeded_random import SeededRandom

Scenario = dict[str, Any]

BY_ID = ("claims", "sources", "statements")


def family(number: int) -> tuple[list[Scenario], list[Scenario]]:
    """Three related scenarios in full, and the documents of a file that states them by their differences."""
    luck = SeededRandom(number)
    expanded = [tidying.tidy(generators.scenario(number))]
    for _ in range(2):
        expanded.append(smaller(luck, expanded[-1]))
    luck.shuffle(expanded)
    expanded = [scenario | {"id": f"{number}-{place}"} for place, scenario in enumerate(expanded)]
    documents = [difference(luck.choice(expanded[:place]), expanded[place]) for place in range(1, len(expanded))]
    return expanded, [expanded[0], *documents]


def smaller(luck: SeededRandom, scenario: Scenario) -> Scenario:
    """The scenario with a few items fewer."""
    for _ in range(4):
        scenario = luck.choice([*shrinking.steps(scenario), scenario])
    return scenario


def difference(base: Scenario, target: Scenario) -> Scenario:
    """The document that extends one scenario to another."""
    document: Scenario = {"id": target["id"], "extends": base["id"]}
    for name in [*target, *(name for name in base if name not in target)]:
        if target.get(name) != base.get(name) and name != "id":
            document[name] = items(base[name], target[name]) if name in BY_ID else target.get(name)
    return document


def items(base: list[Scenario], target: list[Scenario]) -> list[Scenario]:
    """Items that are new or changed, and `drop` for those that are missing."""
    remaining = {item["id"] for item in target}
    return [item for item in target if item not in base] + [
        {"id": item["id"], "drop": True} for item in base if item["id"] not in remaining
    ]
