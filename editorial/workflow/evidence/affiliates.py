"""Affiliates: sources tied to others by employment, agency or ownership, over any number of steps: a party's house."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from editorial.models import Source

# One person may have several records, each with other ties: a house consists of people, so that these are followed too.
_TIES = ("org", "speaks_for", "parent", "merged_into")


def closure(source_ids: Iterable[UUID]) -> set[UUID]:
    """These sources, and all that are tied to one of them, or are the same person, in either direction."""
    house, keys = set[UUID](), set[str]()
    new_ids, new_keys = set(source_ids), set[str]()
    while new_ids or new_keys:
        house |= new_ids
        keys |= new_keys
        # The second condition on the key lets PostgreSQL use the index, however many keys there are.
        near = [Q(**{f"{tie}__in": new_ids}) for tie in _TIES]
        near += [Q(pk__in=new_ids), Q(key__in=new_keys) & ~Q(key="")]
        found = Source.objects.filter(reduce(or_, near)).order_by()
        rows = list(found.values_list("key", "pk", *(f"{tie}_id" for tie in _TIES)))
        new_ids = {name for _, *names in rows for name in names if name} - house
        new_keys = {key for key, *_ in rows if key} - keys
    return house
