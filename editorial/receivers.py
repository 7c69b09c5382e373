"""Receivers: whom jobs call outside, how many jobs may call one at a time, and its circuit breaker (decision 0055).

A receiver that hangs holds few jobs, and after three failures in a row none: its messages wait in PostgreSQL, their
attempts unused, until a single one, sent as a probe, succeeds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from editorial.models import CircuitBreaker, Delivery, Import, MessageKind, MessageState, OutboxMessage, ScheduledImport

MAIL = "mail"  # all email goes to one server
CHAT = "chat "  # begins the names of chat channels
_THRESHOLD = 3  # failures in a row
_FIRST_PAUSE = timedelta(seconds=15)  # doubled with each failed probe
_LONGEST_PAUSE = timedelta(minutes=10)
WEBHOOK_PAUSES = (
    *(timedelta(seconds=15) * 6**attempt for attempt in range(4)),
    *(timedelta(hours=hours) for hours in (5, 10, 20, 36)),
)
"""The pauses between attempts at a delivery: three days, as a webhook's receiver may be down for a weekend. Email and
chat are tried for an hour, with the first four."""
LONGEST_RETRY_AFTER = timedelta(days=1)
"""How long a receiver's `Retry-After` holds its messages back at most."""
_FORGET_AFTER = timedelta(hours=1)  # longer than the longest pause between two attempts at an email

# The receivers that have something waiting are found one by one in the index; messages of a receiver that is held back
# are not read.
_NEXT_MESSAGES = """
    WITH RECURSIVE waiting (receiver) AS (
        (SELECT receiver FROM editorial_outboxmessage WHERE state = 'ready' AND receiver > '' ORDER BY 1 LIMIT 1)
        UNION ALL
        SELECT (SELECT m.receiver FROM editorial_outboxmessage m
                WHERE m.state = 'ready' AND m.receiver > '' AND m.receiver > waiting.receiver ORDER BY 1 LIMIT 1)
        FROM waiting WHERE waiting.receiver IS NOT NULL
    ), busy AS (
        SELECT receiver, count(*) AS jobs FROM (
            SELECT receiver FROM editorial_outboxmessage WHERE state = 'sent' AND receiver > ''
            UNION ALL
            SELECT receiver FROM editorial_outboxmessage WHERE state = 'running' AND receiver > ''
        ) started GROUP BY receiver
    )
    SELECT next.id FROM waiting
    LEFT JOIN editorial_circuitbreaker breaker USING (receiver)
    LEFT JOIN busy USING (receiver)
    CROSS JOIN LATERAL (
        SELECT m.id FROM editorial_outboxmessage m
        WHERE m.state = 'ready' AND m.receiver > '' AND m.receiver = waiting.receiver AND m.available_at <= %(now)s
            AND m.kind = ANY(%(kinds)s)
        ORDER BY m.available_at, m.id
        LIMIT greatest(0, CASE WHEN breaker.failures >= %(threshold)s THEN 1 ELSE %(limit)s END - coalesce(jobs, 0))
    ) next
    WHERE waiting.receiver IS NOT NULL AND (breaker.open_until IS NULL OR breaker.open_until <= %(now)s)
"""


def of_jobs(kind: MessageKind, references: Iterable[UUID | str]) -> dict[str, str]:
    """The receiver of each job that has one, by reference: a webhook's URL, the mail server, a chat channel, or a host.

    Another path on the same host may work, and a reporter's failing import must not hold back deliveries.
    """
    if kind is MessageKind.DELIVER:
        rows = Delivery.objects.filter(pk__in=references).values_list("pk", "endpoint__url", "chat")
        return {str(key): of_webhook(url) if url else of_chat(chat) if chat else MAIL for key, url, chat in rows}
    if kind is MessageKind.FETCH:
        fetches = Import.objects.filter(pk__in=references).values_list("pk", "url", "feed_url")
        return {str(key): _fetched_host(feed_url or url) for key, url, feed_url in fetches}
    if kind is MessageKind.FETCH_SCHEDULED:
        scheduled = ScheduledImport.objects.filter(pk__in=references).values_list("pk", "url")
        return {str(key): _fetched_host(url) for key, url in scheduled}
    if kind is MessageKind.FETCH_MAIL:
        return {str(key): _hash(f"mailbox {key}") for key in references}
    return {}


