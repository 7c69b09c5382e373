"""Nobody notices a restart: no request fails, no job is lost, done twice or late."""

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


def _still_open(crowd: TrafficGenerator) -> None:
    assert crowd.failures == []
    assert crowd.succeeded > 100
    assert len(crowd.claims) == len(set(crowd.claims)) > 10


def _assert_jobs_done(database: str, crowd: TrafficGenerator) -> None:
    """Every claim that was acknowledged was assessed, once, soon; nothing was given up."""
    with psycopg.connect(database, autocommit=True) as asked:
        given_up = asked.execute("SELECT count(*) FROM editorial_outboxmessage WHERE state = 'dead'").fetchone()
        assert given_up == (0,)

        def left() -> int:
            waiting = "SELECT count(*) FROM editorial_outboxmessage WHERE state <> 'done' AND kind = 'review_claim'"
            return int(asked.execute(waiting).fetchone()[0])  # type: ignore[index]

        wait_until(lambda: left() == 0, within=240)
        assessed = asked.execute(
            "SELECT claim_id::text, count(*) FROM editorial_assessment WHERE claim_id::text = ANY(%s) GROUP BY 1",
            [crowd.claims],
        ).fetchall()
        assert dict(assessed) == dict.fromkeys(crowd.claims, 1)
        late = asked.execute(
            "SELECT max(extract(epoch FROM done_at - available_at)) FROM editorial_outboxmessage "
            "WHERE kind = 'review_claim' AND reference = ANY(%s)",
            [crowd.claims],
        ).fetchone()
        assert late
        assert late[0] < _LATEST


@pytest.mark.slow
def test_an_embedded_newsroom_is_restarted_under_load_with_no_failed_request() -> None:
    with temporary_folder("newsroom-rolling-") as folder:
        data, port = folder / "data", free_port()
        with start_newsroom(data, port=port, **_NO_RATE_LIMIT) as running:
            crowd = traffic.log_in(f"http://127.0.0.1:{port}", "mina", loader.PASSWORD)
            before = set(_children(running))
            with crowd.running():
                for _ in range(3):
                    time.sleep(2)
                    said = _restart(data)
                    assert "Every process was restarted" in said
            _still_open(crowd)
            assert not before & set(_children(running)), "an old process is still there: nothing was restarted"
            assert "Killing it" not in running.output
            _assert_jobs_done(sockets.database_url(data, role=sockets.APPLICATION), crowd)


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
    given = (ROOT / "deploy/Caddyfile").read_text()
    assert given.count("\n{$DOMAIN} {\n") == 1
    file = folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n}\n" + given.replace("\n{$DOMAIN} {\n", f"\nhttp://localhost:{port} {{\n"))
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
def test_two_web_services_behind_the_proxy_are_restarted_in_turn_with_no_failed_request(
    transactional_db: None, room: Room, data_folder: Path, tmp_path: Path
) -> None:
    rosa = room.people["rosa"]
    rosa.password = make_password(loader.PASSWORD)
    rosa.save()
    environment = deployment_environment(
        data_folder, database=connection.settings_dict["NAME"], redis=settings.REDIS_URL
    )
    door, ports = free_port(), [free_port(), free_port()]

    def start(port: int) -> RunningProcess:
        variables = environment | {"PORT": str(port), "DRAIN_SECONDS": str(_DRAIN), **_NO_RATE_LIMIT}
        return RunningProcess([sys.executable, "-m", "newsroom.processes", "web"], variables)

    with ExitStack() as closing:
        webs = {port: start(port) for port in ports}
        for port in ports:
            wait_until(lambda port=port: _open(port))
        closing.enter_context(_proxy(tmp_path, door, ports))
        crowd = traffic.log_in(f"http://localhost:{door}", "rosa", loader.PASSWORD)
        with crowd.running():
            for port in [*ports, *ports]:
                time.sleep(2)
                began = time.monotonic()
                assert webs[port].stop() == 0
                assert time.monotonic() - began >= _DRAIN, "it left at once"
                webs[port] = start(port)
                wait_until(lambda port=port: _open(port))
                time.sleep(2)  # until the proxy has heard
        for web in webs.values():
            web.stop()
    _still_open(crowd)
