"""Fill an empty database with claims.

Written by SQL in a few minutes, where actions would take a day. Row triggers are off meanwhile, so most history tables
stay empty; everything that lists and queues read exists: each claim with a statement, an assessment, an open task,
an ended one, an event, a finished job, and its place in the change log. Others have what only some have; two have 80
and 1,000 statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from editorial.models import Claim, CorroborationPolicy, Desk, Membership, User
from editorial.models.ops import change_log
from editorial.models.search_documents import SEARCHED
from editorial.workflow.review import assessments
from tests.support import schema, servers
from tests.support.cast import Room, create_people

DESKS = ("politics", "city", "sport", "investigations")
CROWDED = {1: 80, 3: 1_000}
"""The claims, by their number, that have so many statements."""

_WORDS = [
    *("minister", "harbour", "budget", "call", "letter", "meeting", "visit", "contract"),
    *("bridge", "envoy", "fund", "vote", "island", "treaty", "airport", "bank"),
]

_TABLES = (
    "source",
    "claim",
    "statement",
    "assessment",
    "reviewtask",
    "story",
    "storyrevision",
    "storyauthor",
    "claimuse",
    "claimvisibility",
    "event",
    "signoff",
    "publisheduse",
    "correction",
    "replyrequest",
    "replyrequestclaim",
    "receivedanswer",
    "adverseparty",
    "compoundmember",
    "exhibit",
    "notification",
    "outboxmessage",
    "relay",
    "briefing",
    "import",
    "importrow",
    "signin",
    "comment",
    "commentrevision",
    *(f"{kind}searchdocument" for kind in SEARCHED),
)

_FILL_SQL = """
CREATE TEMP TABLE filler AS
    SELECT n, uuidv7(make_interval(secs => (n - {claims} - 60))) AS claim,
        uuidv7(make_interval(secs => (n - {claims} - 59))) AS statement,
        now() + make_interval(secs => (n - {claims} - 60)) AS at,
        CASE WHEN n % 1000 = 0 THEN {investigations} WHEN n % 100 < 60 THEN {politics}
             WHEN n % 100 < 90 THEN {city} ELSE {sport} END AS desk,
        CASE WHEN n % 101 = 0 THEN {rosa} ELSE {ruben} END AS person
    FROM generate_series(1, {claims}) AS n;
CREATE TEMP TABLE origin AS
    SELECT n, uuidv7(make_interval(secs => -{claims})) AS id FROM generate_series(0, {claims} / 4) AS n;
CREATE INDEX ON origin (n);
ANALYZE filler, origin;

INSERT INTO editorial_source (id, version, type, name, description, reliability, unnamed, key, editor_knows,
        benefits_if, camp, authenticated, registered_at, desk_id, registered_by_id)
    SELECT id, 1, 'person', 'Witness ' || n, '', 'B', false, '', false, '', '', false, now(), {politics}, {ruben}
    FROM origin;

INSERT INTO editorial_claim (id, version, text, kind, risk, status, contested, filed_at, filed_by_id, desk_id)
    SELECT claim, 1, format('The %s saw the %s about the %s, number %s.', {words}, {words_}, {words__}, n), 'content',
        (ARRAY['routine', 'contentious', 'serious'])[1 + n % 3],
        CASE WHEN n % 10 = 0 THEN 'verified' ELSE 'under_investigation' END, n % 25 = 0, at, person, desk
    FROM filler;

INSERT INTO editorial_statement (id, version, stance, directness, terms, obtained_by, benefits_if, quote, recorded_at,
        claim_id, collected_by_id, source_id)
    SELECT statement, 1, 'affirms', 'first_hand', 'on_record', 'us', '', '', at, claim, person, origin.id
    FROM filler JOIN origin ON origin.n = filler.n / 4;

INSERT INTO editorial_statement (id, version, stance, directness, terms, obtained_by, benefits_if, quote, recorded_at,
        claim_id, collected_by_id, source_id)
    SELECT uuidv7(make_interval(secs => -{claims})), 1, 'affirms',
        CASE WHEN origin.n % 2 = 0 THEN 'relayed' ELSE 'first_hand' END, 'on_record', 'us',
        '', '', at, claim, person, origin.id
    FROM filler JOIN (VALUES {crowded}) AS crowded (number, statements) ON n = number
        JOIN origin ON origin.n BETWEEN 1 AND statements - 1;

