"""Cursor pagination in a few fixed orders, without a total count.

A cursor holds all sort values of a row, so that a page starts where the previous one ended, even if rows were added or
removed meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
LIMIT_PARAMETER = {
    "name": "limit",
    "in": "query",
    "description": f"Rows per page: by default {DEFAULT_LIMIT}, at most {MAX_LIMIT}.",
    "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
}

_NUMBER = re.compile(r"[0-9]{1,9}")

DEFAULT_ORDERINGS: dict[str, tuple[str, ...]] = {"newest": ("-id",), "oldest": ("id",)}
"""The orders of lists that define none; ids are in order of creation."""


class Cursor(NamedTuple):
    """The start of a page: after the row with these values, or before it when going back."""

    ordering: str
    is_reverse: bool
    values: list[Any]


class CursorPagination(BasePagination):
    """Pages in one of the view's `orders`; the first is the default."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """The rows of the requested page."""
        self._request, limit = request, get_limit(request)
        order, columns = _get_ordering(request, getattr(view, "orders", DEFAULT_ORDERINGS))
        cursor = _decode(request, order, columns, queryset.model)
        back = cursor is not None and cursor.is_reverse
        sought = tuple(_reverse_column(column) for column in columns) if back else columns
        rows = queryset.order_by(*sought)
        if cursor is not None:
            rows = rows.filter(_after(sought, cursor.values))
        # A row without a value has no place in an order by that value.
        rows = rows.exclude(**{f"{columns[0].lstrip('-')}__isnull": True}) if _is_nullable(queryset, columns) else rows
        fetched = list(rows[: limit + 1])
        more, page = len(fetched) > limit, fetched[:limit]
        if back:
            page.reverse()
        self._next = (
            _encode(Cursor(order, False, _cursor_values(page[-1], columns))) if page and (more or back) else None
        )
        before = page and (more if back else cursor is not None)
        self._previous = _encode(Cursor(order, True, _cursor_values(page[0], columns))) if before else None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        """The page with links to its neighbours."""
        return Response(
            {"next": self._page_url(self._next), "previous": self._page_url(self._previous), "results": data}
        )

    def _page_url(self, cursor: str | None) -> str | None:
        return cursor and replace_query_param(self._request.build_absolute_uri(), "cursor", cursor)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The query parameters of a paginated list."""
        orders = list(getattr(view, "orders", DEFAULT_ORDERINGS))
        description = "The start of the page, taken from `next` or `previous`."
        by = "The sort order. `due` omits rows without a time."
        return [
            {"name": "cursor", "in": "query", "description": description, "schema": {"type": "string"}},
            LIMIT_PARAMETER,
            {
                "name": "order",
                "in": "query",
                "description": by if "due" in orders else "The sort order.",
                "schema": {"type": "string", "enum": orders, "default": orders[0]},
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema of a page."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": address | {"description": "The URL of the next page; null on the last."},
                "previous": address | {"description": "The URL of the previous page; null on the first."},
                "results": schema | {"description": "The rows of this page."},
                "sync_token": {
                    "type": "string",
                    "description": "Where to continue next time; only with `updated_since`.",
                },
                "removed": {
                    "type": "array",
                    "items": {"type": "string", "format": "uuid"},
                    "description": "Ids of rows that are no longer in this list; only with `updated_since`.",
                },
            },
        }


def get_limit(request: Request) -> int:
    """The requested page size."""
    value = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not _NUMBER.fullmatch(value) or not 1 <= int(value) <= MAX_LIMIT:
        raise exceptions.ValidationError({"limit": [f"Must be a number from 1 to {MAX_LIMIT}."]})
    return int(value)


def _get_ordering(request: Request, orders: dict[str, tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
    order = request.query_params.get("order") or next(iter(orders))
    if order not in orders:
        raise exceptions.ValidationError({"order": [f"Allowed orders: {', '.join(orders)}."]})
    return order, orders[order]


def _after(columns: tuple[str, ...], values: list[Any]) -> Q:
    """Rows after these values: greater in the first column, or equal there and greater in the second, …"""
    behind = Q()
    for place, column in enumerate(columns):
        alike = {name.lstrip("-"): value for name, value in zip(columns[:place], values, strict=False)}
        behind |= Q(**alike, **_compare(column, values[place]))
    # The first column is repeated as a separate condition so that the index can be used.
    return Q(**_compare(columns[0], values[0], lookup_suffix="e")) & behind


def _compare(column: str, value: Any, lookup_suffix: str = "") -> dict[str, Any]:
    return {f"{column.lstrip('-')}__{'lt' if column.startswith('-') else 'gt'}{lookup_suffix}": value}


def _reverse_column(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _is_nullable(rows: QuerySet[Any], columns: tuple[str, ...]) -> bool:
    return bool(_get_field(rows.model, columns[0]).null)


def _get_field(model: type[Model], column: str) -> Any:
    return model._meta.get_field(column.lstrip("-"))


def _cursor_values(row: Model, columns: tuple[str, ...]) -> list[Any]:
    return [getattr(row, column.lstrip("-")) for column in columns]


def _encode(cursor: Cursor) -> str:
    return (
        base64.urlsafe_b64encode(json.dumps(cursor, cls=_PreciseJSONEncoder, separators=(",", ":")).encode())
        .decode()
        .rstrip("=")
    )


def _decode(request: Request, order: str, columns: tuple[str, ...], model: type[Model]) -> Cursor | None:
    """The decoded cursor, if it fits this list and order: its values must be valid for the columns."""
    stated = request.query_params.get("cursor")
    if not stated:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(stated + "=" * (-len(stated) % 4)))
        of, back, values = told
        if of != order or not isinstance(back, bool) or len(values) != len(columns) or None in values:
            raise ValueError
        read = [_get_field(model, column).clean(value, None) for column, value in zip(columns, values, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error, ValidationError):
        told = ErrorDetail("This cursor is not from this list or order. Start again without it.", code="invalid_cursor")
        raise exceptions.ValidationError({"cursor": [told]}) from None
    return Cursor(order, back, read)


class _PreciseJSONEncoder(DjangoJSONEncoder):
    """Times with microseconds: rounding would skip or repeat rows."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
