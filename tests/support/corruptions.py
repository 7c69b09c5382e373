"""Corruptions: damage that no action does, made by the owner of the database. Each names the check that must find it.

`test_integrity` applies them with a simulated clock, `test_integrity_live` with a real beat and worker.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F

from editorial.models import (
    Assessment,
    Claim,
    Correction,
    Delivery,
    Desk,
    Event,
    Import,
    Notification,
    NotificationFanout,
    OutboxMessage,
    ReviewTask,
    Signoff,
    Source,
    Statement,
    Story,
)
from editorial.workflow.evidence import claims, statements
from editorial.workflow.imports import imports
from editorial.workflow.review import replies, signoffs, tasks
from editorial.workflow.stories import stories
from tests.support.cast import HOUR, Room

YEARS = timedelta(days=3650)


def fill_database(room: Room) -> Any:
    """A newsroom in which every kind of event has happened, with all jobs done."""
    rosa, edith, felix = (room.people[name] for name in ("rosa", "edith", "felix"))
    party = room.person("Lida Fenn")
    accused = room.claim("The gate was sold.", adverse_to=[party.pk])
    replies.send(
        to_id=party.pk, covers=[accused.pk], question="Was it?", deadline_at=room.now + HOUR, reason="It runs tonight.",
        actor=rosa, now=room.now,
    )  # fmt: skip
    unnamed = room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970")
    first = room.says(unnamed, accused)
    repeat = room.says(room.source("outlet"), accused, directness="relayed", obtained_by="external")
    statements.relay(derived_id=repeat.pk, origin_id=first.pk, actor=rosa, now=room.now)
    compound = room.claim("The gate was open and the dam broke.")
    room.says(room.person(), compound)
    claims.split(claim_id=compound.pk, texts=["The gate was open.", "The dam broke."], actor=rosa, now=room.now)
    claims.drop(claim_id=room.claim("It hailed.").pk, reason="It did not.", actor=edith, now=room.now)
    claim, other = room.claim("It rained."), room.claim("There was rain.")
    room.says(room.person(), claim)
    claims.merge(claim_id=claim.pk, into_id=other.pk, actor=edith, now=room.now)
    room.claim("The keys are lost.")
    sheet = {"kind": "claims_sheet", "file": BytesIO(b"text\nThe log was torn.\n")}
    imports.start(desk_id=room.desk.pk, **sheet, actor=rosa, now=room.now)
    room.settle()
    signed = room.verified("The lock was broken.")
    room.published(signed)
    statements.end(
        ended="withdrawn", statement_id=signed.statements.first().pk, reason="Phoned.", actor=rosa, now=room.now
    )
    waiting = room.corroborated("The guard slept.")
    signoffs.propose(claim_id=waiting.pk, actor=felix, now=room.now)
    room.story(accused)
    room.settle()
    task = tasks.take_next(actor=rosa, now=room.now)
    assert task is not None
    scheduled = room.cleared(room.verified("The bell rang."))
    stories.schedule(story_id=scheduled.pk, at=room.now + HOUR, time_zone="UTC", actor=edith, now=room.now)
    room.settle()
    return room


@dataclass(frozen=True)
class Corruption:
    """A corruption: damages the database and returns the object that must be found."""

    check: str
    repairable: bool
    apply: Callable[[datetime], Any]

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.apply.__name__


def _run(statement: str, *values: Any) -> None:
    """Carry it out as the tables' owner can: no trigger of ours notices."""
    table = re.search(r"editorial_\w+", statement).group()  # type: ignore[union-attr]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, [str(value) if hasattr(value, "hex") else value for value in values])
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def message_lost_in_transit(now: datetime) -> Any:
    """Marked as sent, but without a time: no dispatcher would send it again."""
    message = OutboxMessage.objects.filter(kind="assess_claim", state="done").latest("id")
    _run("UPDATE editorial_outboxmessage SET state = 'sent', sent_at = NULL WHERE id = %s", message.pk)
    return message


def message_running_forever(now: datetime) -> Any:
    """Leased for years by a run that does not exist."""
    message = OutboxMessage.objects.filter(kind="reevaluate_story", state="done").latest("id")
    _run(
        "UPDATE editorial_outboxmessage SET state = 'running', token = %s, lease_until = %s WHERE id = %s",
        uuid4(), now + YEARS, message.pk,
    )  # fmt: skip
    return message


def message_postponed_for_years(now: datetime) -> Any:
    """Ready, in ten years."""
    message = OutboxMessage.objects.filter(kind="notify", state="done").earliest("id")
    _run("UPDATE editorial_outboxmessage SET state = 'ready', available_at = %s WHERE id = %s", now + YEARS, message.pk)
    return message