INSERT INTO editorial_assessment (id, number, finding, basis, contested, origins, independent, against, missing,
        hangs_on, groups, digest, assessed_at, claim_id, policy_id)
    SELECT uuidv7(), 1, CASE WHEN n % 10 = 0 THEN 'verified' ELSE 'under_investigation' END, '', n % 25 = 0, 1, 1, 0,
        '[]', '[]', '{{}}', repeat('0', 64), at, claim, {policy}
    FROM filler;

INSERT INTO editorial_reviewtask (id, queue, kind, subject, question, because, state, urgency, opened_at, due_at,
        ended_at, note, claim_id)
    SELECT uuidv7(make_interval(secs => (n - {claims} - 60))), 'corroborate', 'SEEK_INDEPENDENT',
        '', 'Find a second witness.', '[]'::jsonb, 'open',
        10 * (1 + n % 3), at, now() + make_interval(mins => CASE WHEN n % 500 = 0 THEN -n ELSE n + 60 END),
        NULL::timestamptz, '', claim
    FROM filler
    UNION ALL
    SELECT uuidv7(make_interval(secs => (n - {claims} - 60))), 'investigate', 'TRACE_ROOT',
        statement::text, 'Find the origin.', '[]'::jsonb, 'found', 10, at,
        at + interval '1 day', at, '', claim
    FROM filler;

INSERT INTO editorial_story (id, version, headline, status, gate, remedy, pitched_at, publish_time_zone, desk_id,
        pitched_by_id)
    SELECT claim, 1, 'Story ' || n, 'draft', 'block', '', at, '', desk, person FROM filler WHERE n % 4 = 1;
INSERT INTO editorial_storyrevision (id, number, headline, body, revised_at, revised_by_id, story_id)
    SELECT uuidv7(), 1, 'Story ' || n, 'It was seen.', at, person, claim FROM filler WHERE n % 4 = 1;
INSERT INTO editorial_storyauthor (id, story_id, user_id) SELECT uuidv7(), claim, person FROM filler WHERE n % 4 = 1;
INSERT INTO editorial_claimuse (id, mode, central, claim_id, story_id)
    SELECT uuidv7(), 'attributed', false, used.claim, told.claim
    FROM filler told, generate_series(0, 2) further, filler used WHERE told.n % 4 = 1 AND used.n = told.n + further;
INSERT INTO editorial_claimvisibility (claim_id, desk_id)
    SELECT claim, desk FROM filler
    UNION
    SELECT used.claim, told.desk FROM filler told, generate_series(0, 2) further, filler used
        WHERE told.n % 4 = 1 AND used.n = told.n + further;

-- As if each had been written by a transaction of its own.
INSERT INTO editorial_event (id, stream, number, action, at, data, previous, hash, actor_id, desk_id, position)
    SELECT uuidv7(make_interval(secs => (n - {claims} - 60))), 'claim:' || claim, 1, 'claim.file', at, '{{}}', '',
        repeat('0', 64), person, desk, n
    FROM filler;
INSERT INTO editorial_change (model, position, object_id) SELECT 'claim', n, claim FROM filler;
INSERT INTO editorial_change (model, position, object_id) SELECT 'statement', n, statement FROM filler;

-- What only some claims have.
INSERT INTO editorial_signoff (id, claim_id, kind, assessment_id, finding, state, proposed_by_id, proposed_at, reason)
    SELECT uuidv7(), claim_id, 'finding', id, 'verified', 'voided', {felix}, assessed_at, ''
    FROM editorial_assessment JOIN filler ON claim = claim_id WHERE n % 2 = 0;
INSERT INTO editorial_event (id, stream, number, action, at, data, previous, hash, actor_id, desk_id, position)
    SELECT uuidv7(), 'claim:' || claim, 2, 'signoff.propose', at, jsonb_build_object('signoff', id::text), '',
        repeat('0', 64), {felix}, desk, n
    FROM editorial_signoff JOIN filler ON claim = claim_id;
INSERT INTO editorial_publisheduse (id, story_id, claim_id, mode, finding, central, contested, text, published_at)
    SELECT uuidv7(), told.claim, used.claim, 'attributed', 'verified', false, false, '', told.at
    FROM filler told, generate_series(0, 2) further, filler used WHERE told.n % 4 = 1 AND used.n = told.n + further;
INSERT INTO editorial_correction (id, story_id, remedy, because, opened_at, due_at, text, closed_at)
    SELECT uuidv7(), claim, 'update', 'A source took it back.', at, at, 'We clarified.', at
    FROM filler, generate_series(1, 2) WHERE n % 4 = 1;
INSERT INTO editorial_replyrequest (id, to_id, question, channel, sent_at, deadline_at, deadline_passed_at, outcome,
        reason, respondent_key, answered_at, sent_by_id)
    SELECT statement, origin.id, 'Is it true?', '', at, at, at, 'declined', '', '', at, person
    FROM filler JOIN origin ON origin.n = filler.n / 4 WHERE filler.n % 2 = 0;
