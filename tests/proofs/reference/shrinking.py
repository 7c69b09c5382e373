"""Shrinks a scenario while it still shows the same disagreement."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from tests.proofs.reference.generators.tidying import BY_CLAIM, by_claim, tidy

Scenario = dict[str, Any]

LISTS = ("claims", "sources", "statements", "relays", "replies", "relies_on")
REQUIRED = {
    *("id", "type", "source", "claim", "stance", "directness"),
    *("to", "covers", "outcome"),
    *("mode", "finding"),
}


def shrink(scenario: Scenario, shows: Callable[[Scenario], bool]) -> Scenario:
    """The smallest scenario that is reached in single steps and still shows it."""
    while smaller_one := next((smaller for smaller in steps(scenario) if shows(smaller)), None):
        scenario = smaller_one
    return scenario


def steps(scenario: Scenario) -> Iterator[Scenario]:
    """Every valid scenario that is one step smaller."""
    for path in paths(scenario):
        smaller = copy.deepcopy(scenario)
        holder = smaller
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]
        yield tidy(smaller)


def paths(scenario: Scenario) -> Iterator[tuple[Any, ...]]:
    """Everything that can be left out: items, entries, whole fields, and the contents of items."""
    for name in LISTS:
        yield from ((name, number) for number in range(len(scenario.get(name, []))))
    for name in BY_CLAIM:
        if by_claim(scenario.get(name)):
            yield from ((name, claim) for claim in scenario[name])
    yield from ((name,) for name in (*BY_CLAIM, "now", "policy") if name in scenario)
    for name in ("claims", "sources", "statements", "replies"):
        for number, item in enumerate(scenario.get(name, [])):
            yield from ((name, number, *tail) for tail in within(item))
    for name in ("signoffs", "published"):
        if by_claim(scenario.get(name)):
            yield from ((name, claim, *tail) for claim, entry in scenario[name].items() for tail in within(entry))
        else:
            yield from ((name, *tail) for tail in within(scenario.get(name, {})))


def within(item: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Optional fields, and all but the last entry of lists."""
    for name, value in item.items():
        if name not in REQUIRED:
            yield (name,)
        if isinstance(value, list) and len(value) > 1:
            yield from ((name, number) for number in range(len(value)))
