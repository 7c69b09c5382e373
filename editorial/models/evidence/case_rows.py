"""Everything that policy may use about some claims, read by one statement: the same for fifty claims as for one.

Each section is a list of rows as JSON: ids and times are text. It contains neither names nor texts that people wrote,
except those of tasks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from editorial.models.evidence import source_ties
from editorial.models.evidence.statements import ENDED_AT

Rows = dict[str, list[Any]]

_RELATIONS = "org_id, speaks_for_id, parent_id, author_id, issuer_id, merged_into_id"
"""References from source to source. The referenced sources are needed too, to resolve identities."""

# As an array, of which PostgreSQL expects few elements, so that it uses the index.
_CONCERNED = "ANY(ARRAY(SELECT id FROM concerned))"

# Who belongs to the accused matters only if somebody denies.
_ACCUSED_AND_DENIED = "SELECT source_id FROM parties WHERE EXISTS (SELECT FROM statements WHERE stance = 'denies')"
_NAMED = """SELECT named.id FROM (
            SELECT source_id FROM statements UNION SELECT informant_id FROM statements
            UNION SELECT source_id FROM parties UNION SELECT to_id FROM requests UNION SELECT id FROM house
        ) named(id) WHERE named.id IS NOT NULL"""
_RELATED = """SELECT id FROM related UNION SELECT id FROM editorial_source
        WHERE key <> '' AND key = ANY(ARRAY(SELECT respondent_key FROM requests WHERE respondent_key <> ''))"""

_CASE = f"""
    -- Each compound among the claims, and each compound of theirs. Compounds do not nest.
    parts AS (
        SELECT id, compound_id, member_id FROM editorial_compoundmember WHERE compound_id = ANY(%(claims)s::uuid[] ||
            ARRAY(SELECT compound_id FROM editorial_compoundmember WHERE member_id = ANY(%(claims)s::uuid[])))),
    concerned AS (
        SELECT unnest(%(claims)s::uuid[]) AS id UNION SELECT compound_id FROM parts UNION SELECT member_id FROM parts),
    -- A struck statement is treated as never recorded: it does not even link others.
    statements AS (
        SELECT id, claim_id, source_id, stance, directness, terms, informant_id, obtained_by, briefing_id, benefits_if,
            embargo_until, {", ".join(ENDED_AT.values())}, inducement, collector_conflict, translation,
            exhibit_id IS NOT NULL AS archived, collected_by_id, recorded_at
        FROM editorial_statement WHERE claim_id = {_CONCERNED} AND struck_at IS NULL),
    put AS (
        SELECT request_id, claim_id, reworded_at IS NOT NULL AS reworded FROM editorial_replyrequestclaim
        WHERE request_id = ANY(ARRAY(
            SELECT request_id FROM editorial_replyrequestclaim WHERE claim_id = {_CONCERNED}))),
    requests AS (
        SELECT id, to_id, outcome, sent_at, deadline_at, specific, reason, respondent_key
        FROM editorial_replyrequest WHERE id = ANY(ARRAY(SELECT request_id FROM put))),
    parties AS (SELECT id, claim_id, source_id FROM editorial_adverseparty WHERE claim_id = {_CONCERNED}),
    {source_ties.house(_ACCUSED_AND_DENIED)},
    related(id) AS (
        {source_ties.few(_NAMED)}
        UNION SELECT other.id FROM related CROSS JOIN LATERAL (
            SELECT unnest(ARRAY[{_RELATIONS}]) FROM editorial_source WHERE id = related.id
        ) other(id) WHERE other.id IS NOT NULL),
    {source_ties.persons(_RELATED)}
