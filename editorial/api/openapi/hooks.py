"""drf-spectacular postprocessing hooks: tags, enums, files, media types and shared components."""

from __future__ import annotations

import inspect
from typing import Any, cast

from editorial.api.framework import registry
from editorial.api.framework.errors import MEDIA_TYPE, PROBLEM_TYPES
from editorial.policy import access, actions, vocabulary
from editorial.policy.publication import transitions
from editorial.policy.vocabulary import ChoiceEnum


def describe_tags_and_enums(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Describe every tag, enum and id by the docstring of its class."""
    operations = [operation for path in result["paths"].values() for operation in path.values()]
    used = {tag for operation in operations for tag in operation["tags"]}
    result["tags"] = [
        {"name": name, "description": inspect.getdoc(view) or ""}
        for name, view in registry.views.items()
        if name in used
    ]
    for parameter, operation in ((each, of) for of in operations for each in of.get("parameters", ())):
        if parameter["in"] == "path":
            parameter["description"] = f"An id from the list of {operation['tags'][0].replace('-', ' ')}."
    for module in (vocabulary, transitions, access, actions):
        for name, term in vars(module).items():
            if inspect.isclass(term) and name in result["components"]["schemas"] and issubclass(term, ChoiceEnum):
                result["components"]["schemas"][name]["description"] = inspect.getdoc(term)
    return result


def reference_enums(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Reference enums of parameters by the name of their vocabulary."""
    vocabularies = {
        frozenset(described["enum"]): {"$ref": f"#/components/schemas/{name}"}
        for name, described in result["components"]["schemas"].items()
        if len(described.get("enum", ())) > 1
    }
    for operation in (operation for path in result["paths"].values() for operation in path.values()):
        for parameter in operation.get("parameters", ()):
            taken = parameter["schema"]
            if (
                parameter["in"] == "query"
                and taken.get("type") == "string"
                and not taken.keys() & {"enum", "format", "pattern"}
            ):
                taken["minLength"] = 1
            for described, key in ((taken, "items"), (parameter, "schema")):
                words = frozenset(described.get(key, {}).get("enum", ()))
                if words in vocabularies and "default" not in described[key]:
                    described[key] = vocabularies[words]
    return result


def simplify_null(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Mark an optional enum as nullable instead of adding an enum that only holds null."""
    if result["components"]["schemas"].pop("Null", None):
        return cast(dict[str, Any], _replace(result, {"$ref": "#/components/schemas/Null"}, {"type": "null"}))
    return result


def _replace(described: Any, old: Any, new: Any) -> Any:
    if described == old:
        return new
    match described:
        case dict():
            return {key: _replace(inner, old, new) for key, inner in described.items()}
        case list():
            return [_replace(inner, old, new) for inner in described]
    return described


def drop_files_from_json(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Remove file fields from JSON request bodies: JSON has no files."""
    schemas = result["components"]["schemas"]
    for operation in (operation for path in result["paths"].values() for operation in path.values()):
        taken = operation.get("requestBody", {}).get("content", {})
        if "multipart/form-data" not in taken or "application/json" not in taken:
            continue
        name = taken["multipart/form-data"]["schema"]["$ref"].rsplit("/", 1)[-1]
        form = schemas[name]
        kept = {field: told for field, told in form["properties"].items() if told.get("format") != "binary"}
        schemas[f"{name}WithoutFile"] = form | {"properties": kept}
        taken["application/json"]["schema"] = {"$ref": f"#/components/schemas/{name}WithoutFile"}
        operation["requestBody"]["required"] = True
    return result


def describe_json_lines(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Describe JSON Lines as text with one object per line."""
    for operation in (operation for path in result["paths"].values() for operation in path.values()):
        for answer in operation["responses"].values():
            if "$ref" in (lines := answer.get("content", {}).get("application/x-ndjson", {})).get("schema", {}):
                lines["schema"] = {
                    "type": "string", "contentMediaType": "application/json", "contentSchema": lines["schema"],
                    "description": "One such object per line.",
                }  # fmt: skip
    return result


def share_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Move each error response and header into a shared component."""
    shared = result["components"]
    for operation in (operation for path in result["paths"].values() for operation in path.values()):
        for number, parameter in enumerate(operation.get("parameters", ())):
            if parameter["in"] == "header":
                name = parameter["name"] + ("-needed" if parameter.get("required") else "")
                operation["parameters"][number] = _shared_ref(shared, "parameters", name, parameter)
        for status, response in operation["responses"].items():
            for name, header in response.get("headers", {}).items():
                response["headers"][name] = _shared_ref(shared, "headers", name, header)
            if MEDIA_TYPE in response.get("content", {}):
                operation["responses"][status] = _shared_ref(
                    shared, "responses", PROBLEM_TYPES[int(status)][0], response
                )
    return result


def _shared_ref(shared: dict[str, Any], kind: str, name: str, described: Any) -> dict[str, str]:
    shared.setdefault(kind, {})[name] = described
    return {"$ref": f"#/components/{kind}/{name}"}
