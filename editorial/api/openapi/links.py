"""OpenAPI links from the operation that creates a row to the operations on it, so that clients can discover them."""

from __future__ import annotations

from typing import Any

_ID_PARAMETER = "{id}"


def add_links(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Link each creating operation to every operation on the new row, by the id in its response."""
    links = result["components"].setdefault("links", {})
    for address, path in result["paths"].items():
        below = {
            operation["operationId"]: {
                "operationId": operation["operationId"],
                "parameters": {"id": "$response.body#/id"},
                "description": operation["summary"],
            }
            for other, operations in result["paths"].items()
            if other.startswith(f"{address}/{_ID_PARAMETER}")
            for operation in operations.values()
        }
        made = _created_response(path, result["components"]["schemas"])
        if made is not None and below:
            links |= below
            made["links"] = {name: {"$ref": f"#/components/links/{name}"} for name in below}
    return result


def _created_response(path: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any] | None:
    """The response with the created row, if POST creates one here."""
    answers = path.get("post", {}).get("responses", {})
    for answer in (answers[status] for status in ("201", "202") if status in answers):
        shown = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
        if "id" in schemas.get(shown.rsplit("/", 1)[-1], {}).get("properties", {}):
            made: dict[str, Any] = answer
            return made
    return None
