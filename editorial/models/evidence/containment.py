"""Containment: a compound contains its parts, and an utterance the claims that it carries, at any depth.

A story that uses a claim uses what it contains. The rule is in two SQL functions, because triggers need it, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, models


def contained_ids(claim_ids: Iterable[UUID | str]) -> set[UUID]:
    """These claims and all that they contain."""
    return _ids("SELECT contained_claims(%s::uuid[])", _keys(claim_ids))


def used_ids(story_id: UUID) -> set[UUID]:
    """The claims that the story uses, and all that they contain."""
    return _ids("SELECT contained_claims(ARRAY(SELECT claim_id FROM editorial_claimuse WHERE story_id = %s))", story_id)


def containing_ids(claim_ids: Iterable[UUID | str]) -> set[UUID]:
    """These claims and all that contain them."""
    return _ids("SELECT container_id FROM containing_claims(%s::uuid[])", _keys(claim_ids))


def containers_by_claim(claim_ids: Iterable[UUID | str]) -> list[tuple[UUID, UUID]]:
    """Each of these claims with each claim that contains it, itself included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claim_id, container_id FROM containing_claims(%s::uuid[])", [_keys(claim_ids)])
        return cursor.fetchall()


def all_containing(*claims: Any) -> models.Func:
    """Every claim that contains one of these, within a query: `claim__in=all_containing(OuterRef("claim"))`."""
    return models.Func(
        *(models.Value(claim, models.UUIDField()) if isinstance(claim, UUID) else claim for claim in claims),
        # As an array, of which PostgreSQL expects few elements: of the recursive function it expects a thousand rows,
        # for which it reads whole tables.
        template="(SELECT unnest(ARRAY(SELECT container_id FROM containing_claims(ARRAY[%(expressions)s]::uuid[]))))",
        output_field=models.UUIDField(),
    )


def _ids(query: str, value: UUID | list[str]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(query, [value])
        return {key for (key,) in cursor.fetchall()}


def _keys(claim_ids: Iterable[UUID | str]) -> list[str]:
    return [str(key) for key in claim_ids]
