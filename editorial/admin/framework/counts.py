"""Counts that stop early: how many rows there are, up to a limit, so that no page takes longer the more there is."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

MAX_COUNT = 999
_PAGES_AHEAD = 20  # pages that are counted beyond the current one, so that there is always a next one


class CappedCount(int):
    """A number of rows; followed by a plus sign if there are more."""

    has_more = False

    def __str__(self) -> str:
        return f"{int(self)}+" if self.has_more else f"{int(self)}"


def count_up_to(rows: QuerySet[Any], limit: int = MAX_COUNT) -> CappedCount:
    """The number of rows, counted up to the limit."""
    counted = rows.order_by().values("pk")[: limit + 1].count()
    count = CappedCount(min(counted, limit))
    count.has_more = counted > limit
    return count


class CappedPaginator(Paginator):
    """Pages of a list that is counted only as far as a person may page from here."""

    def __init__(self, *arguments: Any, current_page: int = 1, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._current_page = current_page

    @cached_property
    def count(self) -> int:
        """The number of rows, up to a limit beyond the current page."""
        rows: Any = self.object_list
        return count_up_to(rows, max(MAX_COUNT, (self._current_page + _PAGES_AHEAD) * self.per_page))
