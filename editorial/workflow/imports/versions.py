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
from editorial.policy.publication.wire_items import PubStatus
from editorial.workflow.imports.sheets import ParsedRow


def _compare(one: NewsItem, other: NewsItem) -> int:
    """Which version counts: one that is canceled, which is final, and else the newest."""
    canceled = [item.pub_status is PubStatus.CANCELED for item in (one, other)]
    if any(canceled):
        return canceled[1] - canceled[0]
    return -news_item.order(one.edition, one.stated_at, other.edition, other.stated_at)


_NEWEST_FIRST = cmp_to_key(_compare)


def rows_of(items: Iterable[NewsItem], *, ids_may_repeat: bool = False) -> list[ParsedRow]:
    """A row for each item. Of several versions of an item only the newest waits to be filed.

    `ids_may_repeat`: different items may have the same id, as in feeds; then their links tell them apart.
    """
    numbered = dict(enumerate(items, 1))
    by_uri: dict[str, list[int]] = defaultdict(list)
    for number, item in numbered.items():
        if item.uri:
            by_uri[item.uri].append(number)
    remarks: dict[int, CellProblem] = {}
    for numbers in by_uri.values():
        if len(numbers) > 1 and not (ids_may_repeat and _identified_by_link(numbered, numbers)):
            _keep_newest(numbered, numbers, remarks)
    return [
        ParsedRow(number, RowState.KNOWN, {}, [remarks[number]])
        if number in remarks
        else ParsedRow(number, RowState.WAITING, item.to_dict(), [])
        for number, item in numbered.items()
    ]


def _identified_by_link(numbered: dict[int, NewsItem], numbers: list[int]) -> bool:
    """Identify items with the same id by their links, if these differ."""
    links = {numbered[number].link for number in numbers if numbered[number].link}
    for number in numbers if len(links) > 1 else ():
        numbered[number] = replace(numbered[number], uri=numbered[number].link or numbered[number].uri)
    return len(links) > 1


def _keep_newest(numbered: dict[int, NewsItem], numbers: list[int], remarks: dict[int, CellProblem]) -> None:
    """Of items with the same id, which are versions, let only the newest be filed, and none that cannot be ordered."""
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
