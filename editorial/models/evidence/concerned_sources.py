"""The unnamed sources that a claim concerns: whose name its words may contain, now or formerly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

# Row history is read, because words stay when evidence moves: a statement to another source or claim, a party off the
# claim, a member out of a compound, an author off a document. The lateral joins make PostgreSQL use the indexes: of the
# recursive part it expects many more rows than there are.
_RELATED = """
WITH RECURSIVE related(claim_id, id) AS (
    SELECT id, id FROM unnest(%s::uuid[]) id
    UNION SELECT related.claim_id, link.id FROM related CROSS JOIN LATERAL (
        SELECT member_id FROM editorial_compoundmemberevent WHERE compound_id = related.id
        UNION ALL SELECT carried_id FROM editorial_carriedclaimevent WHERE utterance_id = related.id
        UNION ALL SELECT merged_into_id FROM editorial_claim WHERE id = related.id AND merged_into_id IS NOT NULL
        UNION ALL SELECT id FROM editorial_claim WHERE merged_into_id = related.id) link(id))
"""

# Ties are followed from a source to those it refers to only: if the staff of an accused office were concerned, any desk
# could find out by a request to it that the office employs an unnamed source.
_CONCERNED = f"""{_RELATED},
concerned(claim_id, id) AS (
    SELECT related.claim_id, source.id FROM related CROSS JOIN LATERAL (
        SELECT source_id FROM editorial_statementevent WHERE claim_id = related.id
        UNION SELECT informant_id FROM editorial_statementevent WHERE claim_id = related.id
        UNION SELECT source_id FROM editorial_adversepartyevent WHERE claim_id = related.id
        UNION SELECT request.to_id FROM editorial_replyrequestclaim link
            JOIN editorial_replyrequest request ON request.id = link.request_id WHERE link.claim_id = related.id
    ) source(id) WHERE source.id IS NOT NULL
    UNION SELECT concerned.claim_id, tie.id FROM concerned CROSS JOIN LATERAL (
        SELECT unnest(ARRAY[org_id, speaks_for_id, parent_id, author_id, issuer_id])
        FROM editorial_sourceevent WHERE pgh_obj_id = concerned.id
    ) tie(id) WHERE tie.id IS NOT NULL)
SELECT DISTINCT concerned.claim_id, source.id, source.desk_id FROM concerned
JOIN editorial_source source ON source.id = concerned.id WHERE source.unnamed
"""  # noqa: S608

# Who the respondent is does not matter: an answer that depended on it would confirm a guess.
_RESPONDENTS = f"""{_RELATED}
SELECT DISTINCT related.claim_id, claim.desk_id FROM related
JOIN editorial_claim claim ON claim.id = related.id
JOIN editorial_replyrequestclaim link ON link.claim_id = related.id
JOIN editorial_replyrequest request ON request.id = link.request_id AND request.respondent_unnamed
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class ConcernedSource:
    """An unnamed source that a claim concerns."""

    claim_id: UUID
    source_id: UUID
    desk_id: UUID


def of_claims(claim_ids: Iterable[UUID]) -> list[ConcernedSource]:
    """The unnamed sources that speak on these claims, inform a speaker, are accused or were asked for comment.

    Likewise those to which such a source is tied, as a document to its author. On all that the claims contain and on
    what was merged with them, as well; now or formerly.
    """
    return [ConcernedSource(*row) for row in _rows(_CONCERNED, claim_ids)]


def desks_of_claims(claim_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Claim → the desks whose custodians know the unnamed sources that it concerns, and who replied about it."""
    keys = list(claim_ids)
    desks: dict[UUID, set[UUID]] = {key: set() for key in keys}
    for concerned in of_claims(keys):
        desks[concerned.claim_id].add(concerned.desk_id)
    for claim, desk in _rows(_RESPONDENTS, keys):
        desks[claim].add(desk)
    return desks


def _rows(query: str, claim_ids: Iterable[UUID]) -> list[tuple[UUID, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [[str(key) for key in claim_ids]])
        rows: list[tuple[UUID, ...]] = cursor.fetchall()
    return rows
