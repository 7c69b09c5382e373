"""`web` behind PgBouncer in transaction mode: a real one, with the configuration that we ship."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from editorial.workflow.people import tokens
from newsroom.local import postgres, sockets
from newsroom.local.os_user import OsUser
from tests.support.live import RunningProcess, deployment_environment, free_port, wait_until
from tests.support.servers import ROOT, temporary_folder

SHIPPED = configparser.ConfigParser(interpolation=None)
SHIPPED.read(ROOT / "deploy/pgbouncer.ini")
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
POOL_SIZE = 2


def test_the_pooler_sets_the_limits_that_its_clients_cannot() -> None:
    statements = SHIPPED["databases"]["newsroom"].partition("connect_query='")[2].rstrip("'").split("; ")
    limits = dict(re.fullmatch(r"SET (\w+) = (\S+)", statement).groups() for statement in statements)  # type: ignore[union-attr]
    assert limits == {name: str(value) for name, value in settings.DATABASE_LIMITS.items()}


@pytest.fixture
def pooler(transactional_db: None, data_folder: Path) -> Iterator[str]:
    """The address of a PgBouncer with two connections to this test's database."""
    if PROGRAM is None:
        pytest.skip("PgBouncer is not installed.")
    port, account = free_port(), OsUser.for_servers(postgres.cluster_dir(data_folder))
    described = SHIPPED["databases"]["newsroom"].replace("host=postgres", f"host={sockets.socket_dir(data_folder)}")
    described = described.replace("port=5432", f"port={sockets.POSTGRES_PORT}")
    described = described.replace("dbname=newsroom", f"dbname={connection.settings_dict['NAME']}")
    with temporary_folder("newsroom-pgbouncer-") as folder:
        here = {"listen_addr": "127.0.0.1", "listen_port": str(port), "auth_type": "trust", "unix_socket_dir": "",
                "auth_file": str(folder / "users"), "default_pool_size": str(POOL_SIZE)}  # fmt: skip
        (folder / "users").write_text(f'"{sockets.APPLICATION}" ""\n')
        lines = ["[databases]", f"newsroom = {described}", "[pgbouncer]"]
        lines += [f"{name} = {value}" for name, value in {**SHIPPED["pgbouncer"], **here}.items()]
        (folder / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
        command = account.wrap_command([PROGRAM, str(folder / "pgbouncer.ini")], stop_signal=signal.SIGTERM)
        running = RunningProcess(command, {"PATH": os.environ["PATH"]})
        try:
            running.wait_for_output("process up")
            yield f"postgresql://{sockets.APPLICATION}@127.0.0.1:{port}/newsroom"
        finally:
            running.process.kill()  # SIGTERM waits for clients
            running.wait_for_exit()


@pytest.mark.servers
def test_many_clients_share_two_connections(pooler: str, room: Any, data_folder: Path) -> None:
    secret = tokens.issue(user_id=room.people["rosa"].pk, actor=room.people["rosa"], now=timezone.now()).secret
    environment = deployment_environment(
        data_folder, database=connection.settings_dict["NAME"], redis=settings.REDIS_URL
    ) | {"DATABASE_POOL_URL": pooler, "PORT": str(free_port())}
    web = RunningProcess([sys.executable, "-m", "newsroom.processes", "web"], environment)
    client = httpx.Client(
        base_url=f"http://localhost:{environment['PORT']}/api/v1",
        headers={"Authorization": f"Bearer {secret}"}, timeout=60, trust_env=False,
    )  # fmt: skip
    try:
        wait_until(lambda: _answers(client), within=120)

        def file(number: int) -> str:
            body = {"desk": str(room.desk.pk), "text": f"Gate {number} was open.", "risk": "contentious"}
            answer = client.post("/claims", json=body, headers={"Idempotency-Key": f"gate {number}"})
            assert answer.status_code == 201, answer.text
            assert client.get("/claims").status_code == 200
            return str(answer.json()["id"])

        with ThreadPoolExecutor(8) as pool:
            claims = list(pool.map(file, range(24)))
        assert file(0) == claims[0], "its key was found again, on whichever connection"
        exported = client.get("/claims/export", params={"format": "jsonl"}).text.splitlines()
        assert len(exported) == len(set(claims)) == 24
    finally:
        client.close()  # its eight connections, too
        web.stop()
    assert "newsroom_app" in pooler
    with psycopg.connect(pooler, autocommit=True) as direct:
        assert direct.execute("SHOW statement_timeout").fetchone() == ("30s",)
        rows = direct.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND datname = current_database()",
            [sockets.APPLICATION],
        ).fetchone()
    assert rows == (POOL_SIZE,)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/me").status_code == 200
    except httpx.TransportError:
        return False
