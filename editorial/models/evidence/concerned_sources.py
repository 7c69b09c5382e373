"""The unnamed sources that a claim concerns: whose name its words may contain, now or formerly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

# Row history is read, because words stay when evidence moves: a statement to another source or claim, a party off the
# claim, a member out of a compound. The lateral joins make PostgreSQL use the indexes: of the recursive part it expects
# many more rows than there are.
_CONCERNED = """
WITH RECURSIVE related(claim_id, id) AS (
    SELECT id, id FROM unnest(%s::uuid[]) id
    UNION SELECT related.claim_id, link.id FROM related CROSS JOIN LATERAL (
        SELECT member_id FROM editorial_compoundmemberevent WHERE compound_id = related.id
        UNION ALL SELECT carried_id FROM editorial_carriedclaimevent WHERE utterance_id = related.id
        UNION ALL SELECT merged_into_id FROM editorial_claim WHERE id = related.id AND merged_into_id IS NOT NULL
        UNION ALL SELECT id FROM editorial_claim WHERE merged_into_id = related.id) link(id))
SELECT DISTINCT related.claim_id, source.id, source.desk_id FROM related CROSS JOIN LATERAL (
    SELECT source_id FROM editorial_statementevent WHERE claim_id = related.id
    UNION SELECT informant_id FROM editorial_statementevent WHERE claim_id = related.id
    UNION SELECT source_id FROM editorial_adversepartyevent WHERE claim_id = related.id
    UNION SELECT request.to_id FROM editorial_replyrequestclaim link
        JOIN editorial_replyrequest request ON request.id = link.request_id WHERE link.claim_id = related.id
) concerned(id)
JOIN editorial_source source ON source.id = concerned.id WHERE source.unnamed
"""


@dataclass(frozen=True, slots=True)
class ConcernedSource:
    """An unnamed source that a claim concerns."""

    claim_id: UUID
    source_id: UUID
    desk_id: UUID


def of_claims(claim_ids: Iterable[UUID]) -> list[ConcernedSource]:
    """The unnamed sources that speak on these claims, inform a speaker, are accused or were asked for comment.

    On all that the claims contain and on what was merged with them, as well; now or formerly.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, [[str(key) for key in claim_ids]])
        return [ConcernedSource(*row) for row in cursor.fetchall()]