def dead_email_without_owner(now: datetime) -> Any:
    """Dead without a date, an owner or an alert."""
    dropped = Claim.objects.get(text="It hailed.")
    message = OutboxMessage.objects.filter(kind="assess_claim", state="done", reference=dropped.pk).latest("id")
    _run("UPDATE editorial_outboxmessage SET state = 'dead' WHERE id = %s", message.pk)
    return message


def import_stalled(now: datetime) -> Any:
    """Its next turn was never asked for."""
    batch = Import.objects.get()
    _run("UPDATE editorial_import SET state = 'filing', ended_at = NULL WHERE id = %s", batch.pk)
    return batch


def task_lease_of_years(now: datetime) -> Any:
    """A lease that was never granted."""
    task = ReviewTask.objects.filter(state="open", claim__text="The guard slept.").latest("id")
    holder = task.claim.filed_by_id
    _run(
        "UPDATE editorial_reviewtask SET state = 'taken', taken_by_id = %s, lease_until = %s WHERE id = %s",
        holder, now + YEARS, task.pk,
    )  # fmt: skip
    return task


def task_deleted(now: datetime) -> Any:
    """A task that the evidence requires and that does not exist."""
    task = ReviewTask.objects.filter(state="open", claim__text="There was rain.").earliest("id")
    _run("DELETE FROM editorial_reviewtask WHERE id = %s", task.pk)
    return task.claim


def claim_status_set_to_verified(now: datetime) -> Any:
    """Verified without a finding or a signature."""
    claim = Claim.objects.get(text="The gate was open.")
    _run("UPDATE editorial_claim SET status = 'verified' WHERE id = %s", claim.pk)
    return claim


def statement_stance_inverted(now: datetime) -> Any:
    """A denial where an affirmation was, without the action that would have had it reassessed."""
    claim = Claim.objects.get(text="The gate was sold.")
    _run("UPDATE editorial_statement SET stance = 'denies' WHERE claim_id = %s AND stance = 'affirms'", claim.pk)
    return claim


def visibility_forged(now: datetime) -> Any:
    """A desk that has nothing to do with a claim sees it."""
    claim = Claim.objects.get(text="The keys are lost.")
    forgers = Desk.objects.create(slug="forgers", name="Forgers")
    _run("INSERT INTO editorial_claimvisibility (claim_id, desk_id) VALUES (%s, %s)", claim.pk, forgers.pk)
    return claim


def visibility_deleted(now: datetime) -> Any:
    """A claim's own desk sees it no more."""
    claim = Claim.objects.get(text="There was rain.")
    _run("DELETE FROM editorial_claimvisibility WHERE claim_id = %s", claim.pk)
    return claim


def assessments_deleted(now: datetime) -> Any:
    """A claim without any assessment."""
    claim = Claim.objects.get(text="The keys are lost.")
    _run("DELETE FROM editorial_assessment WHERE claim_id = %s", claim.pk)
    assert not Assessment.objects.filter(claim=claim).exists()
    return claim


def voided_signature_restored(now: datetime) -> Any:
    """A void signature in force again."""
    signoff = Signoff.objects.filter(state="voided", kind="finding").latest("id")
    _run("UPDATE editorial_signoff SET state = 'approved' WHERE id = %s", signoff.pk)
    return signoff.claim


def gate_set_to_pass(now: datetime) -> Any:
    """A story that may not run, stored as one that may."""
    story = Story.objects.filter(gate__in=["block", "hold"], status="draft").latest("id")
    _run("UPDATE editorial_story SET gate = 'pass' WHERE id = %s", story.pk)
    return story


def correction_closed_directly(now: datetime) -> Any:
    """A published story has a remedy, without an open correction."""
    correction = Correction.objects.filter(closed_at=None).latest("id")
    _run("UPDATE editorial_correction SET closed_at = %s WHERE id = %s", now, correction.pk)
    return correction.story


def event_not_notified(now: datetime) -> Any:
    """The notices of an event, the note that they were made and the work that made them: all gone."""
    fanout = NotificationFanout.objects.filter(notification_count__gt=0).latest("event")
    for statement in (
        "DELETE FROM editorial_delivery WHERE event_id = %s",
        "DELETE FROM editorial_notification WHERE event_id = %s",
        "DELETE FROM editorial_notificationfanout WHERE event_id = %s",
    ):
        _run(statement, fanout.pk)
    _run("DELETE FROM editorial_outboxmessage WHERE kind = 'notify' AND reference = %s", str(fanout.pk))
    return fanout.event


def notice_deleted(now: datetime) -> Any:
    """One of several recipients has lost a notification."""
    notice = Notification.objects.filter(event__fanout__notification_count__gt=1).earliest("id")
    _run("UPDATE editorial_notificationfanout SET delivery_count = 0 WHERE event_id = %s", notice.event_id)
    _run("DELETE FROM editorial_delivery WHERE event_id = %s", notice.event_id)
    _run("DELETE FROM editorial_notification WHERE id = %s", notice.pk)
    return notice.event


