"""The outbox: jobs written in the transaction of the change that causes them, and their state (decision 0003).

A message goes ready → sent → running → done, or dead after five attempts – nine, if it goes to a webhook. The broker
only delivers ids; this table decides: starting is a compare-and-set, finishing shares the transaction of the effect,
and an expired lease frees the job.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from structlog.contextvars import bind_contextvars, get_contextvars

from editorial import causation, receivers, retries
from editorial.models import MessageKind, MessageState, OutboxMessage
from editorial.models.ops.outbox import FAILED_BEFORE

NOTIFY_CHANNEL = "newsroom_outbox"
LEASE = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)  # longer than the hard time limit of a task
REDISPATCH_AFTER = timedelta(
    seconds=settings.OUTBOX_REDISPATCH_SECONDS
)  # a message sent but not started within this time is sent again
MAX_IN_FLIGHT = 200  # back-pressure: few enough that none waits in the broker longer than REDISPATCH_AFTER
MAX_QUARANTINED_IN_FLIGHT = 20  # a separate limit, so that quarantined messages take no room from others
MAX_EXTERNAL_IN_FLIGHT = 50  # the same for jobs that call others; `receivers` limits each receiver
MAX_BATCH = 50  # messages that run in one transaction

_Job = tuple[MessageKind, str]  # its kind and reference
_KINDS = [kind.value for kind in MessageKind]
_INTERNAL, _EXTERNAL = Q(receiver=""), Q(receiver__gt="")


def send(kind: MessageKind, reference: UUID | str, *, now: datetime, at: datetime | None = None) -> None:
    """Enqueue a job in the caller's transaction."""
    send_at(kind, {str(reference): at or now}, now=now)


def send_all(jobs: Mapping[MessageKind, Iterable[UUID | str]], *, now: datetime) -> None:
    """Enqueue a job of each kind for each of its references in the caller's transaction, as `send_at` does."""
    _send({(kind, str(reference)): now for kind, references in jobs.items() for reference in references}, now)


def send_at(kind: MessageKind, times: Mapping[str, datetime], *, now: datetime) -> None:
    """Enqueue a job for each reference at its time, unless one that waits covers it."""
    _send({(kind, reference): at for reference, at in times.items()}, now)


def send_each(
    kind: MessageKind, references: Iterable[UUID | str], *, now: datetime, at: datetime | None = None
) -> None:
    """Enqueue a job for each of these references, which have none yet, in the caller's transaction."""
    _insert({(kind, str(reference)): at or now for reference in references}, now)


def _send(times: Mapping[_Job, datetime], now: datetime) -> None:
    """Enqueue each job at its time, all with two statements.

    If the same job already waits and has not started, it covers this change too: it is locked here, so it cannot start
    before the change is committed. Otherwise a new message is written.
    """
    if not times:
        return
    waiting = OutboxMessage.objects.filter(
        state__in=[MessageState.READY.value, MessageState.SENT.value],
        kind__in={kind.value for kind, _ in times},
        reference__in={reference for _, reference in times},  # ids: two kinds share none
    )
    rows = waiting.select_for_update(skip_locked=True).only("kind", "reference", "state", "available_at", "caused_by")
    covering = [row for row in rows if _covers(row, times)]
    if shared := [row.pk for row in covering if row.caused_by not in (None, causation.causing_user())]:
        OutboxMessage.objects.filter(pk__in=shared).update(caused_by=None)  # it now follows from two people's actions
    covered = {(row.kind, row.reference) for row in covering}
    _insert({job: times[job] for job in sorted(times) if job not in covered}, now)


def _covers(row: OutboxMessage, times: Mapping[_Job, datetime]) -> bool:
    at = times.get((MessageKind(row.kind), row.reference))
    return at is not None and (row.state == MessageState.SENT or row.available_at <= at)


def _insert(times: Mapping[_Job, datetime], now: datetime) -> None:
    kinds = {kind for kind, _ in times}
    receiver_of = {kind: receivers.of_jobs(kind, [job for of, job in times if of is kind]) for kind in kinds}
    cause = {"request_id": get_contextvars().get("request_id", ""), "caused_by": causation.causing_user()}
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            kind=kind.value,
            reference=reference,
            receiver=receiver_of[kind].get(reference, ""),
            created_at=now,
            available_at=available_at,
            **cause,
        )
        for (kind, reference), available_at in times.items()
    )


def wake_dispatcher() -> None:
    """Have the dispatchers look for due messages once the transaction is committed. New messages do so themselves."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {NOTIFY_CHANNEL}")


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at a message. Only the run that holds the token may finish it."""

    message: UUID
    kind: MessageKind
    reference: str
    token: UUID
    attempt: int = 1
    receiver: str = ""
    caused_by: UUID | None = None


