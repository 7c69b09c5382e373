"""Cursor pagination in a few fixed orders, without a total count.

A cursor holds all sort values of a row, so that a page starts where the previous one ended, even if rows were added or
removed meanwhile.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
LIMIT_SCHEMA: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
LIMIT_PARAMETER = {
    "name": "limit",
    "in": "query",
    "description": f"Rows per page: by default {DEFAULT_LIMIT}, with `ids` {MAX_LIMIT}; at most {MAX_LIMIT}.",
    "schema": LIMIT_SCHEMA,
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
        self._request, limit = request, get_limit(request)
        ordering, columns = _get_ordering(request, getattr(view, "orders", DEFAULT_ORDERINGS))
        cursor = _decode(request, ordering, columns, queryset.model)
        is_reverse = cursor is not None and cursor.is_reverse
        sort_columns = tuple(_reverse_column(column) for column in columns) if is_reverse else columns
        rows = queryset.order_by(*sort_columns)
        if cursor is not None:
            rows = rows.filter(_after(sort_columns, cursor.values))
        if _get_field(queryset.model, columns[0]).null:
            # A row without a value has no place in an order by that value.
            rows = rows.exclude(**{f"{columns[0].lstrip('-')}__isnull": True})
        fetched = list(rows[: limit + 1])
        has_more, page = len(fetched) > limit, fetched[:limit]
        if is_reverse:
            page.reverse()

        def link(row: Model, *, is_reverse: bool) -> str:
            return _encode(Cursor(ordering, is_reverse, [getattr(row, column.lstrip("-")) for column in columns]))

        self._next = link(page[-1], is_reverse=False) if page and (has_more or is_reverse) else None
        has_previous = has_more if is_reverse else cursor is not None
        self._previous = link(page[0], is_reverse=True) if page and has_previous else None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_url, "previous": self._page_url(self._previous), "results": data})

    @property
    def next_url(self) -> str | None:
        """The URL of the page after the one that was read; None if that was the last."""
        return self._page_url(self._next)

    def _page_url(self, cursor: str | None) -> str | None:
        return cursor and replace_query_param(self._request.build_absolute_uri(), "cursor", cursor)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        orders = list(getattr(view, "orders", DEFAULT_ORDERINGS))
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": "The start of the page, taken from `next` or `previous`.",
                "schema": {"type": "string"},
            },
            LIMIT_PARAMETER,
            {
                "name": "order",
                "in": "query",
                "description": "The sort order." + (" `due` omits rows without a time." if "due" in orders else ""),
                "schema": {"type": "string", "enum": orders, "default": orders[0]},
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        url = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": url | {"description": "The URL of the next page; null on the last."},
                "previous": url | {"description": "The URL of the previous page; null on the first."},
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
    default = MAX_LIMIT if "ids" in request.query_params else DEFAULT_LIMIT  # so that all of them are on one page
    value = request.query_params.get("limit", str(default))
    if not _NUMBER.fullmatch(value) or not 1 <= int(value) <= MAX_LIMIT:
        raise exceptions.ValidationError({"limit": [f"Must be a number from 1 to {MAX_LIMIT}."]})
    return int(value)


def encode_cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> bytes:
    """The text of an opaque cursor. Raises ValueError if it is malformed."""
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def _get_ordering(request: Request, orders: dict[str, tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
    order = request.query_params.get("order") or next(iter(orders))
    if order not in orders:
        raise exceptions.ValidationError({"order": [f"Allowed orders: {', '.join(orders)}."]})
    return order, orders[order]


def _after(columns: tuple[str, ...], values: list[Any]) -> Q:
    """Rows after these values: greater in the first column, or equal there and greater in the second, …"""
    after = Q()
    for number, column in enumerate(columns):
        equal = {name.lstrip("-"): value for name, value in zip(columns[:number], values, strict=False)}
        after |= Q(**equal, **_compare(column, values[number]))
    # The first column is repeated as a separate condition so that the index can be used.
    return Q(**_compare(columns[0], values[0], lookup_suffix="e")) & after


def _compare(column: str, value: Any, lookup_suffix: str = "") -> dict[str, Any]:
    return {f"{column.lstrip('-')}__{'lt' if column.startswith('-') else 'gt'}{lookup_suffix}": value}


def _reverse_column(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _get_field(model: type[Model], column: str) -> Any:
    return model._meta.get_field(column.lstrip("-"))


def _encode(cursor: Cursor) -> str:
    return encode_cursor(json.dumps(cursor, cls=_PreciseJSONEncoder, separators=(",", ":")))


def _decode(request: Request, ordering: str, columns: tuple[str, ...], model: type[Model]) -> Cursor | None:
    """The decoded cursor, if it fits this list and order: its values must be valid for the columns."""
    encoded = request.query_params.get("cursor")
    if not encoded:
        return None
    try:
        cursor = Cursor(*json.loads(decode_cursor(encoded)))
        if cursor.ordering != ordering or not isinstance(cursor.is_reverse, bool) or None in cursor.values:
            raise ValueError
        values = [
            _get_field(model, column).clean(value, None) for column, value in zip(columns, cursor.values, strict=True)
        ]
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        error = ErrorDetail(
            "This cursor is not from this list or order. Start again without it.", code="invalid_cursor"
        )
        raise exceptions.ValidationError({"cursor": [error]}) from None
    return cursor._replace(values=values)


class _PreciseJSONEncoder(DjangoJSONEncoder):
    """Times with microseconds: rounding would skip or repeat rows."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
