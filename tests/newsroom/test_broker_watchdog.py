"""A worker that loses Redis during its jobs takes new ones once Redis is back."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen

import pytest
from django.db import connection, transaction

from editorial import outbox, tasks
from editorial.models import MessageKind, MessageState, OutboxMessage
from newsroom.celery import app as celery_app
from newsroom.local import broker_url, redis, redis_url
from newsroom.processes import PROCESSES
from tests.support.cast import Room
from tests.support.live import RunningProcess, deployment_environment, wait_until
from tests.support.servers import temporary_folder

pytestmark = pytest.mark.slow


class RedisServer:
    """A Redis of our own, to be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = redis_url(folder)
        self.start()

    def start(self) -> None:
        program = redis.program(self._folder, owners=self._folder, throwaway=True)
        program.before_start()
        self._process = subprocess.Popen(program.command)  # noqa: S603
        wait_until(lambda: redis.is_ready(self._folder))

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    with temporary_folder("newsroom-redis-") as folder:
        folder.chmod(0o711)
        server = RedisServer(folder)
        yield server
        server.kill()


def test_a_worker_takes_new_jobs_after_a_redis_outage(
    transactional_db: None, room: Room, data_folder: Path, own_redis: RedisServer
) -> None:
    room.now = datetime.now(UTC)
    environment = deployment_environment(data_folder, database=connection.settings_dict["NAME"], redis=own_redis.url)
    worker = RunningProcess(PROCESSES["worker"].command(), environment | {"WORKER_CONCURRENCY": "2"})
    try:
        worker.wait_for_output("ready")
        _redis_dies_before_jobs_are_acknowledged(room, own_redis, worker.process)
        worker.wait_for_output("Couldn't ack")  # else this test has tried nothing
        own_redis.start()
        room.claim("One more.")
        _dispatch(own_redis)
        wait_until(lambda: not _left(), within=20)
    finally:
        worker.process.send_signal(signal.SIGCONT)
        worker.stop()


def _redis_dies_before_jobs_are_acknowledged(room: Room, server: RedisServer, worker: Popen[str]) -> None:
    """Both slots of the worker are busy; its jobs end while its main process is stopped and Redis is down."""
    room.claim("One thing.")
    room.claim("Another thing.")
    with transaction.atomic():
        outbox.claim_batch(now=datetime.now(UTC))
    with transaction.atomic():
        list(OutboxMessage.objects.select_for_update())  # so that neither can begin
        for message in OutboxMessage.objects.filter(kind=MessageKind.ASSESS_CLAIM.value):
            _publish(message, server)
        wait_until(lambda: _started(server) == 2)
        time.sleep(1)  # until they have come from the main process to its children
        worker.send_signal(signal.SIGSTOP)
    wait_until(lambda: not _left(), within=15)
    time.sleep(1)  # until the children have said so
    server.kill()
    worker.send_signal(signal.SIGCONT)


def _dispatch(server: RedisServer) -> None:
    for message, kind, *_ in outbox.claim_batch(now=datetime.now(UTC)):
        if kind is MessageKind.ASSESS_CLAIM:
            _publish(OutboxMessage.objects.get(pk=message), server)


def _publish(message: OutboxMessage, server: RedisServer) -> None:
    with celery_app.connection_for_write(broker_url(server.url)) as broker:
        tasks.assess_claim.apply_async(kwargs={"message_id": str(message.pk)}, connection=broker)


def _started(server: RedisServer) -> int:
    import redis as client

    with client.Redis.from_url(server.url) as asking:
        return int(asking.hlen("unacked"))


def _left() -> int:
    """The number of unfinished assessments; notifications are not dispatched here."""
    reviews = OutboxMessage.objects.filter(kind=MessageKind.ASSESS_CLAIM.value)
    return reviews.exclude(state=MessageState.DONE.value).count()
