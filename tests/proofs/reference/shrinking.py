"""Shrinks a scenario while it still shows the same disagreement."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from tests.proofs.reference.generators import builders

Scenario = dict[str, Any]

LISTS = ("claims", "sources", "statements", "relays", "replies", "relies_on")
BY_CLAIM = ("use", "stated_source_count", "signoffs", "tasks", "published")
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


def by_claim(value: Any) -> bool:
    """Whether it is a map by claim, not one value or one map for all claims."""
    return isinstance(value, dict) and "finding" not in value


def tidy(scenario: Scenario) -> Scenario:
    """The scenario without references to missing items, so that it stays valid."""
    claims = [claim | parts_left(claim, scenario) for claim in scenario["claims"]]
    claims = [claim for claim in claims if claim.get("parts") != []]
    ids = {claim["id"] for claim in claims}
    claims = [carriers_left(timeless(claim, scenario), ids) for claim in claims]
    sources = [source | settles_left(source, ids) for source in scenario["sources"]]
    speakers = {source["id"] for source in sources}
    statements = [
        statement
        for statement in scenario["statements"]
        if statement["source"] in speakers and statement["claim"] in ids
    ]
    if not scenario.get("now"):
        statements = [
            {name: statement[name] for name in statement if name != "embargo_until"} for statement in statements
        ]
    statement_ids = {statement["id"] for statement in statements}
    covers = [[claim for claim in request["covers"] if claim in ids] for request in scenario.get("replies", [])]
    remaining: Scenario = {
        "claims": claims,
        "sources": sources,
        "statements": statements,
        "relays": [pair for pair in scenario.get("relays", []) if set(pair) <= statement_ids],
        "replies": [
            request | {"covers": remaining}
            for request, remaining in zip(scenario.get("replies", []), covers, strict=True)
            if remaining
        ],
    }
    for name in BY_CLAIM:
        if by_claim(scenario.get(name)):
            remaining[name] = {claim: value for claim, value in scenario[name].items() if claim in ids}
    used = {part for claim in claims if claim["id"] in remaining.get("use", {}) for part in whole(claim)}
    about = {statement["id"] for statement in statements if statement["claim"] in used}
    remaining["relies_on"] = [statement for statement in scenario.get("relies_on", []) if statement in about]
    return builders.filled(scenario | remaining)


def whole(claim: dict[str, Any]) -> list[str]:
    """A claim and its parts."""
    return [claim["id"], *claim.get("parts", [])]


def parts_left(claim: dict[str, Any], scenario: Scenario) -> dict[str, Any]:
    """The remaining members of a compound."""
    ids = {other["id"] for other in scenario["claims"]}
    return {"parts": [part for part in claim["parts"] if part in ids]} if "parts" in claim else {}


def carriers_left(claim: dict[str, Any], ids: set[str]) -> dict[str, Any]:
    """The claim with the remaining claims that it carries; none if it is no utterance any more."""
    carried = [other for other in claim.get("carries", []) if other in ids and claim.get("kind") == "utterance"]
    fields = {name: value for name, value in claim.items() if name != "carries"}
    return fields | ({"carries": carried} if carried else {})


def timeless(claim: dict[str, Any], scenario: Scenario) -> dict[str, Any]:
    """The claim without restrictions that need a clock, unless there is one."""
    if scenario.get("now") or "restrictions" not in claim:
        return claim
    return claim | {"restrictions": [one for one in claim["restrictions"] if "until" not in one]}


def settles_left(source: dict[str, Any], ids: set[str]) -> dict[str, Any]:
    """The remaining claims that a source settles."""
    effects = [effect for effect in ("establishes", "contradicts") if effect in source]
    return {effect: [claim for claim in source[effect] if claim in ids] for effect in effects}
