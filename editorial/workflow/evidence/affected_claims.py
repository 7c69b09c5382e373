"""Claims to reassess after a change to a source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from editorial import outbox
from editorial.models import Claim, MessageKind, Source
from editorial.workflow.evidence import identities

RELATION_FIELDS = ("org", "speaks_for", "parent", "author", "issuer")
"""The fields of a source that refer to another source."""


def enqueue_assessments(claims: Iterable[UUID | str], now: datetime) -> None:
    """Enqueue one assessment for each claim."""
    for claim in sorted({str(claim) for claim in claims}):
        outbox.send(MessageKind.ASSESS_CLAIM, claim, now=now)


def reassess_affected(source: Source, now: datetime, also: Iterable[str] = ()) -> None:
    """Reassess every claim in which the source, its aliases or a related source speaks or has a stake."""
    same = identities.aliases_of(source)
    tied = _related_to(same)
    # A document inherits its author's and issuer's affiliations, so a change to those affects it too.
    near = {*same, *tied, *Source.objects.filter(Q(author__in=tied) | Q(issuer__in=tied)).values_list("pk", flat=True)}
    touched = Claim.objects.filter(
        Q(statements__source__in=near) | Q(statements__informant__in=near) | Q(adverse_links__source__in=near)
    )
    asked = Claim.objects.filter(reply_requests__to__in=near)
    keys = set(touched.values_list("pk", flat=True)) | set(asked.values_list("pk", flat=True))
    enqueue_assessments([*keys, *also], now)


def _related_to(sources: list[UUID]) -> list[UUID]:
    ties = Q()
    for tie in RELATION_FIELDS:
        ties |= Q(**{f"{tie}__in": sources})
    return list(Source.objects.filter(ties).values_list("pk", flat=True))
