"""Deprecated operations: each response says so (RFC 9745), and when the operation ends (RFC 8594)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import http_date
from rest_framework.response import Response


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Since when an operation is deprecated, when it ends, and what replaces it. Both times have an offset."""

    since: datetime
    sunset: datetime
    successor: str

    @property
    def notice(self) -> str:
        """The sentence in the OpenAPI document."""
        return f"Deprecated since {self.since:%Y-%m-%d}, removed on {self.sunset:%Y-%m-%d}. Use {self.successor}."


def deprecated(handler: Any, deprecation: Deprecation) -> Any:
    """Mark the handler of an operation."""
    handler.deprecation = deprecation
    return handler


def of_handler(handler: Callable[..., Any] | None) -> Deprecation | None:
    """The deprecation of the operation, if it is deprecated."""
    return getattr(handler, "deprecation", None)


def set_headers(response: Response, handler: Callable[..., Any] | None) -> None:
    """Set the headers of a deprecated operation."""
    if deprecation := of_handler(handler):
        response.headers["Deprecation"] = f"@{int(deprecation.since.timestamp())}"
        response.headers["Sunset"] = http_date(deprecation.sunset.timestamp())
        response.headers["Link"] = f'<{reverse("docs")}>; rel="deprecation"'
