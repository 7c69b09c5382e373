"""Reading the OpenAPI document that the postprocessing hooks complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]


def operations(document: Document) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def component_name(schema: dict[str, Any]) -> str:
    """The name of the component to which the schema refers; empty if it is inline."""
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]
