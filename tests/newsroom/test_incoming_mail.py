"""Incoming email with real processes: the external worker is killed while it collects, and each message waits once."""

from __future__ import annotations

import mailbox
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from editorial.models import Mailbox, Notification, ReceivedAnswer
from newsroom.processes import PROCESSES
from tests.newsroom.test_import_worker_crash import kill
from tests.support.cast import Room
from tests.support.incoming_mail import DOMAIN, ask, mail_to
from tests.support.live import RunningProcess, deployment_environment, wait_until
from tests.support.servers import WORKER

MESSAGES = 40


@pytest.mark.slow
def test_a_killed_worker_leaves_every_message_stored_once(
    parallel: Room, data_folder: Path, settings: Any, tmp_path: Path
) -> None:
    settings.INBOUND_MAIL_DOMAIN = DOMAIN
    parallel.now = timezone.now()
    request = ask(parallel)
    box = mailbox.Maildir(tmp_path / "maildir")
    for number in range(MESSAGES):
        box.add(mail_to(request, f"Answer {number}."))
    environment = deployment_environment(
        data_folder, database=connection.settings_dict["NAME"], redis=django_settings.REDIS_URL
    )
    environment |= {"OUTBOX_LEASE_SECONDS": "10", "OUTBOX_REDISPATCH_SECONDS": "5", "INBOUND_MAIL_SECONDS": "1"}
    environment |= {"INBOUND_MAIL_DOMAIN": DOMAIN, "INBOUND_MAILDIR": str(tmp_path / "maildir")}
    commands = {name: PROCESSES[name].command() for name in ("worker", "external", "dispatcher", "beat")}
    commands["beat"] += ["--schedule", str(data_folder / f"mail-beat{WORKER}")]
    running = {name: RunningProcess(command, environment) for name, command in commands.items()}
    try:
        wait_until(lambda: ReceivedAnswer.objects.count() >= 3, within=120)
        kill(running["external"])
        assert len(box) > 0, "it was killed in the middle"
        running["external"] = RunningProcess(commands["external"], environment)
        wait_until(lambda: len(box) == 0 and ReceivedAnswer.objects.count() == MESSAGES, within=240)
        wait_until(Notification.objects.filter(user=parallel.people["rosa"]).exists, within=60)
    finally:
        for process in running.values():
            process.process.terminate()
        for process in running.values():
            process.stop()
    assert ReceivedAnswer.objects.values("message_digest").distinct().count() == MESSAGES
    assert Mailbox.objects.aggregate(total=Sum("received"))["total"] == MESSAGES
    for process in running.values():
        assert "fenn.example" not in process.output
