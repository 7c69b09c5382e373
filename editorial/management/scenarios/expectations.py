"""Expected results of a scenario: strict parsing, and comparison with the policy's results."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from editorial.management.scenarios.field_reader import FieldReader
from editorial.policy.facts import ClaimFacts
from editorial.policy.vocabulary import Basis, ChoiceEnum, Code, FindingValue, Gate, RemedyKind

TERMS: dict[str, type[ChoiceEnum]] = {"finding": FindingValue, "basis": Basis, "gate": Gate, "remedy": RemedyKind}
COUNTS = ("origins", "independent", "against")
LISTS = ("missing", "hangs_on")


def read_expectations(fields: FieldReader, claims: Mapping[str, ClaimFacts]) -> dict[str, Any]:
    """The scenario's expectations; empty if there are none."""
    given = fields.remaining.pop("expect", {})
    expect = FieldReader(given, fields.scenario, "expect")
    by_claim = FieldReader(expect.remaining.pop("claims", {}), fields.scenario, "expect.claims")
    for claim_id, values in by_claim.remaining.items():
        by_claim.require_known(claim_id, [claim_id], claims, "claim")
        check_claim_expectation(values, fields.scenario, f"expect.claims.{claim_id}")
    check_terms(expect, ("gate", "remedy"))
    for code in expect.strings("codes"):
        expect.as_term("codes", code, Code)
    expect.reject_unknown()
    return {name: value for name, value in given.items() if name != "note"}


def check_claim_expectation(given: Any, scenario: str, where: str) -> None:
    """Validate the expectations for one claim."""
    expect = FieldReader(given, scenario, where)
    check_terms(expect, ("finding", "basis"))
    for name in COUNTS:
        if name in expect.remaining:
            expect.count(name)
    expect.flag("contested", False)
    for name in LISTS:
        if not isinstance(expect.remaining.pop(name, []), list):
            raise expect.error(name, "Give a list.")
    groups = FieldReader(expect.remaining.pop("groups", {}), scenario, f"{where}.groups")
    for side in ("independent", "against", "origins"):
        if not isinstance(groups.remaining.pop(side, []), list):
            raise groups.error(side, "Give a list of groups.")
    groups.reject_unknown()
    expect.reject_unknown()


def check_terms(expect: FieldReader, names: tuple[str, ...]) -> None:
    """Validate enum values."""
    for name in names:
        expect.optional_term(name, TERMS[name])


def differences(expect: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    """One line for each difference from the expectations."""
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
    """One line if the two differ. For groups, only the expected sides are compared."""
    if name.endswith(".groups") and isinstance(expected, dict):
        for side in expected.keys() & found.keys():
            yield from difference(f"{name}.{side}", expected[side], found[side])
    elif canonical(expected) != canonical(found):
        yield f"{name}: expected {as_json(expected)}, found {as_json(found)}"


def canonical(value: Any) -> Any:
    """The value with sorted lists, since all of them represent sets."""
    if isinstance(value, dict):
        return {name: canonical(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted((canonical(item) for item in value), key=as_json)
    return value


def as_json(value: Any) -> str:
    """The value as JSON, for a message."""
    return json.dumps(value, sort_keys=True, default=str)
