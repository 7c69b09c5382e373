"""Affiliates: sources tied to others by employment, agency or ownership, over any number of steps: a party's house."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from editorial.models.evidence import source_ties


def closure(source_ids: Iterable[UUID]) -> set[UUID]:
    """These sources, and all that are tied to one of them, or are the same person, in either direction."""
    with connection.cursor() as cursor:
        cursor.execute(source_ties.HOUSE, {"ids": list(source_ids)})
        return {key for (key,) in cursor.fetchall()}
