"""Affiliates: sources tied to others by employment, agency or ownership, over any number of steps: a party's house."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from editorial.models import Source

TIES = ("org", "speaks_for", "parent")
"""The fields that tie a source to another of its house."""


def closure(source_ids: Iterable[UUID]) -> set[UUID]:
    """These sources, and all that are tied to one of them in either direction."""
    house, fresh = set[UUID](), set(source_ids)
    while fresh:
        house |= fresh
        near = Source.objects.filter(reduce(or_, (Q(**{f"{tie}__in": fresh}) for tie in TIES), Q(pk__in=fresh)))
        rows = near.values_list("pk", *(f"{tie}_id" for tie in TIES))
        fresh = {key for row in rows for key in row if key} - house
    return house