"""

_CASE_SECTIONS = {
    "parts": "SELECT compound_id, member_id FROM parts ORDER BY id",
    "claims": f"SELECT id, kind, risk, needs_context FROM editorial_claim WHERE id = {_CONCERNED}",
    "parties": "SELECT claim_id, source_id FROM parties ORDER BY id",
    "settled": f"SELECT claim_id, source_id, effect FROM editorial_dispositiveevidence WHERE claim_id = {_CONCERNED}",
    "restrictions": f"""SELECT claim_id, kind, until FROM editorial_restriction
        WHERE claim_id = {_CONCERNED} AND lifted_at IS NULL ORDER BY restricted_at, id""",
    "carried": f"""SELECT link.utterance_id, link.carried_id FROM editorial_carriedclaim link
        JOIN editorial_claim utterance ON utterance.id = link.utterance_id AND utterance.kind = 'utterance'
        WHERE link.utterance_id = {_CONCERNED} AND link.carried_id = {_CONCERNED} ORDER BY link.id""",
    "statements": "SELECT * FROM statements ORDER BY recorded_at, id",
    "relays": """SELECT relay.derived_id, relay.origin_id FROM editorial_relay relay
        JOIN statements origin ON origin.id = relay.origin_id
        WHERE relay.derived_id = ANY(ARRAY(SELECT id FROM statements))""",
    "requests": "SELECT * FROM requests ORDER BY sent_at DESC",
    "put": "SELECT * FROM put",
    "sources": f"""SELECT id, type, reliability, unnamed, key, editor_knows, benefits_if, camp, authenticated,
        authenticity, {_RELATIONS} FROM editorial_source WHERE id = ANY(ARRAY(SELECT id FROM related))""",
    "persons": """SELECT id, key, merged_into_id FROM editorial_source
        WHERE id = ANY(ARRAY(SELECT id FROM persons)) AND (key <> '' OR merged_into_id IS NOT NULL)""",
    "tasks": f"SELECT * FROM editorial_reviewtask WHERE claim_id = {_CONCERNED} ORDER BY opened_at, id",
}

_REVIEW = """,
    containers AS (SELECT claim_id, container_id FROM containing_claims(ARRAY(SELECT id FROM concerned)))
"""
_CONTAINERS = "ANY(ARRAY(SELECT container_id FROM containers))"

_REVIEW_SECTIONS = {
    "policies": """SELECT id FROM editorial_corroborationpolicy WHERE in_force_at <= %(now)s
        ORDER BY version DESC LIMIT 1""",
    "signoffs": f"""SELECT * FROM editorial_signoff
        WHERE claim_id = {_CONCERNED} AND state IN ('proposed', 'approved') ORDER BY proposed_at DESC""",
    "assessments": """SELECT last.* FROM unnest(%(claims)s::uuid[]) claim CROSS JOIN LATERAL (
        SELECT id, claim_id, number, policy_id, finding, basis, contested, origins, independent, against, hangs_on,
            digest FROM editorial_assessment WHERE claim_id = claim ORDER BY number DESC LIMIT 1) last""",
    "containers": "SELECT claim_id, container_id FROM containers",
    "uses": f"""SELECT used.claim_id, story.id, story.status, used.draft FROM (
        SELECT claim_id, story_id, true AS draft FROM editorial_claimuse WHERE claim_id = {_CONTAINERS}
        UNION ALL SELECT claim_id, story_id, false FROM editorial_publisheduse WHERE claim_id = {_CONTAINERS}
        ) used JOIN editorial_story story ON story.id = used.story_id""",
}


def _query(tables: str, sections: dict[str, str]) -> str:
    lists = ", ".join(
        f"'{name}', (SELECT coalesce(json_agg(section), '[]') FROM ({rows}) section)" for name, rows in sections.items()
    )
    # The outermost word is SELECT: pghistory sets its context before anything else.
    return f"SELECT (WITH RECURSIVE {tables} SELECT json_build_object({lists})::text)"


_CASE_QUERY = _query(_CASE, _CASE_SECTIONS)
_REVIEW_QUERY = _query(_CASE + _REVIEW, _CASE_SECTIONS | _REVIEW_SECTIONS)


def read(claim_ids: Iterable[UUID | str]) -> Rows:
    """The rows about these claims, their compounds, and all parts of those."""
    return _rows(_CASE_QUERY, claim_ids)


def read_for_reassessment(claim_ids: Iterable[UUID | str], *, now: datetime) -> Rows:
    """The same, with what a reassessment compares them with.

    The policy in force, live sign-offs, last assessments (without groups), and the stories that use a claim or one that
    contains it.
    """
    return _rows(_REVIEW_QUERY, claim_ids, now=now)


def _rows(query: str, claim_ids: Iterable[UUID | str], **values: Any) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(query, {"claims": [str(key) for key in claim_ids], **values})
        rows: Rows = json.loads(cursor.fetchone()[0])
        return rows
