"""Related claims: the existing claims whose words are closest to a text, and how they differ.

They are found by the search documents (`search`). Each word contributes the newest claims with it that the reader may
see; a rare word contributes all of them, and a common one costs no more. Hidden claims are left out before anything is
counted, so they change neither what is found nor which queries run.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db import connections
from django.db.models import F, Func, Prefetch, QuerySet, TextField, Value

from editorial.models import Claim, ClaimUse, Story
from editorial.models.search_language import CONFIGURATION
from editorial.policy import claim_differences
from editorial.policy.access import ActorFacts
from editorial.policy.claim_differences import Comparison
from editorial.workflow.evidence import claim_distinctions
from editorial.workflow.stories import search

MAX_LENGTH = 2_000
"""Characters of a text that are compared."""
LIMIT = 5
_PER_WORD = 60  # claims, the newest
_MAX_WORDS = 16  # the longest ones, which are the rarest
_COMPARED = 40  # of the claims with the most words in common
_LEAST_SIMILAR = 0.34
_WORD = re.compile(r"\w+|\d+(?:\.\d+)?")
_COMMON, _UNKNOWN = 0.4, 0.5  # the weights of a word that many claims hold, and of one that only the claim has
_MAX_STORIES = 3


@dataclass(frozen=True, slots=True)
class RelatedClaim:
    """An existing claim, how similar it is (0 to 1), what it differs in, and the visible stories that use it."""

    claim: Claim
    similarity: float
    comparison: Comparison
    stories: list[Story]


def related_to(claim: Claim, reader: ActorFacts) -> list[RelatedClaim]:
    """Claims related to an existing one, without those that somebody marked as not the same."""
    return find(claim.text, reader, without={claim.pk} | claim_distinctions.distinct_ids(claim))


def find(
    text: str, reader: ActorFacts, *, desk: UUID | None = None, without: Collection[UUID] = (), limit: int = LIMIT
) -> list[RelatedClaim]:
    """The existing claims closest to the text that the reader may see; the most similar first."""
    rows = _open_claims(reader, desk)
    words = _words(text[:MAX_LENGTH], using=rows.db)
    if not words:
        return []
    found = _claims_by_word(rows, words)
    weights = {word: _COMMON if len(found[word]) == _PER_WORD else 1.0 for word in words}
    if set(weights.values()) == {_COMMON}:
        found["&"] = _with_all(rows, words)
    shared: dict[UUID, float] = defaultdict(float)
    for word, ids in found.items():
        for key in ids:
            shared[key] += weights.get(word, 1.0)
    best = sorted(set(shared).difference(without), key=lambda key: (shared[key], key), reverse=True)[:_COMPARED]
    compared = [(_similarity(row.words, weights), row) for row in _with_words(rows, best)]
    similar = sorted((pair for pair in compared if pair[0] >= _LEAST_SIMILAR), key=lambda pair: (-pair[0], pair[1].pk))
    stories = _stories_by_claim([row.pk for _, row in similar[:limit]], reader)
    return [
        RelatedClaim(row, round(similarity, 2), differences_between(text, row.text), stories[row.pk])
        for similarity, row in similar[:limit]
    ]


def differences_between(text: str, other: str) -> Comparison:
    """How two claims differ, by the newsroom's language."""
    return claim_differences.compare(text, other, language=settings.PUBLISHER_LANGUAGE)


def _open_claims(reader: ActorFacts, desk: UUID | None) -> QuerySet[Any]:
    """The claims that one may still use."""
    rows = search.visible("claim", reader).filter(dropped_at=None, merged_into=None)
    return rows if desk is None else rows.filter(desk=desk)


def _words(text: str, *, using: str) -> list[str]:
    """The stemmed words of the text that say something, the longest first."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT tsvector_to_array(to_tsvector('{CONFIGURATION}', %s))", [text])
        (words,) = cursor.fetchone()
    return sorted(filter(_WORD.fullmatch, words), key=lambda word: (-len(word), word))[:_MAX_WORDS]


def _query(word: str) -> SearchQuery:
    return SearchQuery(f"'{word}'", config="simple", search_type="raw")  # it is stemmed already


def _claims_by_word(rows: QuerySet[Any], words: list[str]) -> dict[str, list[UUID]]:
    """The newest claims with each word, by one query."""
    found: dict[str, list[UUID]] = {word: [] for word in words}
    first, *others = (
        rows.filter(search__vector=_query(word))
        .annotate(found_by=Value(word, output_field=TextField()))
        .order_by("-pk")
        .values_list("found_by", "pk")[:_PER_WORD]
        for word in words
    )
    for word, key in first.union(*others, all=True) if others else first:
        found[word].append(key)
    return found


def _with_all(rows: QuerySet[Any], words: list[str]) -> list[UUID]:
    """The newest claims with all of these common words, which may be older than the newest with each."""
    query = reduce(and_, map(_query, words))
    return list(rows.filter(search__vector=query).order_by("-pk").values_list("pk", flat=True)[:_PER_WORD])


def _with_words(rows: QuerySet[Any], keys: Collection[UUID]) -> QuerySet[Any]:
    """These claims, each with the stemmed words of its text."""
    array: Any = ArrayField(TextField())
    words = Func(F("search__vector"), function="tsvector_to_array", output_field=array)
    return rows.filter(pk__in=keys).select_related("desk").annotate(words=words)


def _similarity(words: Collection[str], weights: dict[str, float]) -> float:
    """The share of the words of both that they have in common, where rare words count more."""
    shared = sum(weights.get(word, 0.0) for word in words)
    added = sum(_UNKNOWN for word in words if word not in weights)
    return shared / (sum(weights.values()) + added)


def _stories_by_claim(claims: Collection[UUID], reader: ActorFacts) -> dict[UUID, list[Story]]:
    """The newest stories that use each claim and that the reader may see."""
    newest = ClaimUse.objects.filter(story__in=Story.objects.all().visible_to(reader)).select_related("story")
    uses = Prefetch("uses", newest.order_by("-story")[:_MAX_STORIES], to_attr="visible_uses")
    rows: Any = Claim.objects.filter(pk__in=claims).prefetch_related(uses)
    return {row.pk: [use.story for use in row.visible_uses] for row in rows}
