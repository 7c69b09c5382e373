"""drf-spectacular postprocessing hooks: tags, enums, files, media types and shared headers."""

from __future__ import annotations

import inspect
from typing import Any, cast

from editorial.api.framework import registry
from editorial.api.openapi.document import Document, component_name, operations
from editorial.policy import access, actions, vocabulary
from editorial.policy.publication import transitions
from editorial.policy.vocabulary import ChoiceEnum


def describe_tags_and_enums(result: Document, **_: Any) -> Document:
    """Describe every tag, enum and id by the docstring of its class."""
    used = {tag for operation in operations(result) for tag in operation["tags"]}
    result["tags"] = [
        {"name": name, "description": inspect.getdoc(view) or ""}
        for name, view in registry.views.items()
        if name in used
    ]
    for operation in operations(result):
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                parameter["description"] = f"An id from the list of {operation['tags'][0].replace('-', ' ')}."
    for module in (vocabulary, transitions, access, actions):
        for name, enum in vars(module).items():
            if inspect.isclass(enum) and name in result["components"]["schemas"] and issubclass(enum, ChoiceEnum):
                result["components"]["schemas"][name]["description"] = inspect.getdoc(enum)
    return result


def reference_enums(result: Document, **_: Any) -> Document:
    """Reference enums of parameters by the name of their vocabulary."""
    references = {
        frozenset(schema["enum"]): {"$ref": f"#/components/schemas/{name}"}
        for name, schema in result["components"]["schemas"].items()
        if len(schema.get("enum", ())) > 1
    }
    for operation in operations(result):
        for parameter in operation.get("parameters", ()):
            schema = parameter["schema"]
            is_text = schema.get("type") == "string" and not schema.keys() & {"enum", "format", "pattern"}
            if parameter["in"] == "query" and is_text:
                schema["minLength"] = 1
            for parent, key in ((schema, "items"), (parameter, "schema")):
                values = frozenset(parent.get(key, {}).get("enum", ()))
                if values in references and "default" not in parent[key]:
                    parent[key] = references[values]
    return result


def simplify_null(result: Document, **_: Any) -> Document:
    """Mark an optional enum as nullable instead of adding an enum that only holds null."""
    if result["components"]["schemas"].pop("Null", None):
        return cast(Document, _replace(result, {"$ref": "#/components/schemas/Null"}, {"type": "null"}))
    return result


def _replace(node: Any, old: Any, new: Any) -> Any:
    if node == old:
        return new
    match node:
        case dict():
            return {key: _replace(value, old, new) for key, value in node.items()}
        case list():
            return [_replace(item, old, new) for item in node]
    return node


def drop_files_from_json(result: Document, **_: Any) -> Document:
    """Remove file fields from JSON request bodies, as JSON has no files.

    The form comes first: generators build the body from the first media type, and only a form can carry the file.
    """
    schemas = result["components"]["schemas"]
    for operation in operations(result):
        content = operation.get("requestBody", {}).get("content", {})
        if "multipart/form-data" not in content or "application/json" not in content:
            continue
        name = component_name(content["multipart/form-data"]["schema"])
        properties = {
            field: schema for field, schema in schemas[name]["properties"].items() if schema.get("format") != "binary"
        }
        schemas[f"{name}WithoutFile"] = schemas[name] | {"properties": properties}
        content["application/json"]["schema"] = {"$ref": f"#/components/schemas/{name}WithoutFile"}
        form = {"multipart/form-data": content.pop("multipart/form-data")}
        operation["requestBody"] |= {"content": form | content, "required": True}
    return result


def describe_json_lines(result: Document, **_: Any) -> Document:
    """Describe JSON Lines as text with one object per line."""
    for operation in operations(result):
        for response in operation["responses"].values():
            content = response.get("content", {}).get("application/x-ndjson", {})
            if "$ref" in content.get("schema", {}):
                content["schema"] = {
                    "type": "string", "contentMediaType": "application/json", "contentSchema": content["schema"],
                    "description": "One such object per line.",
                }  # fmt: skip
    return result


def share_headers(result: Document, **_: Any) -> Document:
    """Move each header into a shared component."""
    for operation in operations(result):
        for number, parameter in enumerate(operation.get("parameters", ())):
            if parameter["in"] == "header":
                name = parameter["name"] + ("-needed" if parameter.get("required") else "")
                operation["parameters"][number] = _share(result, "parameters", name, parameter)
        for response in operation["responses"].values():
            for name, header in response.get("headers", {}).items():
                response["headers"][name] = _share(result, "headers", name, header)
    return result


def _share(document: Document, kind: str, name: str, component: Any) -> dict[str, str]:
    document["components"].setdefault(kind, {})[name] = component
    return {"$ref": f"#/components/{kind}/{name}"}
