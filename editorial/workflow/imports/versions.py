"""Versions within one document: keeps one row per item, and rejects ids that several items share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cmp_to_key

from editorial.formats import news_item
from editorial.formats.csv_sheet import CellProblem
from editorial.formats.news_item import NewsItem
from editorial.policy.imports import RowState
from editorial.workflow.imports.sheets import ParsedRow


def _compare(one: NewsItem, other: NewsItem) -> int:
    return -news_item.order(one.edition, one.stated_at, other.edition, other.stated_at)


_NEWEST_FIRST = cmp_to_key(_compare)


def rows_of(items: Iterable[NewsItem]) -> list[ParsedRow]:
    """A row for each item. Of several versions of an item only the newest waits to be filed."""
    numbered = dict(enumerate(items, 1))
    by_uri: dict[str, list[int]] = defaultdict(list)
    for number, item in numbered.items():
        if item.uri:
            by_uri[item.uri].append(number)
    remarks: dict[int, CellProblem] = {}
    for numbers in by_uri.values():
        if len(numbers) > 1:
            _tell_apart(numbered, numbers, remarks)
    return [
        ParsedRow(number, RowState.KNOWN, {}, [remarks[number]])
        if number in remarks
        else ParsedRow(number, RowState.WAITING, item.to_dict(), [])
        for number, item in numbered.items()
    ]


def _tell_apart(numbered: dict[int, NewsItem], numbers: list[int], remarks: dict[int, CellProblem]) -> None:
    """Sort out items with the same id: by their links if these differ, else as versions, newest first."""
    items = [numbered[number] for number in numbers]
    links = {item.link for item in items if item.link}
    editions = {item.edition for item in items}
    if len(links) > 1 and not (len(editions) == len(items) and "" not in editions):
        for number in numbers:
            numbered[number] = replace(numbered[number], uri=numbered[number].link or numbered[number].uri)
        return
    newest, *others = sorted(numbers, key=lambda number: _NEWEST_FIRST(numbered[number]))
    for number in others:
        if _NEWEST_FIRST(numbered[newest]) < _NEWEST_FIRST(numbered[number]):
            text = f"Row {newest} is a newer version of this item, so only that row is filed."
            remarks[number] = CellProblem("OLDER_VERSION", "", text)
        elif numbered[number].digest != numbered[newest].digest and not numbered[number].is_withdrawal:
            text = (
                f"Row {newest} has the same id but different text, and neither a link nor a date distinguishes the two."
            )
            numbered[number] = replace(numbered[number], problem=("SAME_ID_TWICE", text))
