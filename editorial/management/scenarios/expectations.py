"""What a scenario expects: read strictly, and compared with what policy answers."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from editorial.management.scenarios.field_reader import Fields
from editorial.policy.facts import ClaimFacts
from editorial.policy.vocabulary import Basis, Code, FindingValue, Gate, RemedyKind, Term

TERMS: dict[str, type[Term]] = {"finding": FindingValue, "basis": Basis, "gate": Gate, "remedy": RemedyKind}
COUNTS = ("origins", "independent", "against")
LISTS = ("missing", "hangs_on")


def check(fields: Fields, claims: Mapping[str, ClaimFacts]) -> dict[str, Any]:
    """What the scenario expects, or nothing at all."""
    given = fields.left.pop("expect", {})
    expect = Fields(given, fields.scenario, "expect")
    by_claim = Fields(expect.left.pop("claims", {}), fields.scenario, "expect.claims")
    for claim_id, values in by_claim.left.items():
        by_claim.known(claim_id, [claim_id], claims, "claim")
        check_claim(values, fields.scenario, f"expect.claims.{claim_id}")
    check_terms(expect, ("gate", "remedy"))
    for code in expect.words("codes"):
        expect.as_term("codes", code, Code)
    expect.finish()
    return {name: value for name, value in given.items() if name != "note"}


def check_claim(given: Any, scenario: str, where: str) -> None:
    """What is expected of one claim."""
    expect = Fields(given, scenario, where)
    check_terms(expect, ("finding", "basis"))
    for name in COUNTS:
        if name in expect.left:
            expect.count(name)
    expect.flag("contested", False)
    for name in LISTS:
        if not isinstance(expect.left.pop(name, []), list):
            raise expect.wrong(name, "Give a list.")
    groups = Fields(expect.left.pop("groups", {}), scenario, f"{where}.groups")
    for side in ("independent", "against", "origins"):
        if not isinstance(groups.left.pop(side, []), list):
            raise groups.wrong(side, "Give a list of groups.")
    groups.finish()
    expect.finish()


def check_terms(expect: Fields, names: tuple[str, ...]) -> None:
    """Words of closed lists."""
    for name in names:
        expect.maybe_term(name, TERMS[name])


def differences(expect: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    """One line for everything that was expected and is not so."""
    for claim_id, values in (expect.get("claims") or {}).items():
        if claim_id == "note" and "note" not in answer["claims"]:
            continue
        for name, value in (values or {}).items():
            if name != "note":
                yield from difference(f"{claim_id}.{name}", value, answer["claims"][claim_id][name])
    for name in ("gate", "codes", "remedy"):
        if name in expect:
            yield from difference(name, expect[name], answer[name])


def difference(name: str, expected: Any, found: Any) -> Iterator[str]:
    """One line if the two differ; of groups only those sides that are expected are compared."""
    if name.endswith(".groups") and isinstance(expected, dict):
        for side in expected.keys() & found.keys():
            yield from difference(f"{name}.{side}", expected[side], found[side])
    elif canonical(expected) != canonical(found):
        yield f"{name}: expected {told(expected)}, found {told(found)}"


def canonical(value: Any) -> Any:
    """A value in which the order of lists plays no part; all of them stand for sets."""
    if isinstance(value, dict):
        return {name: canonical(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted((canonical(item) for item in value), key=told)
    return value


def told(value: Any) -> str:
    """A value within a line."""
    return json.dumps(value, sort_keys=True, default=str)
