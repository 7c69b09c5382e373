"""Scenarios that extend an earlier one of their file: lists merge by id, other values replace."""

from collections.abc import Iterator
from typing import Any

from editorial.management.scenarios.yaml_loader import ScenarioError, display_value

BY_ID = ("claims", "sources", "statements")
"""Lists whose items have ids; other lists are replaced as a whole."""


def resolve_all(documents: list[Any]) -> Iterator[dict[str, Any]]:
    """The complete scenarios of a file, with unique ids, one by one. Raises ScenarioError."""
    scenarios: dict[str, dict[str, Any]] = {}
    for number, document in enumerate(documents, 1):
        scenario_id = read_id(document, f"document {number}", "id")
        if scenario_id in scenarios:
            raise ScenarioError("An earlier scenario has this id; give it another.", scenario=scenario_id, field="id")
        base = {}
        if document.get("extends") is not None:
            base = inherited_values(document["extends"], scenario_id, scenarios)
        scenarios[scenario_id] = merge(base, document, scenario_id)
        yield scenarios[scenario_id]


def read_id(item: Any, scenario: str, field: str) -> str:
    """The id of a scenario or an item."""
    item_id = item.get("id") if isinstance(item, dict) else None
    if not isinstance(item_id, str) or not item_id.strip():
        message = "Write a mapping of fields with an id that is a word; put numbers, dates, yes and no in quotes."
        raise ScenarioError(message, scenario=scenario, field=field)
    return item_id


def inherited_values(extends: Any, scenario_id: str, earlier: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Everything of an earlier scenario except its id and expectations."""
    if not isinstance(extends, str) or extends not in earlier:
        raise ScenarioError(
            f"{display_value(extends)} is not an earlier scenario of this file.", scenario=scenario_id, field="extends"
        )
    return {name: value for name, value in earlier[extends].items() if name not in ("id", "expect")}


def merge(base: dict[str, Any], own: dict[str, Any], scenario_id: str) -> dict[str, Any]:
    """The base with the scenario's values; null removes a field."""
    merged = dict(base)
    for name, value in own.items():
        if name == "extends":
            continue
        if value is None:
            merged.pop(name, None)
        elif name in BY_ID:
            merged[name] = merge_items(merged.get(name, []), value, scenario_id, name)
        else:
            merged[name] = value
    return merged


def merge_items(inherited: list[Any], own: Any, scenario_id: str, name: str) -> list[Any]:
    """Merge items by id: an item replaces the inherited one, `drop: true` removes it, new ones are appended."""
    if not isinstance(own, list):
        raise ScenarioError(f"{display_value(own)} is not a list of items.", scenario=scenario_id, field=name)
    merged = {item["id"]: item for item in inherited}
    own_ids = set()
    for number, item in enumerate(own, 1):
        item_id = read_id(item, scenario_id, f"{name}[{number}].id")
        field = f"{name} {item_id}"
        if item_id in own_ids:
            raise ScenarioError("Duplicate id; keep one.", scenario=scenario_id, field=f"{field}.id")
        own_ids.add(item_id)
        if "drop" not in item:
            merged[item_id] = item
        elif item["drop"] is not True or len(item) > 2 or item_id not in merged:
            raise ScenarioError(
                "Write {id: …, drop: true} to remove an inherited item, and nothing else.",
                scenario=scenario_id,
                field=f"{field}.drop",
            )
        else:
            del merged[item_id]
    return list(merged.values())
