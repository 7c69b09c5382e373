"""The database, read in one query, as a state of the model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from tests.proofs.model.spec.state import State

# table of the model → (key, columns as SQL, from)
_READ = {
    "claim": (
        "id",
        "desk_id AS desk, kind, risk, text, status, contested, dropped_at IS NOT NULL AS dropped, "
        "merged_into_id AS merged_into, version",
        "editorial_claim",
    ),
    "part": ("compound_id||'/'||member_id", "compound_id AS whole, member_id AS part", "editorial_compoundmember"),
    "carry": (
        "utterance_id||'/'||carried_id",
        "utterance_id AS utterance, carried_id AS carried",
        "editorial_carriedclaim",
    ),
    "adverse": ("claim_id||'/'||source_id", "claim_id AS claim, source_id AS source", "editorial_adverseparty"),
    "source": (
        "id",
        "type, desk_id AS desk, reliability, unnamed, key, editor_knows, org_id AS org, speaks_for_id AS speaks_for, "
        "parent_id AS parent, author_id AS author, issuer_id AS issuer, benefits_if, camp, authenticated, "
        "authenticity, registered_by_id AS registered_by, merged_into_id AS merged_into, version",
        "editorial_source",
    ),
    "sealed": (
        "source_id",
        "source_id AS source, encrypted_at AS at",
        "editorial_identityrecord WHERE replaced_at IS NULL",
    ),
    "dispositive_evidence": (
        "source_id||'/'||claim_id||'/'||effect",
        "source_id AS source, claim_id AS claim, effect",
        "editorial_dispositiveevidence",
    ),
    "statement": (
        "id",
        "id, claim_id AS claim, source_id AS source, stance, directness, informant_id AS informant, terms, "
        "obtained_by, briefing_id AS briefing, benefits_if, embargo_until, embargo_lifted_at IS NOT NULL AS lifted, "
        "CASE WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN retracted_at IS NOT NULL THEN 'retracted' "
        "WHEN corrected_at IS NOT NULL THEN 'corrected' WHEN superseded_at IS NOT NULL THEN 'superseded' END AS ended, "
        "ended_by_id AS ended_by, struck_at IS NOT NULL AS struck, inducement, collector_conflict, translation, "
        "exhibit_id IS NOT NULL AS archived, collected_by_id AS collected_by, reply_request_id AS request, version",
        "editorial_statement",
    ),
    "briefing": ("id", "desk_id AS desk, name", "editorial_briefing"),
    "relay": ("id", "id, derived_id AS derived, origin_id AS origin", "editorial_relay"),
    "request": (
        "id",
        'id, to_id AS "to", sent_at, deadline_at, deadline_passed_at IS NOT NULL AS expired, outcome, reason, '
        "respondent_key, no_statement_reason, sent_by_id AS sent_by",
        "editorial_replyrequest",
    ),
    "cover": (
        "request_id||'/'||claim_id",
        "request_id AS request, claim_id AS claim, text, reworded_at IS NOT NULL AS reworded",
        "editorial_replyrequestclaim",
    ),
    "task": (
        "id",
        "id, claim_id AS claim, queue, kind, subject, because::text AS because, state, taken_by_id AS taken_by, "
        "lease_until, due_at, overdue_at IS NOT NULL AS overdue, urgency",
        "editorial_reviewtask",
    ),
    "signoff": (
        "id",
        "id, claim_id AS claim, kind, state, finding, proposed_by_id AS proposed_by, decided_by_id AS decided_by",
        "editorial_signoff",
    ),
    "story": (
        "id",
        "desk_id AS desk, status, gate, remedy, publish_at, planned_at, cleared_by_id AS cleared_by, correction_at, "
        "correction_by_id AS correction_by, version, (SELECT number FROM editorial_storyrevision r "
        "WHERE r.id = published_revision_id) AS printed_revision, (SELECT max(at) FROM editorial_event e "
        "WHERE e.stream = 'story:'||s.id AND action = 'story.schedule_correction') AS correction_planned_at",
        "editorial_story s",
    ),
    "author": ("story_id||'/'||user_id", 'story_id AS story, user_id AS "user"', "editorial_storyauthor"),
    "ever_author": (
        "story_id||'/'||user_id",
        'story_id AS story, user_id AS "user"',
        "editorial_storyauthorevent",
    ),
    "revision": (
        "story_id||'/'||number",
        "story_id AS story, number, body, revised_by_id AS by",
        "editorial_storyrevision",
    ),
    "use": (
        "story_id||'/'||claim_id",
        "story_id AS story, claim_id AS claim, mode, central, stated_source_count AS says",
        "editorial_claimuse",
    ),
    "reliance": (
        "u.story_id||'/'||u.claim_id||'/'||r.statement_id",
        "u.story_id AS story, u.claim_id AS claim, r.statement_id AS statement",
        "editorial_useevidence r JOIN editorial_claimuse u ON u.id = r.use_id",
    ),
    "printed": (
        "story_id||'/'||claim_id",
        "story_id AS story, claim_id AS claim, mode, finding, central, contested, stated_source_count AS says",
        "editorial_publisheduse",
    ),
    "tick": (
        "t.story_id||'/'||r.number||'/'||t.claim_id||'/'||t.code",
        "t.story_id AS story, r.number AS number, t.claim_id AS claim, t.code AS code, t.confirmed_by_id AS by",
        "editorial_conditioncheck t JOIN editorial_storyrevision r ON r.id = t.revision_id",
    ),
    "no_claims": (
        "r.story_id||'/'||r.number",
        "r.story_id AS story, r.number AS number, n.confirmed_by_id AS by",
        "editorial_noclaimscheck n JOIN editorial_storyrevision r ON r.id = n.revision_id",
    ),
    "override": (
        "o.story_id||'/'||r.number||'/'||o.code",
        "o.story_id AS story, r.number AS number, o.code AS code, o.overridden_by_id AS by",
        "editorial_gateoverride o JOIN editorial_storyrevision r ON r.id = o.revision_id",
    ),
    "correction": (
        "id",
        "id, story_id AS story, remedy, closed_at IS NOT NULL AS closed, closed_by_id AS closed_by, due_at, "
        "overdue_at IS NOT NULL AS overdue",
        "editorial_correction",
    ),
    "owed": (
        "correction_id||'/'||claim_id",
        "correction_id AS correction, claim_id AS claim",
        "editorial_correction_claims",
    ),
    "policy": ("version", "version, in_force_at", "editorial_corroborationpolicy"),
}


def _select() -> str:
    reads = (
        f"'{table}', (SELECT coalesce(json_object_agg(k, row_to_json(r)::jsonb - 'k'), '{{}}') "  # noqa: S608
        f"FROM (SELECT {key} AS k, {columns} FROM {source}) r)"
        for table, (key, columns, source) in _READ.items()
    )
    return f"SELECT json_build_object({', '.join(reads)})::text"


_SELECT = _select()


def read_state(now: datetime) -> State:
    """The current state of the database."""
    with connection.cursor() as cursor:
        cursor.execute(_SELECT)
        (document,) = cursor.fetchone()
    return State(json.loads(document), now)


class EventLog:
    """The newsroom's new events."""

    def __init__(self) -> None:
        self.chains: dict[str, list[str]] = {}  # stream → actions
        self.written = 0  # number of jobs so far
        self._seen: set[UUID] = set()

    def new_events(self) -> list[LoggedEvent]:
        """The events since the last call. The numbers of a chain have no gap."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM editorial_outboxmessage")
            (self.written,) = cursor.fetchone()
            # Ids created within a few milliseconds are unordered, so the last ones are read again.
            newest = max(self._seen, default=UUID(int=0))
            floor = UUID(int=max(0, newest.int - (2000 << 80)))
            cursor.execute(
                "SELECT id, stream, number, action, actor_id FROM editorial_event WHERE id > %s "
                "ORDER BY stream, number",
                [floor],
            )
            rows = [row for row in cursor.fetchall() if row[0] not in self._seen]
        for key, stream, number, action, _ in rows:
            chain = self.chains.setdefault(stream, [])
            assert number == len(chain) + 1, f"the events of {stream} have a gap before {number} ({action})"
            chain.append(action)
            self._seen.add(key)
        return [LoggedEvent(stream, action, str(actor) if actor else None) for _, stream, _, action, actor in rows]


@dataclass(frozen=True)
class LoggedEvent:
    """An event: its object, its action, and its actor (None: the system)."""

    stream: str
    action: str
    actor: str | None