INSERT INTO editorial_replyrequestclaim (id, request_id, claim_id)
    SELECT uuidv7(), statement, claim FROM filler WHERE n % 2 = 0;
INSERT INTO editorial_receivedanswer (id, request_id, received_at, message_digest, message_encrypted, automatic,
        attachment_count, truncated, state, reason, decided_at, decided_by_id)
    SELECT claim, statement, at, '', '', n % 8 = 0, 0, false, CASE WHEN n % 64 = 0 THEN 'waiting' ELSE 'recorded' END,
        '', CASE WHEN n % 64 > 0 THEN at END, CASE WHEN n % 64 > 0 THEN person END FROM filler WHERE n % 4 = 0;
INSERT INTO editorial_adverseparty (id, claim_id, source_id)
    SELECT uuidv7(), claim, origin.id FROM filler JOIN origin ON origin.n = filler.n / 4 WHERE filler.n % 2 = 0;
INSERT INTO editorial_compoundmember (id, compound_id, member_id)
    SELECT uuidv7(), whole.claim, part.claim FROM filler whole JOIN filler part ON part.n = whole.n + 1
    WHERE whole.n % 2 = 0;
INSERT INTO editorial_exhibit (id, desk_id, title, url, text, file, content_type, size, sha256, attached_by_id,
        attached_at)
    SELECT uuidv7(), desk, 'Log ' || n, '', 'A page.', '', 'text/plain', 7, lpad(n::text, 64, '0'), person, at
    FROM filler WHERE n % 2 = 0;
INSERT INTO editorial_notification (id, event_id, user_id, subject, body, path, created_at, read_at)
    SELECT uuidv7(), id, actor_id, 'Filed', '', '/admin/', at, at FROM editorial_event
    WHERE actor_id IS NOT NULL;
INSERT INTO editorial_outboxmessage (id, kind, reference, state, attempts, created_at, available_at,
        started_at, done_at, error)
    SELECT uuidv7(), 'assess_claim', claim, 'done', 1, at, at, at, at, '' FROM filler;
INSERT INTO editorial_relay (id, derived_id, origin_id, recorded_by_id, recorded_at)
    SELECT uuidv7(), derived.statement, origin.statement, derived.person, derived.at
    FROM filler derived JOIN filler origin ON origin.n = derived.n + 1 WHERE derived.n % 4 = 0;
INSERT INTO editorial_briefing (id, name, desk_id, held_at)
    SELECT uuidv7(), 'Call ' || n, desk, at FROM filler WHERE n % 4 = 0;
INSERT INTO editorial_import (id, desk_id, kind, check_only, url, state, read_as, problem, row_count, filed, known,
        updated, refused, left_out, feed_url, started_by_id, started_at, ended_at)
    SELECT claim, desk, 'claims_sheet', false, '', 'done', '', '', 4, 4, 0, 0, 0, 0, '', person, at, at
    FROM filler WHERE n % 4 = 0;
INSERT INTO editorial_importrow (id, batch_id, number, state, data, claim_id, reasons)
    SELECT uuidv7(), batch.claim, filed, 'filed', '{{}}', batch.claim, '[]'
    FROM filler batch, generate_series(1, 4) AS filed WHERE n % 4 = 0;
INSERT INTO editorial_signin (id, at, interface, name_digest, device, user_id, outcome)
    SELECT uuidv7(), at, 'admin', '', '', person, 'succeeded' FROM filler WHERE n % 2 = 0;
INSERT INTO editorial_comment (id, version, claim_id, written_by_id, written_at, resolved_at, resolved_by_id)
    SELECT claim, 1, claim, person, at, CASE WHEN n % 64 = 0 THEN at END, CASE WHEN n % 64 = 0 THEN person END
    FROM filler WHERE n % 2 = 0;
INSERT INTO editorial_comment (id, version, claim_id, reply_to_id, written_by_id, written_at)
    SELECT uuidv7(), 1, claim, claim, person, at FROM filler WHERE n % 16 = 0;
INSERT INTO editorial_comment (id, version, statement_id, written_by_id, written_at)
    SELECT statement, 1, statement, person, at FROM filler WHERE n % 4 = 1;
INSERT INTO editorial_commentrevision (id, comment_id, number, text, written_at)
    SELECT uuidv7(), id, 1, 'Who saw it?', written_at FROM editorial_comment;
