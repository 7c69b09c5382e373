"""A real dispatcher and worker run the jobs that a test commits."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from editorial import dispatch, outbox, tasks
from editorial.models import Heartbeat, MessageKind, MessageState, OutboxMessage
from editorial.workflow.review import assessments
from newsroom.processes import PROCESSES
from tests.support.live import RunningProcess, deployment_environment, wait_until
from tests.support.servers import WORKER


@pytest.mark.servers
def test_a_real_worker_runs_a_committed_job(celery_worker_process: dict[str, RunningProcess]) -> None:
    with transaction.atomic():
        outbox.send(MessageKind.ASSESS_CLAIM, "0197f0c0-0000-7000-8000-000000000000", now=timezone.now())
    unfinished = OutboxMessage.objects.exclude(state=MessageState.DONE.value)
    wait_until(lambda: not unfinished.exists() or unfinished.filter(attempts__gt=0).exists(), within=120)
    assert OutboxMessage.objects.get().attempts == 1


def _waiting(queue: str) -> int:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return client.llen(queue)


def test_every_kind_of_job_has_a_task() -> None:
    assert {dispatch.task_name(kind) for kind in MessageKind} <= set(tasks.assess_claim.app.tasks)


def test_failed_jobs_are_dispatched_to_quarantine_and_all_others_elsewhere(transactional_db: None) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    with transaction.atomic():
        outbox.send(MessageKind.ASSESS_CLAIM, "0197f0c0-0000-7000-8000-000000000000", now=long_ago)
    before = _waiting("newsroom"), _waiting(settings.OUTBOX_QUARANTINE)
    assert dispatch.publish_batch() == 1
    assert (_waiting("newsroom"), _waiting(settings.OUTBOX_QUARANTINE)) == (before[0] + 1, before[1])
    run = outbox.start(OutboxMessage.objects.get().pk, now=long_ago)
    assert run is not None
    outbox.fail(run, ValueError(), now=long_ago)
    assert dispatch.publish_batch() == 1
    assert (_waiting("newsroom"), _waiting(settings.OUTBOX_QUARANTINE)) == (before[0] + 1, before[1] + 1)


def test_jobs_the_broker_rejects_stay_due(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.send_each(MessageKind.REEVALUATE_STORY, ["one", "two"], now=timezone.now() - timedelta(hours=1))
    published = []

    def publish(batch: list[outbox.Dispatched]) -> None:
        published.append(batch)
        if len(published) > 1:
            raise OSError

    monkeypatch.setattr(dispatch, "publish", publish)
    with pytest.raises(OSError):  # noqa: PT011
        dispatch.publish_batch()
    states = [message.state for message in OutboxMessage.objects.order_by("id")]
    assert states == [MessageState.SENT, MessageState.READY]


def test_a_job_out_of_memory_fails_without_its_worker(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def eat(**_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(assessments, "reassess", eat)
    long_ago = timezone.now() - timedelta(hours=1)
    outbox.send_each(MessageKind.ASSESS_CLAIM, ["one"], now=long_ago)
    (job,) = outbox.claim_batch(now=timezone.now())
    with pytest.raises(tasks.JobOutOfMemory):  # Celery ends the worker over a MemoryError
        tasks.assess_claim(message_id=str(job.message))
    message = OutboxMessage.objects.get()
    assert (message.state, message.error) == (MessageState.READY, "MemoryError")


def test_claims_are_dispatched_in_batches_but_alone_once_started(transactional_db: None) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    outbox.send_each(MessageKind.ASSESS_CLAIM, [f"claim {number}" for number in range(60)], now=long_ago)
    before = _waiting("newsroom")
    assert tasks.publish_batch() == 60
    assert _waiting("newsroom") == before + 2
    for message in OutboxMessage.objects.all()[:3]:
        assert outbox.start(message.pk, now=long_ago)
    assert tasks.publish_batch() == 3  # their leases have run out
    assert _waiting("newsroom") == before + 5


@pytest.mark.servers
def test_beat_stops_when_terminated_during_a_heartbeat(transactional_db: None, data_folder: Path) -> None:
    environment = deployment_environment(
        data_folder, database=connection.settings_dict["NAME"], redis=settings.REDIS_URL
    )
    beat = RunningProcess(
        [*PROCESSES["beat"].command(), "--schedule", str(data_folder / f"ending-beat{WORKER}")], environment
    )
    wait_until(lambda: Heartbeat.objects.filter(process="beat").exists())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE editorial_heartbeat IN SHARE MODE")
        wait_until(lambda: _waits_for_a_lock(cursor), within=60)
        beat.process.terminate()
        time.sleep(1)
    assert beat.wait_for_exit(within=60) == 0
    assert not Heartbeat.objects.filter(process="beat").exists()


def _waits_for_a_lock(cursor: CursorWrapper) -> bool:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'editorial_heartbeat'::regclass"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )
    (waits,) = cursor.fetchone()
    return bool(waits)
