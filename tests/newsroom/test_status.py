"""Heartbeats, queues and queue health, from PostgreSQL alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editorial import outbox
from editorial.models import (
    Heartbeat,
    MessageKind,
    MessageState,
    OutboxMessage,
)
from editorial.operations import heartbeats, queue_health, queue_stats, status
from editorial.policy.vocabulary import TaskQueue
from tests.support.cast import NOW, Room

pytestmark = pytest.mark.django_db

_S = MessageState


def message(
    state: MessageState = _S.READY, *, age: float = 0, now: datetime | None = None, **more: Any
) -> OutboxMessage:
    """A message that has been due for so many seconds."""
    now = now or timezone.now()
    due = now - timedelta(seconds=age)
    if state is _S.RUNNING:
        more = {"token": "0197f0c0-0000-7000-8000-000000000000", "lease_until": now} | more
    return OutboxMessage.objects.create(
        kind=more.pop("kind", MessageKind.NOTIFY.value), reference="1",
        state=state.value, created_at=due, available_at=due, **more,
    )  # fmt: skip


def heartbeat(process: str = "worker", *, host: str | None = None, **more: Any) -> Heartbeat:
    now = timezone.now()
    return Heartbeat(
        process=process, host=host or heartbeats.host(), pid=1, version="1", started_at=now, last_seen_at=now, **more
    )


class TestHeartbeats:
    def test_a_process_is_running_then_missing_then_removed(self) -> None:
        worker = heartbeat(slots=2)
        heartbeats.beat(worker, now=NOW)
        worker.running_jobs = [{"work": "notify", "since": "then"}]
        heartbeats.beat(worker, now=NOW + heartbeats.INTERVAL)
        row = heartbeats.alive(now=NOW + heartbeats.INTERVAL).get()
        assert (row.slots, row.running_jobs) == (2, [{"work": "notify", "since": "then"}])

        later = NOW + heartbeats.INTERVAL + heartbeats.MISSING_AFTER
        assert not heartbeats.alive(now=later).exists()
        assert heartbeats.missing(now=later).get() == worker
        heartbeats.beat(heartbeat("dispatcher"), now=later + heartbeats.DELETE_AFTER)
        assert [row.process for row in Heartbeat.objects.all()] == ["dispatcher"]

    def test_a_process_that_deregisters_is_not_missing(self) -> None:
        worker = heartbeat()
        heartbeats.beat(worker, now=NOW)
        heartbeats.deregister(worker)
        assert not Heartbeat.objects.exists()

    def test_a_heartbeat_takes_two_statements(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            heartbeats.beat(heartbeat(), now=NOW)
        assert len(queries) == 2


class TestQueues:
    def test_queues_are_reported_by_kind_and_state_with_their_oldest_due_job(self) -> None:
        now = timezone.now()
        message(age=5, now=now)
        message(age=30, now=now)
        message(age=-600, now=now)  # to be tried again in ten minutes
        message(_S.SENT, age=60, now=now, sent_at=now)
        message(_S.RUNNING, kind="deliver", now=now)
        message(_S.DONE, done_at=now, now=now)
        depths = {(pile.kind, pile.state): (pile.count, pile.due) for pile in queue_stats.queue_depths(now=now)}
        assert depths == {("notify", "ready"): (3, 2), ("notify", "sent"): (1, 1), ("deliver", "running"): (1, 1)}
        piles = queue_stats.queue_depths(now=now)
        assert queue_stats.oldest(piles, now, _S.READY).total_seconds() == 30
        assert queue_stats.oldest(piles, now, _S.READY, _S.SENT).total_seconds() == 60
        assert queue_stats.oldest(piles, now, _S.DEAD) == timedelta(0)

    def test_a_job_that_is_not_due_does_not_wait(self) -> None:
        message(age=-600)
        assert queue_stats.oldest(queue_stats.queue_depths(now=timezone.now()), timezone.now(), _S.READY) == timedelta(
            0
        )

    def test_a_job_within_its_lease_does_not_wait(self) -> None:
        message(_S.RUNNING, age=1000, lease_until=timezone.now() + timedelta(hours=1))
        assert queue_health.check(now=timezone.now()).waiting == 0

    def test_recent_throughput_is_reported_by_step(self, room: Room) -> None:
        room.claim()
        for row in OutboxMessage.objects.all():
            OutboxMessage.objects.filter(pk=row.pk).update(available_at=room.now)
        jobs = outbox.claim_batch(now=room.later(seconds=2))
        for job in jobs:
            run = outbox.start(job.message, now=room.now + timedelta(seconds=3))
            assert run
            outbox.finish(run, now=room.now + timedelta(seconds=3.5))
        now = room.later(seconds=10)
        recent = next(each for each in queue_stats.throughput(now=now) if each.kind is MessageKind.ASSESS_CLAIM)
        assert (recent.count, recent.dispatch_wait, recent.start_wait, recent.run_time) == (1, 2.0, 3.0, 0.5)
        minutes = queue_stats.by_minute(now=now, minutes=3)[MessageKind.ASSESS_CLAIM]
        assert minutes == [0, 0, 1]
        assert queue_stats.by_minute(now=now + timedelta(minutes=2), minutes=3)[MessageKind.ASSESS_CLAIM] == [1, 0, 0]

    def test_review_tasks_and_emails_are_counted(self, room: Room) -> None:
        claim = room.claim()
        room.settle()
        assert claim.tasks.exists()
        counted = queue_stats.task_counts(now=room.now)
        assert sum(live for live, _ in counted.values()) == claim.tasks.count()
        assert set(counted) == set(TaskQueue)
        assert all(late == 0 for _, late in counted.values())
        assert sum(late for _, late in queue_stats.task_counts(now=room.later(days=30)).values()) == claim.tasks.count()
        assert set(queue_stats.delivery_counts().values()) == {0}

    def test_every_query_uses_an_index(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            status.snapshot(now=timezone.now())
        assert len(queries) <= 10
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # the tables of a test are too small for an index to pay
            for query in queries.captured_queries:
                cursor.execute(f"EXPLAIN {query['sql']}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
                for ledger in ("editorial_outboxmessage", "editorial_reviewtask", "editorial_delivery"):
                    assert f"Seq Scan on {ledger}" not in plan, plan


class TestQueueHealth:
    @pytest.mark.parametrize(
        ("state", "more"),
        [(_S.READY, {}), (_S.SENT, {}), (_S.RUNNING, {"lease_until": timezone.now() - timedelta(days=1)})],
    )
    def test_jobs_that_wait_too_long_are_detected_at_every_step(self, state: MessageState, more: Any) -> None:
        now = timezone.now()
        message(state, age=119, now=now, **({"lease_until": now} if more else {}))
        assert queue_health.check(now=now).ok
        message(state, age=130, now=now, **more)
        drain = queue_health.check(now=now)
        assert not drain.ok
        assert drain.waiting == 2

    @pytest.mark.parametrize("state", [_S.DONE, _S.DEAD])
    def test_finished_and_dead_jobs_do_not_wait(self, state: MessageState) -> None:
        message(state, age=10_000, done_at=timezone.now() if state is _S.DONE else None)
        assert queue_health.check(now=timezone.now()).ok

    def test_the_endpoint_and_the_command_agree(self, client: Client) -> None:
        heartbeats.beat(heartbeat(), now=timezone.now())
        response, output = client.get("/health/queue"), StringIO()
        call_command("check_queue", stdout=output)
        assert response.status_code == 200
        assert response.json()["detail"] == output.getvalue().strip()
        assert (response.json()["workers"], response.json()["dispatchers"], response.json()["waiting"]) == (1, 0, 0)
        message(age=300)
        response = client.get("/health/queue")
        assert response.status_code == 503
        assert 300 <= response.json()["oldest_seconds"] < 900
        with pytest.raises(CommandError, match=r"1 job\(s\) are due"):
            call_command("check_queue")
        call_command("check_queue", max_wait=1000, stdout=StringIO())

    def test_the_check_can_be_limited_to_a_process_of_this_machine(self) -> None:
        heartbeats.beat(heartbeat("dispatcher"), now=timezone.now())
        heartbeats.beat(heartbeat("worker", host="elsewhere"), now=timezone.now())
        call_command("check_queue", process="dispatcher", stdout=StringIO())
        with pytest.raises(CommandError, match="No worker on"):
            call_command("check_queue", process="worker")