DROP TABLE filler, origin;
"""
_FILL_SQL += "".join(
    f"SELECT refresh_search_documents('{kind}', ARRAY(SELECT id FROM {model._meta.db_table}));\n"  # noqa: S608
    for kind, model in SEARCHED.items()
)


@contextmanager
def filled_database(data: Path, claims: int) -> Iterator[Room]:
    """Django's connection leads to a database with so many claims; it is gone afterwards."""
    name = connection.settings_dict["NAME"]
    cache = servers.ROOT / ".pytest_cache/d/newsroom"  # where the tests keep it, too
    cache.mkdir(parents=True, exist_ok=True)
    schema.make_template(data, cache)
    with _administering(data) as execute:
        execute(f"CREATE DATABASE load_{claims} TEMPLATE {schema.TEMPLATE}")
    use_database(f"load_{claims}")
    try:
        room = fill(claims)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        yield room
    finally:
        use_database(name)
        with _administering(data) as execute:
            execute(f"DROP DATABASE load_{claims} WITH (FORCE)")


def use_database(name: str) -> None:
    """Connect Django to another database of the same server."""
    connection.close()
    connection.settings_dict["NAME"] = name


@contextmanager
def _administering(data: Path) -> Iterator[Any]:
    with psycopg.connect(servers.database_url(data, "postgres"), autocommit=True) as administration:
        yield administration.execute


# Triggers write the history, one row at a time.
_HISTORY_SQL = """
    SELECT string_agg(quote_ident(tracked.column_name), ', ')
    FROM information_schema.columns row JOIN information_schema.columns tracked USING (table_schema, column_name)
    WHERE row.table_name = %s AND tracked.table_name = row.table_name || 'event'
"""


def fill(claims: int) -> Room:
    """Insert them, and the people of the tests. PostgreSQL has no statistics of them yet."""
    desks = {slug: Desk.objects.create(slug=slug, name=slug.title()) for slug in DESKS}
    people = create_people(desks["politics"], desks["city"])
    people["ines"] = User.objects.create(username="ines", email="ines@newsroom.example", password="!")
    Membership.objects.create(user=people["ines"], desk=desks["investigations"], role="reporter")
    named = {slug: f"'{desk.pk}'::uuid" for slug, desk in desks.items()} | {
        name: f"'{person.pk}'::uuid" for name, person in people.items()
    }
    words = {
        "words" + "_" * turn: f"(ARRAY{_WORDS})[1 + (n / {len(_WORDS) ** turn}) % {len(_WORDS)}]" for turn in range(3)
    }
    policy, crowded = CorroborationPolicy.objects.get().pk, str(list(CROWDED.items())).strip("[]")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        with _unchecked(cursor):
            cursor.execute(
                _FILL_SQL.format(claims=claims, policy=f"'{policy}'::uuid", crowded=crowded, **named, **words)
            )
        for table in ("statement", "adverseparty", "compoundmember"):
            cursor.execute(_HISTORY_SQL, [f"editorial_{table}"])
            (columns,) = cursor.fetchone()
            cursor.execute(
                # The names come from the catalogue of a database that this harness made.
                f"INSERT INTO editorial_{table}event (pgh_created_at, pgh_label, pgh_obj_id, {columns}) "  # noqa: S608
                f"SELECT now(), 'insert', id, {columns} FROM editorial_{table}"
            )
    change_log.start_epoch()
    room = Room(desks["politics"], people)
    room.now = timezone.now()
    for claim in crowded_claims():
        assessments.reassess(claim_id=claim.pk, now=room.now)
    room.settle()
    return room


def crowded_claims() -> list[Any]:
    """The claims with many statements, the smallest first."""
    first = Claim.objects.order_by("pk")[: max(CROWDED)]
    return [first[number - 1] for number in CROWDED]


@contextmanager
def _unchecked(cursor: Any) -> Iterator[None]:
    """Without triggers, foreign keys and text indexes, which are maintained row by row."""
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = ANY(%s::text[]::regclass[])",
        [[f"editorial_{table}" for table in _TABLES]],
    )
    references = cursor.fetchall()
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%% USING gin %%' AND tablename = ANY(%s)",
        [[f"editorial_{table}" for table in _TABLES]],
    )
    text_indexes = cursor.fetchall()
    for table in _TABLES:
        cursor.execute(f"ALTER TABLE editorial_{table} DISABLE TRIGGER USER")
    for table, name, _ in references:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in text_indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in text_indexes:
        cursor.execute(definition)
    for table, name, definition in references:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")
    for table in _TABLES:
        cursor.execute(f"ALTER TABLE editorial_{table} ENABLE TRIGGER USER")
