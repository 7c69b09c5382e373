"""Tamperings: what a superuser can do to a record with every trigger off. Each is random; each must be found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from editorial.models import Event

Tampering = Callable[[Random], None]


@contextmanager
def undone() -> Iterator[None]:
    """With triggers and references off; afterwards everything is as it was."""
    with transaction.atomic():
        _execute("SET LOCAL session_replication_role = replica")
        yield
        transaction.set_rollback(True)


def event_edited(dice: Random) -> None:
    """Another action, time, actor, desk or reason."""
    event = _any_event(dice)
    change = dice.choice(
        [
            "action = 'claim.drop'",
            "at = at - interval '1 hour'",
            "actor_id = NULL, desk_id = NULL",
            'data = data || \'{"reason": "none"}\'',
        ]
    )
    _execute(f"UPDATE editorial_event SET {change} WHERE id = %s", event.pk)  # noqa: S608
    if Event.objects.get(pk=event.pk).compute_hash() == event.hash:  # it had neither actor nor desk
        _execute("UPDATE editorial_event SET action = 'claim.drop' WHERE id = %s", event.pk)


def event_removed(dice: Random) -> None:
    """One event of a chain of several."""
    _execute("DELETE FROM editorial_event WHERE id = %s", _any_event(dice, longer_than=1).pk)


def event_removed_and_chain_closed(dice: Random) -> None:
    """One event is gone, and those after it are numbered and hashed again."""
    event = _any_event(dice, longer_than=1)
    _execute("DELETE FROM editorial_event WHERE id = %s", event.pk)
    _rehash(event.stream)


def event_inserted(dice: Random) -> None:
    """An event that never happened, at the end of a chain, with a valid hash, dated back."""
    last = Event.objects.filter(stream=_any_event(dice).stream).latest("number")
    forged = Event(stream=last.stream, number=last.number + 1, action="story.publish", actor_id=last.actor_id)
    forged.desk_id, forged.at, forged.data, forged.previous = last.desk_id, last.at, {}, last.hash
    forged.hash, forged.position = forged.compute_hash(), last.position
    forged.save(force_insert=True)


def events_reordered(dice: Random) -> None:
    """Two events of a chain change places, and the chain is hashed again."""
    later = _any_event(dice, longer_than=1, after=1)
    earlier = Event.objects.get(stream=later.stream, number=later.number - 1)
    for event, number in ((later, 1_000_000), (earlier, later.number), (later, earlier.number)):
        _execute("UPDATE editorial_event SET number = %s WHERE id = %s", number, event.pk)
    _rehash(later.stream)


def tail_cut(dice: Random) -> None:
    """A chain ends earlier."""
    event = _any_event(dice, longer_than=1, after=1)
    _execute("DELETE FROM editorial_event WHERE stream = %s AND number >= %s", event.stream, event.number)


def chain_dropped(dice: Random) -> None:
    """An object without any event."""
    _execute("DELETE FROM editorial_event WHERE stream = %s", _any_event(dice).stream)


def chain_rehashed(dice: Random) -> None:
    """An event is edited, and its chain hashed again, so that it is whole."""
    event = _any_event(dice)
    _execute("UPDATE editorial_event SET action = action || '.forged' WHERE id = %s", event.pk)
    _rehash(event.stream)


def signoff_forged(dice: Random) -> None:
    """An approval that nobody gave: a new one, or of a sign-off that was refused, voided or given by another."""
    row = _any_row(dice, "editorial_signoff")
    approver = _any_row(dice, "editorial_user")["id"]
    if dice.random() < 0.5:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM editorial_claim WHERE id NOT IN (SELECT claim_id FROM editorial_signoff)")
            claim = dice.choice(cursor.fetchall())[0]
        row |= {"id": uuid4(), "claim_id": claim, "state": "approved", "decided_by_id": approver, "kind": "legal"}
        _insert("editorial_signoff", row)
    else:
        change = "kind = 'legal', state = 'approved', reason = reason || '!', decided_by_id = %s, claim_id = "
        claim = "(SELECT id FROM editorial_claim WHERE id NOT IN (SELECT claim_id FROM editorial_signoff) LIMIT 1)"
        _execute(f"UPDATE editorial_signoff SET {change}{claim} WHERE id = %s", approver, row["id"])  # noqa: S608
    if dice.random() < 0.5:
        _copy_to_history("signoff", row["id"])


def quote_changed(dice: Random) -> None:
    """Somebody is said to have said something else; half of the time the history says so as well."""
    _change(dice, "statement", "quote = quote || ' Never.'")


def claim_text_changed(dice: Random) -> None:
    """A claim says something else."""
    _change(dice, "claim", "text = text || ' Not so.'")


def membership_changed(dice: Random) -> None:
    """Somebody has another role."""
    row = _any_row(dice, "editorial_membership")
    role = "admin" if row["role"] != "admin" else "custodian"
    _change(dice, "membership", f"role = '{role}'", row)


def membership_added(dice: Random) -> None:
    """Somebody has one more role."""
    row = _any_row(dice, "editorial_membership") | {"id": uuid4(), "desk_id": None, "role": "lawyer"}
    _insert("editorial_membership", row)


def membership_removed(dice: Random) -> None:
    """Somebody has lost a role."""
    _execute("DELETE FROM editorial_membership WHERE id = %s", _any_row(dice, "editorial_membership")["id"])


def account_changed(dice: Random) -> None:
    """Notices go elsewhere, or a closed account works again."""
    _change(dice, "user", dice.choice(["email = 'x' || email", "is_active = NOT is_active"]))


def policy_lowered(dice: Random) -> None:
    """Fewer independent groups are enough."""
    _change(dice, "policyrow", "groups = groups + 1")


def story_changed(dice: Random) -> None:
    """A story that the gate holds may run, or the other way round."""
    _change(dice, "story", "gate = CASE gate WHEN 'pass' THEN 'block' ELSE 'pass' END")


def row_removed(dice: Random) -> None:
    """A row that history knows is gone."""
    table = dice.choice(["statement", "claim", "source", "relay", "storyauthor", "replyrequest", "reviewtask"])
    _execute(f"DELETE FROM editorial_{table} WHERE id = %s", _any_row(dice, f"editorial_{table}")["id"])  # noqa: S608


def assessment_changed(dice: Random) -> None:
    """The engine is said to have found something else."""
    row = _any_row(dice, "editorial_assessment")
    _execute("UPDATE editorial_assessment SET independent = coalesce(independent, 0) + 5 WHERE id = %s", row["id"])


def revision_changed(dice: Random) -> None:
    """A story is said to have read differently."""
    row = _any_row(dice, "editorial_storyrevision")
    _execute("UPDATE editorial_storyrevision SET body = body || ' Really.' WHERE id = %s", row["id"])


def history_changed(dice: Random) -> None:
    """An earlier state was another."""
    table = dice.choice(_HISTORIES)
    entry = _any_row(dice, table)["pgh_id"]
    change = dice.choice(
        ["pgh_created_at = pgh_created_at - interval '1 day'", "pgh_label = 'x'", "pgh_obj_id = gen_random_uuid()"]
    )
    _execute(f"UPDATE {table} SET {change} WHERE pgh_id = %s", entry)  # noqa: S608


def history_removed(dice: Random) -> None:
    """There was no such state."""
    table = dice.choice(_HISTORIES)
    _execute(f"DELETE FROM {table} WHERE pgh_id = %s", _any_row(dice, table)["pgh_id"])  # noqa: S608


def history_inserted(dice: Random) -> None:
    """There was one more state, before the last one."""
    table = dice.choice(_HISTORIES)
    row = _any_row(dice, table)
    _insert(table, row | {"pgh_id": -dice.randrange(1, 1000)})


def actor_of_change_replaced(dice: Random) -> None:
    """Somebody else changed a row."""
    context = _any_row(dice, "pghistory_context")["id"]
    _execute('UPDATE pghistory_context SET metadata = metadata || \'{"actor": "nobody"}\' WHERE id = %s', context)


_HISTORIES = ["editorial_claimevent", "editorial_statementevent", "editorial_sourceevent", "editorial_storyevent"]
_HISTORIES += ["editorial_membershipevent", "editorial_signoffevent", "editorial_reviewtaskevent"]

TAMPERINGS: tuple[Tampering, ...] = (
    event_edited, event_removed, event_removed_and_chain_closed, event_inserted, events_reordered, tail_cut,
    chain_dropped, chain_rehashed, signoff_forged, quote_changed, claim_text_changed, membership_changed,
    membership_added, membership_removed, account_changed, policy_lowered, story_changed, row_removed,
    assessment_changed, revision_changed, history_changed, history_removed, history_inserted,
    actor_of_change_replaced,
)  # fmt: skip


def _execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)


def _any_event(dice: Random, *, longer_than: int = 0, after: int = 0) -> Event:
    events = Event.objects.filter(number__gt=after).order_by("id")
    if longer_than:
        events = events.filter(stream__in=Event.objects.filter(number__gt=longer_than).values("stream"))
    return events[dice.randrange(events.count())]


def _any_row(dice: Random, table: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        count = cursor.fetchone()[0]
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1 OFFSET %s LIMIT 1", [dice.randrange(count)])  # noqa: S608
        return dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))


def _change(dice: Random, table: str, change: str, row: dict[str, Any] | None = None) -> None:
    """Change a row, and half of the time its last history entry in the same way."""
    key = (row or _any_row(dice, f"editorial_{table}"))["id"]
    _execute(f"UPDATE editorial_{table} SET {change} WHERE id = %s", key)  # noqa: S608
    if dice.random() < 0.5:
        _execute(
            f"UPDATE editorial_{table}event SET {change} WHERE pgh_id = "  # noqa: S608
            f"(SELECT max(pgh_id) FROM editorial_{table}event WHERE pgh_obj_id = %s)",
            key,
        )


def _insert(table: str, row: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s::jsonb)).*",
            [json.dumps(row, cls=DjangoJSONEncoder)],
        )


def _copy_to_history(table: str, key: Any) -> None:
    """Write what a trigger would have written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [f"editorial_{table}"]
        )
        columns = ", ".join(f'"{name}"' for (name,) in cursor.fetchall())
        cursor.execute(
            f"INSERT INTO editorial_{table}event (pgh_created_at, pgh_label, pgh_obj_id, {columns}) "  # noqa: S608
            f"SELECT now(), 'update', id, {columns} FROM editorial_{table} WHERE id = %s",
            [key],
        )


def _rehash(stream: str) -> None:
    """Number and hash a chain again, so that it is whole."""
    previous = ""
    for number, event in enumerate(Event.objects.filter(stream=stream).order_by("number"), 1):
        event.number, event.previous = number, previous
        event.hash = previous = event.compute_hash()
        _execute(
            "UPDATE editorial_event SET number = %s, previous = %s, hash = %s WHERE id = %s",
            event.number, event.previous, event.hash, event.pk,
        )  # fmt: skip
