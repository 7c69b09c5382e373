"""Claims to reassess after a change to a source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from editorial import outbox
from editorial.models import Claim, MessageKind, Source
from editorial.models.evidence import source_ties
from editorial.models.unions import keys_of_any
from editorial.workflow.evidence import identities

RELATION_FIELDS = ("org", "speaks_for", "parent", "author", "issuer")
"""The fields of a source that refer to another source."""


def enqueue_assessments(claims: Iterable[UUID | str], now: datetime) -> None:
    """Enqueue one assessment for each claim."""
    for claim in sorted({str(claim) for claim in claims}):
        outbox.send(MessageKind.ASSESS_CLAIM, claim, now=now)


def reassess_affected(source: Source, now: datetime, also: Iterable[str] = (), *, whole_house: bool = False) -> None:
    """Reassess every claim in which the source, its aliases or a related source speaks or has a stake.

    `whole_house`: the source's identity or ties have changed, which may give everybody tied to it another interest.
    """
    aliases = identities.aliases_of(source)
    related = [*house_of(aliases)] if whole_house else _related_to(aliases)
    # A document inherits its author's and issuer's affiliations, so a change to those affects it too.
    documents = Source.objects.filter(Q(author__in=related) | Q(issuer__in=related))
    affected = {*aliases, *related, *documents.values_list("pk", flat=True)}
    concerned = keys_of_any(
        Claim.objects.all(),
        Q(statements__source__in=affected),
        Q(statements__informant__in=affected),
        Q(adverse_links__source__in=affected),
        Q(reply_requests__to__in=affected),
    )
    enqueue_assessments([*(row["pk"] for row in concerned), *also], now)


def house_of(source_ids: Iterable[UUID]) -> set[UUID]:
    """These sources, and all that employment, agency or ownership ties to one of them, or that are the same person."""
    with connection.cursor() as cursor:
        cursor.execute(source_ties.HOUSE, {"ids": list(source_ids)})
        return {key for (key,) in cursor.fetchall()}


def _related_to(sources: list[UUID]) -> list[UUID]:
    relations = Q()
    for field in RELATION_FIELDS:
        relations |= Q(**{f"{field}__in": sources})
    return list(Source.objects.filter(relations).values_list("pk", flat=True))
