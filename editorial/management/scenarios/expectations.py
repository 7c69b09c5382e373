"""Comparison of expected results with the policy's."""

import json
from collections.abc import Iterator, Mapping
from typing import Any


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


def difference(name: str, expected: Any, actual: Any) -> Iterator[str]:
    """One line if the two differ. For groups, only the expected sides are compared."""
    if name.endswith(".groups") and isinstance(expected, dict):
        for side in expected.keys() & actual.keys():
            yield from difference(f"{name}.{side}", expected[side], actual[side])
    elif canonical(expected) != canonical(actual):
        yield f"{name}: expected {as_json(expected)}, found {as_json(actual)}"


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
