"""Keeps a scenario valid when something has been left out of it or changed in it."""

from typing import Any

from tests.proofs.reference.generators import builders

Scenario = dict[str, Any]

BY_CLAIM = ("use", "stated_source_count", "signoffs", "tasks", "published")


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
    """The claim with the remaining claims that it carries; none if it is no longer an utterance."""
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