class Dispatched(NamedTuple):
    """A message to publish.

    `failed_before`: an attempt failed, or two workers died; a single dead worker is seldom the job's fault.
    `started_before`: it runs alone, because it may be what harmed the others of its batch.
    """

    message: UUID
    kind: MessageKind
    failed_before: bool
    started_before: bool = False


@transaction.atomic
def claim_batch(*, now: datetime) -> list[Dispatched]:
    """Choose the messages to publish now and mark them as sent. Safe for concurrent dispatchers."""
    due = Q(available_at__lte=now)
    return [
        *_claim_lane(_INTERNAL & ~FAILED_BEFORE, due, MAX_IN_FLIGHT, now),
        *_claim_lane(_INTERNAL & FAILED_BEFORE, due, MAX_QUARANTINED_IN_FLIGHT, now, failed_before=True),
        *_claim_lane(_EXTERNAL, Q(pk__in=receivers.next_messages(now=now)), MAX_EXTERNAL_IN_FLIGHT, now),
    ]


def _claim_lane(lane: Q, may_start: Q, limit: int, now: datetime, *, failed_before: bool = False) -> list[Dispatched]:
    messages = OutboxMessage.objects.filter(lane, kind__in=_KINDS)  # jobs of a later version wait for it
    room = limit - messages.filter(state=MessageState.SENT.value, sent_at__gt=now - REDISPATCH_AFTER).count()
    if room <= 0:
        return []
    chosen = _choose(messages, may_start, room, now)
    buried = [message for message in chosen if message.attempts >= retries.max_attempts(message.kind, message.receiver)]
    for message in buried:
        message.state, message.token, message.lease_until = MessageState.DEAD.value, None, None
        message.error = message.error or "The worker died in every attempt."
        message.dead_at = now
        message.save(update_fields=["state", "token", "lease_until", "error", "dead_at"])
    dispatched = [message for message in chosen if message not in buried]
    OutboxMessage.objects.filter(pk__in=[message.pk for message in dispatched]).update(
        state=MessageState.SENT.value, sent_at=now, token=None, lease_until=None
    )
    return [
        Dispatched(message.pk, MessageKind(message.kind), failed_before, started_before=message.attempts > 0)
        for message in dispatched
    ]


def _choose(messages: QuerySet[OutboxMessage], may_start: Q, room: int, now: datetime) -> list[OutboxMessage]:
    """Lock up to `room` messages: lost ones first, then those that may start, longest due first."""
    late = Q(state=MessageState.RUNNING.value, lease_until__lte=now)
    unanswered = Q(state=MessageState.SENT.value, sent_at__lte=now - REDISPATCH_AFTER)
    ready = Q(may_start, state=MessageState.READY.value)
    chosen: list[OutboxMessage] = []
    for due in (late, unanswered, ready):  # one query for each partial index; a combined one could use none
        rows = messages.filter(due).order_by("available_at", "id").select_for_update(skip_locked=True)
        chosen += rows[: max(0, room - len(chosen))]
    return chosen


def return_to_queue(dispatched: Iterable[Dispatched]) -> None:
    """Make messages due again that the broker did not take, except those that a worker has started meanwhile."""
    OutboxMessage.objects.filter(
        pk__in=[message.message for message in dispatched], state=MessageState.SENT.value
    ).update(state=MessageState.READY.value, sent_at=None)


def run_message(message_id: UUID, effect: Callable[..., object], *, clock: Callable[[], datetime]) -> bool:
    """Start the message, run its effect and finish it; effect and finish share one transaction.

    `effect(reference, now=…)` does the work. Returns whether it ran: a stale or duplicate task does nothing.
    """
    run = start(message_id, now=clock())
    if run is None:
        return False
    try:
        with causation.caused_by(run.caused_by), transaction.atomic():
            effect(run.reference, now=clock())
            finish(run, now=clock())
    except Exception as error:
        fail(run, error, now=clock())
        raise
    return True


def run_batch(message_ids: Iterable[UUID], effect: Callable[..., object], *, clock: Callable[[], datetime]) -> bool:
    """The same for messages of one kind together, in one transaction. If they fail, each is run again alone.

    `effect(references, now=…)` does their work.
    """
    runs = start_all(message_ids, now=clock())
    if not runs:
        return False
    wake_dispatcher()  # the broker has room again
    causing_users = {run.caused_by for run in runs}
    try:
        with causation.caused_by(causing_users.pop() if len(causing_users) == 1 else None), transaction.atomic():
            effect([run.reference for run in runs], now=clock())
            finish_all(runs, now=clock())
    except Exception as error:
        fail(runs[0], error, now=clock()) if len(runs) == 1 else _separate(runs, now=clock())
        raise
    return True


def start(message_id: UUID, *, now: datetime) -> Run | None:
    """Start an attempt unless another worker has."""
    return next(iter(start_all([message_id], now=now)), None)


