"""Lists in pages: by cursor, newest first, without a total that would have to be counted."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView


class Newest(CursorPagination):
    """Pages that stay put while rows are added. A view may state another `order`; ids are in order of making."""

    page_size = 50
    page_size_query_param = "limit"
    page_size_query_description = "How many to a page, 200 at most."
    cursor_query_description = "Where the page begins; take it from `next` or `previous`, never make one up."
    max_page_size = 200
    ordering = ("-id",)
    # Rows of one urgency can be many; a page may begin anywhere among them.
    offset_cutoff = 1_000_000

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        """The view's own order, or newest first."""
        return getattr(view, "order", self.ordering)

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        """The rows of the page that the request asks for."""
        self._model = queryset.model
        return super().paginate_queryset(queryset, request, view)

    def decode_cursor(self, request: Request) -> Any:
        """The cursor, if it is one of ours: its position has to be a value of the column that orders the list."""
        cursor = super().decode_cursor(request)
        position = str(cursor.position) if cursor and cursor.position is not None else None
        if position is not None:
            try:
                self._model._meta.get_field(self.ordering[0].removeprefix("-")).to_python(position)
            except (ValidationError, ValueError, OverflowError):
                raise NotFound(self.invalid_cursor_message) from None
            if "\x00" in position:
                raise NotFound(self.invalid_cursor_message)
        return cursor

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """How a page is described."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": address | {"description": "The address of the next page; null on the last."},
                "previous": address | {"description": "The address of the page before; null on the first."},
                "results": schema | {"description": "The rows of this page."},
            },
        }
