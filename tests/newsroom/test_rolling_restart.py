"""A restart is unnoticed: no request fails, and no job is lost, repeated or late."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection

from editorial.management.demo import loader
from newsroom.local import sockets
from tests.support import traffic
from tests.support.cast import Room
from tests.support.live import (
    RunningProcess,
    clean_environment,
    deployment_environment,
    free_port,
    start_newsroom,
    wait_until,
)
from tests.support.servers import ROOT, temporary_folder
from tests.support.traffic import TrafficGenerator

_LATEST = 60  # seconds after which a job has to be done, restarts or not; a lease that ran out would take longer
_DRAIN = 4
_NO_RATE_LIMIT = {"RATE_LIMIT_PER_TOKEN": "0", "RATE_LIMIT_PER_IP": "0"}


def _still_open(load: TrafficGenerator) -> None:
    assert load.failures == []
    assert load.succeeded > 100
    assert len(load.claims) == len(set(load.claims)) > 10


def _assert_jobs_done(database: str, load: TrafficGenerator) -> None:
    """Every claim that was acknowledged was assessed, once, soon; nothing was given up."""
    with psycopg.connect(database, autocommit=True) as connection:
        given_up = connection.execute("SELECT count(*) FROM editorial_outboxmessage WHERE state = 'dead'").fetchone()
        assert given_up == (0,)

        def left() -> int:
            waiting = "SELECT count(*) FROM editorial_outboxmessage WHERE state <> 'done' AND kind = 'review_claim'"
            return int(connection.execute(waiting).fetchone()[0])  # type: ignore[index]

        wait_until(lambda: left() == 0, within=240)
        assessed = connection.execute(
            "SELECT claim_id::text, count(*) FROM editorial_assessment WHERE claim_id::text = ANY(%s) GROUP BY 1",
            [load.claims],
        ).fetchall()
        assert dict(assessed) == dict.fromkeys(load.claims, 1)
        late = connection.execute(
            "SELECT max(extract(epoch FROM done_at - available_at)) FROM editorial_outboxmessage "
            "WHERE kind = 'review_claim' AND reference = ANY(%s)",
            [load.claims],
        ).fetchone()
        assert late
        assert late[0] < _LATEST


@pytest.mark.slow
def test_an_embedded_newsroom_restarts_under_load_without_failed_requests() -> None:
    with temporary_folder("newsroom-rolling-") as folder:
        data, port = folder / "data", free_port()
        with start_newsroom(data, port=port, **_NO_RATE_LIMIT) as running:
            load = traffic.log_in(f"http://127.0.0.1:{port}", "mina", loader.PASSWORD)
            before = set(_children(running))
            with load.running():
                for _ in range(3):
                    time.sleep(2)
                    output = _restart(data)
                    assert "Restarted every process" in output
            _still_open(load)
            assert not before & set(_children(running)), "an old process is still there: nothing was restarted"
            assert "Killing it" not in running.output
            _assert_jobs_done(sockets.database_url(data, role=sockets.APPLICATION), load)


def _children(running: RunningProcess) -> list[int]:
    """Process numbers of web, workers, dispatcher and beat."""
    return [
        child.pid
        for child in psutil.Process(running.process.pid).children()
        if re.search("gunicorn|celery|dispatch_outbox", " ".join(child.cmdline()))
    ]


def _restart(data: Path) -> str:
    outcome = subprocess.run(
        [sys.executable, "manage.py", "restart"],
        cwd=ROOT,
        env=clean_environment(NEWSROOM_DATA=str(data)),
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


@contextmanager
def _proxy(folder: Path, port: int, webs: list[int]) -> Iterator[None]:
    """Caddy with the very file of the deployment, except for TLS and where it listens."""
    caddyfile = (ROOT / "deploy/Caddyfile").read_text()
    assert caddyfile.count("\n{$DOMAIN} {\n") == 1
    file = folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n}\n" + caddyfile.replace("\n{$DOMAIN} {\n", f"\nhttp://localhost:{port} {{\n"))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DOMAIN": "localhost",
        "WEB": " ".join(f"127.0.0.1:{web}" for web in webs),
    }
    caddy = RunningProcess(
        ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)], environment, folder=folder
    )
    try:
        wait_until(lambda: _answers(port), within=30)
        yield
    finally:
        caddy.stop()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://localhost:{port}/api/v1/claims", trust_env=False).status_code == 401
    except httpx.HTTPError:
        return False


def _open(port: int) -> bool:
    try:
        return httpx.get(f"http://localhost:{port}/health/accepting", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed here")
def test_two_web_services_restart_in_turn_without_failed_requests(
    transactional_db: None, room: Room, data_folder: Path, tmp_path: Path
) -> None:
    rosa = room.people["rosa"]
    rosa.password = make_password(loader.PASSWORD)
    rosa.save()
    environment = deployment_environment(
        data_folder, database=connection.settings_dict["NAME"], redis=settings.REDIS_URL
    )
    port, ports = free_port(), [free_port(), free_port()]

    def start(web_port: int) -> RunningProcess:
        variables = environment | {"PORT": str(web_port), "DRAIN_SECONDS": str(_DRAIN), **_NO_RATE_LIMIT}
        return RunningProcess([sys.executable, "-m", "newsroom.processes", "web"], variables)

    with ExitStack() as closing:
        webs = {web_port: start(web_port) for web_port in ports}
        for web_port in ports:
            wait_until(lambda web_port=web_port: _open(web_port))
        closing.enter_context(_proxy(tmp_path, port, ports))
        load = traffic.log_in(f"http://localhost:{port}", "rosa", loader.PASSWORD)
        with load.running():
            for web_port in [*ports, *ports]:
                time.sleep(2)
                began = time.monotonic()
                assert webs[web_port].stop() == 0
                assert time.monotonic() - began >= _DRAIN, "it ended without draining"
                webs[web_port] = start(web_port)
                wait_until(lambda web_port=web_port: _open(web_port))
                time.sleep(2)  # until the proxy has noticed
        for web in webs.values():
            web.stop()
    _still_open(load)
