"""Examples of every request and response: whole request bodies from `request_examples.yaml`, others built from the
values of one story in `examples.yaml`.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from editorial.api.openapi.document import Document, component_name, operations

_TIMESTAMP = "2026-03-04T11:30:00Z"
_TYPES = {type(None): "null", bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}

Schema = dict[str, Any]


@cache
def _load(filename: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(files("editorial.api.openapi").joinpath(filename).read_text("utf-8"))
    return content


def example_values() -> dict[str, Any]:
    """The story's example values by field name."""
    return _load("examples.yaml")


def add_examples(result: Document, **_: Any) -> Document:
    """Add an example to every request and response that has none."""
    schemas = result["components"]["schemas"]
    for name, schema in schemas.items():
        if "properties" in schema and (example := _component_example(name, schemas)) is not None:
            schema.setdefault("examples", [example])
    for operation in operations(result):
        request_content = operation.get("requestBody", {}).get("content", {}).values()
        response_content = [
            media_type
            for response in operation["responses"].values()
            for media_type in response.get("content", {}).values()
        ]
        for media_type in request_content:
            if request_examples := _request_examples(component_name(media_type["schema"])):
                media_type["examples"] = request_examples
        for media_type in (*request_content, *response_content):
            if (example := _text_example(operation["operationId"], media_type["schema"], schemas)) is not None:
                media_type.setdefault("examples", {"text": {"value": example}})
    return result


def _request_examples(component: str) -> dict[str, Any]:
    """The examples of a whole request body, by a key made from each title."""
    titles = _load("request_examples.yaml").get(component, {})
    return {
        "".join(word[0].upper() + word[1:] for word in title.split()): {"value": value, "summary": title}
        for title, value in titles.items()
    }


def _text_example(operation: str, schema: Schema, schemas: dict[str, Schema]) -> str | None:
    """An example in plain text: JSON Lines or a CSV sheet."""
    match schema:
        case {"type": "string", "contentSchema": content_schema}:
            return json.dumps(_component_example(component_name(content_schema), schemas), ensure_ascii=False) + "\n"
        case {"type": "string"} if schema.get("format") != "binary":
            return example_values().get(operation)
    return None


def _component_example(name: str, schemas: dict[str, Schema]) -> Any:
    """An example of the component; None if one of its fields has no example."""
    if name in example_values():
        return example_values()[name]
    schema = schemas[name]
    if "enum" in schema:
        return schema["enum"][0]
    required = schema.get("required", [])
    # Only required input fields or, if there are none, all: optional fields may exclude each other.
    fields = required if name.endswith("Request") and required else schema.get("properties", {})
    values = {field: _field_example(name, field, schema["properties"][field], schemas) for field in fields}
    return None if ... in values.values() else values


def _field_example(component: str, field: str, schema: Schema, schemas: dict[str, Schema]) -> Any:
    """The example of a field; an ellipsis if unknown."""
    for key in (f"{component}.{field}", field):
        if key in example_values() and _is_valid_for(example_values()[key], schema, schemas):
            return example_values()[key]
    match schema:
        case {"$ref": _}:
            example = _component_example(component_name(schema), schemas)
            return ... if example is None else example
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
    return _primitive_example(component, field, schema, schemas)


def _primitive_example(component: str, field: str, schema: Schema, schemas: dict[str, Schema]) -> Any:
    match next(name for name in _type_names(schema) if name != "null"):
        case "array":
            item = _field_example(component, field, schema["items"], schemas)
            return ... if item is ... else [item]
        case "boolean":
            return False
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "object":
            return {}
        case "string" if "pattern" in schema:
            return f"#{field}"
    return ...


def _is_valid_for(value: Any, schema: Schema, schemas: dict[str, Schema]) -> bool:
    """Whether the value fits the field: in its enum, and of the right type."""
    schema = schemas[component_name(schema)] if "$ref" in schema else schema
    if "oneOf" in schema:
        return any(_is_valid_for(value, option, schemas) for option in schema["oneOf"])
    if "enum" in schema:
        return value in schema["enum"]
    if isinstance(value, list) and "items" in schema:
        return all(_is_valid_for(item, schema["items"], schemas) for item in value)
    return _TYPES[type(value)] in _type_names(schema) and bool(re.search(schema.get("pattern", ""), str(value)))


def _type_names(schema: Schema) -> list[str]:
    names: str | list[str] = schema.get("type", "object")
    return [names] if isinstance(names, str) else names


def _example_id(field: str) -> str:
    digest = hashlib.sha256(field.encode()).hexdigest()
    return f"019f7c52-{digest[:4]}-7{digest[4:7]}-9{digest[7:10]}-{digest[10:22]}"
