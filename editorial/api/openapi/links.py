"""OpenAPI links from the operation that creates a row to the operations on it, so that clients can discover them."""

from __future__ import annotations

from typing import Any

from editorial.api.openapi.document import Document, component_name


def add_links(result: Document, **_: Any) -> Document:
    """Link each creating operation to every operation on the new row, by the id in its response."""
    links = result["components"].setdefault("links", {})
    for url, path in result["paths"].items():
        row_links = {
            operation["operationId"]: {
                "operationId": operation["operationId"],
                "parameters": {"id": "$response.body#/id"},
                "description": operation["summary"],
            }
            for other_url, other_path in result["paths"].items()
            if other_url.startswith(f"{url}/{{id}}")
            for operation in other_path.values()
        }
        response = _created_response(path, result["components"]["schemas"])
        if response is not None and row_links:
            links |= row_links
            response["links"] = {name: {"$ref": f"#/components/links/{name}"} for name in row_links}
    return result


def _created_response(path: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any] | None:
    """The response with the created row, if POST creates one here."""
    responses: dict[str, dict[str, Any]] = path.get("post", {}).get("responses", {})
    for response in (responses[status] for status in ("201", "202") if status in responses):
        schema = response.get("content", {}).get("application/json", {}).get("schema", {})
        if "id" in schemas.get(component_name(schema), {}).get("properties", {}):
            return response
    return None
