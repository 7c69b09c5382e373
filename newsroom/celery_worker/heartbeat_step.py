"""The heartbeat of a worker, as a boot step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from celery import bootsteps
from celery.worker import state

from newsroom.observability.heartbeats import HeartbeatWriter, RunningJobs


class HeartbeatStep(bootsteps.StartStopStep):
    """Starts the heartbeat of a worker once its pool is up; the heartbeat lists the running jobs."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        """Start the heartbeat and the metrics server."""
        from django.conf import settings

        from newsroom.observability import endpoint

        endpoint.start_server()
        kinds = {settings.OUTBOX_QUARANTINE: "quarantine", settings.OUTBOX_EXTERNAL: "external"}
        (queue,) = worker.app.amqp.queues.consume_from
        self._heartbeat_writer = HeartbeatWriter(
            kinds.get(queue, "worker"),
            slots=worker.concurrency,
            running_jobs=lambda: _running_jobs(active_requests()),
        )
        self._heartbeat_writer.start()

    def stop(self, worker: Any) -> None:
        """Deregister after the running jobs finished or were returned."""
        self._heartbeat_writer.stop()

    def terminate(self, worker: Any) -> None:
        self._heartbeat_writer.stop()


def active_requests() -> list[Any]:
    """The requests that this worker's pool is running."""
    for _ in range(3):
        try:
            return list(state.active_requests)
        except RuntimeError:  # another thread changed the set during the copy
            continue
    return []


def _running_jobs(requests: Iterable[Any]) -> RunningJobs:
    return [
        {
            "work": str(request.name).rpartition(".")[2],
            "since": datetime.fromtimestamp(request.time_start, UTC).isoformat(timespec="seconds"),
        }
        for request in requests
        if request.time_start
    ]
