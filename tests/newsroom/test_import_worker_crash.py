"""An import with real workers: one of them dies in the middle, and every row is filed once all the same."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from editorial.models import Claim, Event, Import, MessageKind, OutboxMessage
from editorial.workflow.imports import imports
from newsroom.processes import PROCESSES
from tests.support.cast import Room
from tests.support.live import RunningProcess, deployment_environment, wait_until
from tests.support.servers import WORKER

LINES = 500


def kill(running: RunningProcess) -> None:
    """SIGKILL the worker and its pool processes together."""
    worker = psutil.Process(running.process.pid)
    for process in (*worker.children(recursive=True), worker):
        process.kill()
    running.wait_for_exit()


@pytest.mark.slow
def test_a_killed_worker_leaves_every_row_filed_once(parallel: Room, data_folder: Path) -> None:
    environment = deployment_environment(
        data_folder, database=connection.settings_dict["NAME"], redis=settings.REDIS_URL
    )
    environment |= {"OUTBOX_LEASE_SECONDS": "10", "OUTBOX_REDISPATCH_SECONDS": "5", "WORKER_CONCURRENCY": "2"}
    sheet = "text\n" + "".join(f"Gate {number} was open.\n" for number in range(LINES))
    arguments = {"desk_id": parallel.desk.pk, "kind": "claims_sheet"}
    batches = [
        imports.start(**arguments, file=BytesIO(sheet.encode()), actor=parallel.people[name], now=timezone.now())
        for name in ("rosa", "ruben")
    ]
    names = ("worker", "dispatcher", "beat")
    commands = {name: PROCESSES[name].command() for name in names}
    commands["beat"] += ["--schedule", str(data_folder / f"imports-beat{WORKER}")]
    running = {name: RunningProcess(command, environment) for name, command in commands.items()}
    try:
        for mark in (40, 200):
            wait_until(lambda mark=mark: Claim.objects.count() >= mark, within=120)
            kill(running["worker"])
            assert Claim.objects.count() < LINES, "it was killed in the middle"
            running["worker"] = RunningProcess(commands["worker"], environment)
        wait_until(lambda: not Import.objects.exclude(state="done").exists(), within=240)
    finally:
        for process in running.values():
            process.process.terminate()
        for process in running.values():
            process.stop()
    assert Claim.objects.count() == Claim.objects.values("text").distinct().count() == LINES
    assert Event.objects.filter(action="claim.file").count() == LINES
    ended = [Import.objects.get(pk=batch.pk) for batch in batches]
    assert sum(batch.filed for batch in ended) == sum(batch.known for batch in ended) == LINES, (
        "two people, one claim each"
    )
    assert all(batch.processed == batch.row_count == LINES and batch.refused == 0 for batch in ended)
    for batch in ended:
        assert batch.rows.values("claim").distinct().count() == LINES
    assert not OutboxMessage.objects.filter(kind=MessageKind.IMPORT.value).exclude(state="done").exists()