# In one order, so that two workers with the same messages do not wait for each other.
_START = """
    UPDATE editorial_outboxmessage SET state = 'running', token = %(token)s, lease_until = %(lease_until)s,
        started_at = %(now)s, attempts = attempts + 1
    WHERE id = ANY(ARRAY(
        SELECT id FROM editorial_outboxmessage WHERE id = ANY(%(ids)s) AND state = 'sent'
            AND attempts < CASE WHEN kind = 'deliver' AND receiver NOT IN ('', %(mail)s)
                                     AND NOT starts_with(receiver, %(chat)s) THEN %(most_of_webhook)s
                                ELSE %(most)s END
        ORDER BY id FOR UPDATE))
    RETURNING id, kind, reference, attempts, receiver, caused_by, request_id
"""


def start_all(message_ids: Iterable[UUID], *, now: datetime) -> list[Run]:
    """Start an attempt at each of these that no other worker has started. Only this function counts attempts."""
    token = uuid4()
    values: dict[str, Any] = {"ids": list(message_ids), "token": token, "now": now, "lease_until": now + LEASE}
    with connection.cursor() as cursor:
        limits: dict[str, Any] = {
            "most": retries.MAX_ATTEMPTS, "most_of_webhook": retries.MAX_WEBHOOK_ATTEMPTS, "mail": receivers.MAIL,
            "chat": receivers.CHAT,
        }  # fmt: skip
        cursor.execute(_START, {**values, **limits})
        started = cursor.fetchall()
    _bind_log_context(started)
    return [
        Run(key, MessageKind(kind), about, token, attempts, to, caused_by)
        for key, kind, about, attempts, to, caused_by, _ in started
    ]


def _bind_log_context(started: list[tuple[Any, ...]]) -> None:
    """Add the message to every log line of this attempt, and pass its request id on to the jobs it causes."""
    if len(started) == 1:
        key, kind, reference, attempt, *_ = started[0]
        bind_contextvars(message_id=str(key), kind=kind, reference=reference, attempt=attempt)
    elif started:
        bind_contextvars(messages=len(started))
    request_ids = {request_id for *_, request_id in started}
    if len(request_ids) == 1 and (request_id := request_ids.pop()):
        bind_contextvars(request_id=request_id)


class LeaseLost(Exception):
    """Another attempt has taken over this message; the effect of this one is rolled back."""


def extend_lock(run: Run) -> None:
    """Prevent a takeover of the message until the transaction ends. Raises `LeaseLost` if it has been taken over."""
    if not OutboxMessage.objects.select_for_update().filter(pk=run.message, token=run.token).first():
        raise LeaseLost(f"Message {run.message} was taken over.")


def finish(run: Run, *, now: datetime) -> None:
    """Mark the message as done. Raises `LeaseLost` if this run no longer holds it."""
    finish_all([run], now=now)


def finish_all(runs: Collection[Run], *, now: datetime) -> None:
    """Mark these messages as done. Raises `LeaseLost` if one is no longer held by its run."""
    done = {"state": MessageState.DONE.value, "done_at": now, "token": None, "lease_until": None, "error": ""}
    finished = _held(runs).update(**done)
    if finished < len(runs):
        raise LeaseLost(f"{len(runs) - finished} of {len(runs)} messages were taken over.")


def _held(runs: Collection[Run]) -> QuerySet[OutboxMessage]:
    """The messages that these runs, which were started together, still hold."""
    running = OutboxMessage.objects.filter(state=MessageState.RUNNING.value, token__in={run.token for run in runs})
    return running.filter(pk__in=[run.message for run in runs])


def _separate(runs: Collection[Run], *, now: datetime) -> None:
    """Make the messages of a batch that failed due again. Having been started, they run alone."""
    _held(runs).update(state=MessageState.READY.value, available_at=now, token=None, lease_until=None)
    wake_dispatcher()


def fail(run: Run, error: BaseException, *, now: datetime, not_before: timedelta | None = None) -> MessageState | None:
    """Record the failure by its exception type (its text may quote content) and retry later with exponential backoff.

    `not_before`: the receiver asks for this pause. Returns the message's new state; None if another attempt has taken
    it over.
    """
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update().filter(pk=run.message, token=run.token).first()
        if message is None:
            return None
        is_last = message.attempts >= retries.max_attempts(run.kind, run.receiver)
        message.state = MessageState.DEAD.value if is_last else MessageState.READY.value
        pause = retries.backoff(run.kind, message.attempts, run.receiver)
        message.available_at = now + max(pause, min(not_before or pause, receivers.LONGEST_RETRY_AFTER))
        message.token, message.lease_until = None, None
        message.error = type(error).__name__
        message.dead_at = now if message.state == MessageState.DEAD else None
        message.save(update_fields=["state", "available_at", "token", "lease_until", "error", "dead_at"])
        return MessageState(message.state)
