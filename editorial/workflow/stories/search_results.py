"""Search results as the reader may see them: what was found, and an excerpt with its words marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

from django.contrib.postgres.search import SearchHeadline
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat, Left

from editorial.models import Exhibit, Source, Statement, Story, StoryRevision
from editorial.models.search_language import CONFIGURATION
from editorial.policy.access import ActorFacts
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.stories import search

# Control characters, which texts do not have. They are not markup: the page that shows it escapes it.
_START, _STOP = "\x02", "\x03"
_EXCERPTED = 20_000  # characters of a text in which words are marked
_MAX_WORDS, _MIN_WORDS = 30, 12


class ExcerptPart(TypedDict):
    """A piece of an excerpt, and whether it was searched for."""

    text: str
    matches: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A row that was found."""

    kind: str
    id: UUID
    title: str
    desk_id: UUID
    excerpt: list[ExcerptPart]
    row: Any


def show(results: search.Results, reader: ActorFacts) -> list[Found]:
    """The matches in their order; one query for each kind."""
    rows: dict[UUID, Found] = {}
    for kind in dict.fromkeys(match.kind for match in results.matches):
        ids = [match.id for match in results.matches if match.kind == kind]
        rows |= {row.pk: _found(kind, row, reader) for row in _rows(kind, ids, results, reader)}
    return [rows[match.id] for match in results.matches if match.id in rows]


def _rows(kind: str, ids: list[UUID], results: search.Results, reader: ActorFacts) -> QuerySet[Any]:
    excerpt = SearchHeadline(
        Left(_EXCERPTS[kind], _EXCERPTED), results.query, config=CONFIGURATION, start_sel=_START, stop_sel=_STOP,
        max_words=_MAX_WORDS, min_words=_MIN_WORDS,
    )  # fmt: skip
    rows = search.visible(kind, reader).filter(pk__in=ids).annotate(excerpt=excerpt)
    return rows.select_related("source", "claim") if kind == "statement" else rows


_CURRENT_BODY = StoryRevision.objects.filter(story=OuterRef("pk")).order_by("-number").values("body")[:1]
_EXCERPTS: dict[str, Combinable] = {
    "story": Coalesce(Subquery(_CURRENT_BODY), F("headline")),
    "claim": F("text"),
    "statement": F("quote"),
    "source": F("description"),
    "exhibit": Concat(F("url"), F("text")),
}


def _found(kind: str, row: Any, reader: ActorFacts) -> Found:
    desk_id = row.claim.desk_id if kind == "statement" else row.desk_id
    return Found(kind, row.pk, _title(row, reader), desk_id, list(excerpt_parts(row.excerpt)), row)


def _title(row: Any, reader: ActorFacts) -> str:
    match row:
        case Story():
            return row.headline
        case Source():
            return disclosure.label(row, reader)
        case Statement():
            return f"{disclosure.label(row.source, reader)} {row.get_stance_display().lower()}: {row.claim.text}"
        case Exhibit():
            return row.title
        case _:
            return str(row.text)


def excerpt_parts(marked: str) -> Iterator[ExcerptPart]:
    """The pieces of an excerpt between marks."""
    for position, text in enumerate(re.split(f"[{_START}{_STOP}]", marked)):
        if text:
            yield {"text": text, "matches": position % 2 == 1}
