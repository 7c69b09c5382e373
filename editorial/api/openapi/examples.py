"""Examples of every request and response, built from the terms of one story (`examples.yaml`)."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_TIMESTAMP = "2026-03-04T11:30:00Z"
_TYPES = {type(None): "null", bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}


@cache
def example_values() -> dict[str, Any]:
    """The story's example values by field name."""
    read: dict[str, Any] = yaml.safe_load(files("editorial.api.openapi").joinpath("examples.yaml").read_text("utf-8"))
    return read


def add_examples(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add an example to every request and response that has none."""
    schemas = result["components"]["schemas"]
    for name, described in schemas.items():
        if "properties" in described and (example := _component_example(name, schemas)) is not None:
            described.setdefault("examples", [example])
    for operation in (operation for path in result["paths"].values() for operation in path.values()):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for form in (form for each in bodies for form in each.get("content", {}).values()):
            if (example := _text_example(operation["operationId"], form["schema"], schemas)) is not None:
                form.setdefault("examples", {"text": {"value": example}})
    return result


def _text_example(operation: str, described: dict[str, Any], schemas: dict[str, Any]) -> str | None:
    """An example in plain text: JSON Lines or a CSV sheet."""
    match described:
        case {"type": "string", "contentSchema": {"$ref": reference}}:
            return json.dumps(_component_example(reference.rsplit("/", 1)[-1], schemas), ensure_ascii=False) + "\n"
        case {"type": "string"} if described.get("format") != "binary":
            return example_values().get(operation)
    return None


def _component_example(name: str, schemas: dict[str, Any]) -> Any:
    """An example of the component; None if one of its fields has no example."""
    if name in example_values():
        return example_values()[name]
    described = schemas[name]
    if "enum" in described:
        return described["enum"][0]
    needed = described.get("required", [])
    # Only required input fields or, if there are none, all: optional fields may exclude each other.
    fields = needed if name.endswith("Request") and needed else described.get("properties", {})
    values = {field: _field_example(name, field, described["properties"][field], schemas) for field in fields}
    return None if ... in values.values() else values


def _field_example(component: str, field: str, described: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """The example of a field; an ellipsis if unknown."""
    for key in (f"{component}.{field}", field):
        if key in example_values() and _is_valid_for(example_values()[key], described, schemas):
            return example_values()[key]
    return _fallback_example(component, field, described, schemas)


def _fallback_example(component: str, field: str, described: dict[str, Any], schemas: dict[str, Any]) -> Any:
    match described:
        case {"$ref": reference}:
            found = _component_example(reference.rsplit("/", 1)[-1], schemas)
            return ... if found is None else found
        case {"oneOf": [first, *_]} | {"allOf": [first, *_]} | {"anyOf": [first, *_]}:
            return _field_example(component, field, first, schemas)
        case {"enum": [first, *_]} | {"const": first}:
            return first
        case {"default": default}:
            return default
        case {"format": "uuid"}:
            return _example_id(field)
        case {"format": "date-time"}:
            return _TIMESTAMP
    return _primitive_example(component, field, described, schemas)


def _primitive_example(component: str, field: str, described: dict[str, Any], schemas: dict[str, Any]) -> Any:
    match _type(described):
        case "array":
            one = _field_example(component, field, described["items"], schemas)
            return ... if one is ... else [one]
        case "boolean":
            return False
        case "integer" | "number":
            return described.get("minimum", 1)
        case "object":
            return {}
        case "string" if "pattern" in described:
            return f"#{field}"
    return ...


def _is_valid_for(value: Any, described: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether the value fits the field: in its enum, and of the right type."""
    if "$ref" in described:
        described = schemas[described["$ref"].rsplit("/", 1)[-1]]
    if "oneOf" in described:
        return any(_is_valid_for(value, one, schemas) for one in described["oneOf"])
    if "enum" in described:
        return value in described["enum"]
    if isinstance(value, list) and "items" in described:
        return all(_is_valid_for(one, described["items"], schemas) for one in value)
    stated = described.get("type", "object")
    kinds = [stated] if isinstance(stated, str) else stated
    return _TYPES[type(value)] in kinds and bool(re.search(described.get("pattern", ""), str(value)))


def _type(described: dict[str, Any]) -> str:
    stated = described.get("type", "object")
    return str(stated if isinstance(stated, str) else next(kind for kind in stated if kind != "null"))


def _example_id(field: str) -> str:
    """A fixed id per field name."""
    drawn = hashlib.sha256(field.encode()).hexdigest()
    return f"019f7c52-{drawn[:4]}-7{drawn[4:7]}-9{drawn[7:10]}-{drawn[10:22]}"
