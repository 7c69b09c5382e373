"""Search over stories, claims, statements, sources and archived copies: what the reader may see, best match first.

PostgreSQL does all of it: full text by the search documents, and words of similar spelling (pg_trgm) where that finds
little. Whatever is hidden from the reader is left out before anything is counted, ranked or tried again, so it changes
neither the results nor which queries run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import connections, transaction
from django.db.models import F, QuerySet, TextField, Value

from editorial.models.search_documents import SEARCHED
from editorial.models.search_language import CONFIGURATION
from editorial.policy.access import ActorFacts

KINDS = tuple(SEARCHED)
MAX_LENGTH = 200
"""Characters of what is searched for."""
CANDIDATES = 200
"""The newest matches of each kind that are ranked: so a word that very many rows hold costs no more than others."""
_FEW = 3  # matches, below which words of similar spelling are tried
_MAX_MISSPELT = 5  # words; the first ones
_SIMILARITY = 0.5  # of a word: two letters exchanged among seven are forgiven, and one wrong among five
_DESK = {"story": "desk", "claim": "desk", "statement": "claim__desk", "source": "desk", "exhibit": "desk"}
# The columns that have trigram indexes.
_SPELT = {"story": "headline", "claim": "text", "statement": "quote", "source": "name", "exhibit": "title"}


@dataclass(frozen=True, slots=True)
class Match:
    """A row that was found."""

    kind: str
    id: UUID
    rank: float


@dataclass(frozen=True, slots=True)
class Results:
    """The best matches; how many of each kind there are, at most `CANDIDATES`; and the query that marks their words."""

    matches: list[Match]
    counts: dict[str, int]
    query: SearchQuery
    misspelt: bool = False


def find(
    text: str,
    reader: ActorFacts,
    *,
    kinds: Collection[str] = KINDS,
    desk: UUID | None = None,
    as_typed: bool = False,
    exact: bool = False,
    limit: int = 20,
) -> Results:
    """What the reader may see of these kinds and this desk with all words of the text, in any order.

    Words in quotes are a phrase; a word after a minus must not occur. `as_typed`: the last word may be unfinished.
    `exact`: without words of similar spelling.
    """
    kinds = [kind for kind in KINDS if kind in kinds]
    query = _query(text, as_typed=as_typed)
    found = _union(_matching(kind, query, reader, desk) for kind in kinds)
    misspelt = len(found) < _FEW and not exact and bool(words := _words(text))
    if misspelt:
        known = {match.id for match in found}
        similar = _similar(kinds, words, reader, desk)
        found += [match for match in similar if match.id not in known]
    counts = Counter(match.kind for match in found)
    return Results(found[:limit], {kind: counts[kind] for kind in kinds}, query, misspelt)


def among(
    text: str, reader: ActorFacts, keys: Mapping[str, QuerySet[Any]], *, desk: UUID | None = None
) -> dict[UUID, str]:
    """Those of these rows that match, by id, each with its kind. `keys`: the ids of rows by kind."""
    query = _query(text, as_typed=False)
    rows = (_at(kind, reader, desk).filter(pk__in=those, search__vector=query) for kind, those in keys.items())
    named = [
        each.annotate(found_kind=Value(kind, output_field=TextField())).order_by().values_list("pk", "found_kind")
        for kind, each in zip(keys, rows, strict=True)
    ]
    first, *others = named
    return dict(first.union(*others, all=True) if others else first)


def visible(kind: str, reader: ActorFacts) -> QuerySet[Any]:
    """The rows of a kind that the reader may see."""
    rows: Any = SEARCHED[kind]._default_manager
    visible_rows: QuerySet[Any] = rows.visible_to(reader)
    return visible_rows


def _query(text: str, *, as_typed: bool) -> SearchQuery:
    whole = SearchQuery(text, config=CONFIGURATION, search_type="websearch")
    unfinished = re.search(r"(?:^|\s)(\w{3,})$", text)
    if not as_typed or unfinished is None or text.count('"') % 2:
        return whole
    beginning = SearchQuery(f"{unfinished[1]}:*", config=CONFIGURATION, search_type="raw")
    if before := text[: unfinished.start()].strip():
        beginning = SearchQuery(before, config=CONFIGURATION, search_type="websearch") & beginning
    return whole | beginning


def _matching(kind: str, query: SearchQuery, reader: ActorFacts, desk: UUID | None) -> QuerySet[Any]:
    """The newest rows that match."""
    rank = SearchRank(F("search__vector"), query, cover_density=True, normalization=Value(1))
    rows = _at(kind, reader, desk).filter(search__vector=query).annotate(rank=rank)
    return _columns(kind, rows.order_by("-pk"))


def _similar(kinds: Iterable[str], words: list[str], reader: ActorFacts, desk: UUID | None) -> list[Match]:
    """Rows with words of similar spelling."""
    alias = visible(KINDS[0], reader).db
    with transaction.atomic(using=alias):
        with connections[alias].cursor() as cursor:
            # For this transaction. PostgreSQL expects every hundredth row to be similar, and would read them all.
            cursor.execute(
                "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true),"
                " set_config('enable_seqscan', 'off', true)",
                [str(_SIMILARITY)],
            )
        return _union(_similar_of(kind, words, reader, desk) for kind in kinds)


def _similar_of(kind: str, words: list[str], reader: ActorFacts, desk: UUID | None) -> QuerySet[Any]:
    column = _SPELT[kind]
    rows: QuerySet[Any] = _at(kind, reader, desk)
    rank: Any = Value(0.0)
    for word in words:
        rows = rows.filter(TrigramWordSimilar(F(column), Value(word)))
        rank = rank + TrigramWordSimilarity(word, column)
    return _columns(kind, rows.annotate(rank=rank / Value(float(len(words)))).order_by())


def _words(text: str) -> list[str]:
    """The words that may be misspelt; none in a text that says exactly what it means, by a phrase or a minus."""
    return [] if re.search(r'"|(^|\s)-\w', text) else re.findall(r"\w{4,}", text)[:_MAX_MISSPELT]


def _at(kind: str, reader: ActorFacts, desk: UUID | None) -> QuerySet[Any]:
    rows = visible(kind, reader)
    return rows if desk is None else rows.filter(**{_DESK[kind]: desk})


def _columns(kind: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    named = rows.annotate(found_kind=Value(kind, output_field=TextField()))
    return named.values_list("found_kind", "pk", "rank")[:CANDIDATES]


def _union(queries: Iterable[QuerySet[Any]]) -> list[Match]:
    """The best matches first, and the newest of equal ones."""
    first, *others = queries
    rows = first.union(*others, all=True) if others else first
    matches = [Match(*row) for row in rows]
    return sorted(matches, key=lambda match: (match.rank, match.id), reverse=True)