def of_webhook(url: str) -> str:
    """The receiver of deliveries to this URL."""
    return _hash(url)


def of_chat(channel_id: UUID) -> str:
    """The receiver of messages to this chat channel."""
    return f"{CHAT}{channel_id}"


def is_webhook(receiver: str) -> bool:
    """Whether the receiver of a delivery is a webhook's."""
    return receiver not in ("", MAIL) and not receiver.startswith(CHAT)


def next_messages(*, now: datetime) -> list[UUID]:
    """The due messages that may be sent now: of each receiver as many as it has room for, longest due first."""
    values = {"now": now, "threshold": _THRESHOLD, "limit": settings.EXTERNAL_CONCURRENCY_PER_RECEIVER}
    values["kinds"] = [kind.value for kind in MessageKind]
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_MESSAGES, values)
        return [key for (key,) in cursor.fetchall()]


@transaction.atomic
def record_failure(receiver: str, *, now: datetime, retry_after: timedelta | None = None) -> None:
    """Count a failed call. From the third in a row on, hold the receiver's messages back for a while.

    `retry_after`: the pause that the receiver asks for; its messages are held back for so long, but not forever.
    """
    if not receiver:
        return
    defaults = {"failed_at": now}
    breaker, _ = CircuitBreaker.objects.select_for_update().get_or_create(defaults, receiver=receiver)
    if breaker.open_until is not None and breaker.open_until > now:
        return  # a call from before it opened
    if breaker.failed_at <= now - _FORGET_AFTER:
        breaker.failures, breaker.open_until = 0, None
    breaker.failures, breaker.failed_at = breaker.failures + 1, now
    if breaker.failures >= _THRESHOLD:
        doublings = min(breaker.failures - _THRESHOLD, 10)
        breaker.open_until = now + min(_FIRST_PAUSE * 2**doublings, _LONGEST_PAUSE)
    if retry_after:
        breaker.open_until = max(breaker.open_until or now, now + min(retry_after, LONGEST_RETRY_AFTER))
    breaker.save()


def record_success(receiver: str) -> None:
    """Close the receiver's breaker."""
    CircuitBreaker.objects.filter(receiver=receiver).delete()


def allow_probe(receiver: str) -> None:
    """End the pause of the receiver's breaker: somebody says that it works again."""
    CircuitBreaker.objects.filter(receiver=receiver).update(open_until=None)


def paused(*, now: datetime) -> QuerySet[CircuitBreaker]:
    """The breakers of receivers that get nothing at the moment."""
    return CircuitBreaker.objects.filter(open_until__gt=now)


def failing() -> QuerySet[CircuitBreaker]:
    """The breakers of receivers that failed repeatedly: paused, or being probed."""
    return CircuitBreaker.objects.filter(failures__gte=_THRESHOLD)


def held_back() -> QuerySet[CircuitBreaker]:
    """Those of them that have messages."""
    return failing().filter(_has_messages())


def stale(*, now: datetime) -> list[str]:
    """The receivers that failed long ago and have no messages."""
    long_ago = CircuitBreaker.objects.filter(failed_at__lte=now - _FORGET_AFTER).exclude(open_until__gt=now)
    return list(long_ago.exclude(_has_messages()).values_list("receiver", flat=True))


def forget(*, receiver: str, now: datetime) -> None:
    """Delete the receiver's breaker unless it has failed again."""
    CircuitBreaker.objects.filter(receiver=receiver, failed_at__lte=now - _FORGET_AFTER).delete()


def _has_messages() -> Q:
    messages = OutboxMessage.objects.filter(receiver__gt="", receiver=OuterRef("receiver"))
    ready, sent, running = (
        Exists(messages.filter(state=state.value))  # one query for each partial index
        for state in (MessageState.READY, MessageState.SENT, MessageState.RUNNING)
    )
    return Q(ready) | Q(sent) | Q(running)


def _fetched_host(url: str) -> str:
    """Host and port; the text itself if it cannot be called."""
    import httpx  # seven megabytes, and the dispatcher asks for no host

    try:
        host = httpx.URL(url).netloc.decode("ascii")
    except httpx.InvalidURL:
        host = url
    return _hash(f"fetch {host}")


def _hash(text: str) -> str:
    """An address may name a source or contain a password."""
    return hashlib.sha256(text.encode()).hexdigest()