def delivery_unsettled(now: datetime) -> Any:
    """A pending email without a job to send it."""
    delivery = Delivery.objects.filter(state="delivered").earliest("id")
    _run("UPDATE editorial_delivery SET state = 'waiting', settled_at = NULL WHERE id = %s", delivery.pk)
    _run("DELETE FROM editorial_outboxmessage WHERE kind = 'deliver' AND reference = %s", str(delivery.pk))
    return delivery


def delivery_deleted(now: datetime) -> Any:
    """An event with one webhook delivery fewer than were counted when it was fanned out."""
    fanout = NotificationFanout.objects.filter(notification_count__gt=0).latest("event_id")
    NotificationFanout.objects.filter(pk=fanout.pk).update(delivery_count=F("delivery_count") + 1)
    return fanout.event


def event_rewritten(now: datetime) -> Any:
    """Another actor in the event."""
    event = Event.objects.filter(number=1).earliest("id")
    _run("UPDATE editorial_event SET action = 'claim.drop' WHERE id = %s", event.pk)
    return event


def event_deleted_from_chain(now: datetime) -> Any:
    """One event of a chain is missing: the next one refers to nothing."""
    loose = Event.objects.filter(number=3, stream__startswith="story:").earliest("id")
    _run("DELETE FROM editorial_event WHERE stream = %s AND number = 2", loose.stream)
    return loose


def story_published_directly(now: datetime) -> Any:
    """Published, without the action."""
    story = Story.objects.filter(status="draft").earliest("id")
    _run("UPDATE editorial_story SET status = 'published', published_at = %s WHERE id = %s", now, story.pk)
    return story


def search_document_deleted(now: datetime) -> Any:
    """A claim that search does not find."""
    claim = Claim.objects.get(text="The keys are lost.")
    _run("DELETE FROM editorial_claimsearchdocument WHERE claim_id = %s", claim.pk)
    return claim


def search_document_of_former_words(now: datetime) -> Any:
    """A story that is found by words that it no longer has."""
    story = Story.objects.earliest("id")
    _run("UPDATE editorial_storysearchdocument SET vector = 'zebra' WHERE story_id = %s", story.pk)
    return story


def search_document_without_words(now: datetime) -> Any:
    """A statement without a quote that is found by words."""
    statement = Statement.objects.filter(quote="").earliest("id")
    _run("INSERT INTO editorial_statementsearchdocument (statement_id, vector) VALUES (%s, 'zebra')", statement.pk)
    return statement


def search_document_of_a_public_name(now: datetime) -> Any:
    """A source that is found by a name that it no longer has."""
    source = Source.objects.earliest("id")
    _run("UPDATE editorial_sourcesearchdocument SET vector = 'zebra' WHERE source_id = %s", source.pk)
    return source


REPAIRED, ALERTED = True, False
CORRUPTIONS = (
    Corruption("jobs.sent", REPAIRED, message_lost_in_transit),
    Corruption("jobs.running", REPAIRED, message_running_forever),
    Corruption("jobs.ready", REPAIRED, message_postponed_for_years),
    Corruption("jobs.owned", REPAIRED, dead_email_without_owner),
    Corruption("tasks.lease", REPAIRED, task_lease_of_years),
    Corruption("imports.filed", REPAIRED, import_stalled),
    Corruption("tasks.match_agenda", REPAIRED, task_deleted),
    Corruption("claims.signed", REPAIRED, claim_status_set_to_verified),
    Corruption("claims.visibility", REPAIRED, visibility_forged),
    Corruption("claims.visibility", REPAIRED, visibility_deleted),
    Corruption("assessments.current", REPAIRED, statement_stance_inverted),
    Corruption("claims.assessed", REPAIRED, assessments_deleted),
    Corruption("signoffs.match_finding", REPAIRED, voided_signature_restored),
    Corruption("stories.gate", REPAIRED, gate_set_to_pass),
    Corruption("search.claim", REPAIRED, search_document_deleted),
    Corruption("search.story", REPAIRED, search_document_of_former_words),
    Corruption("search.statement", REPAIRED, search_document_without_words),
    Corruption("search.source", REPAIRED, search_document_of_a_public_name),
    Corruption("corrections.open", REPAIRED, correction_closed_directly),
    Corruption("events.notified", REPAIRED, event_not_notified),
    Corruption("notifications.complete", REPAIRED, notice_deleted),
    Corruption("deliveries.settled", REPAIRED, delivery_unsettled),
    Corruption("deliveries.complete", ALERTED, delivery_deleted),
    Corruption("events.unchanged", ALERTED, event_rewritten),
    Corruption("events.chained", ALERTED, event_deleted_from_chain),
    Corruption("stories.status", ALERTED, story_published_directly),
)
