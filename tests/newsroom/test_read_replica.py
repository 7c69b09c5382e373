"""Lists and exports from a streaming replica: a real one of the embedded PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from editorial.workflow.people import tokens
from newsroom.local import postgres
from newsroom.local.os_user import OsUser
from tests.support.live import RunningProcess, deployment_environment, free_port, wait_until
from tests.support.servers import database_url, temporary_folder

pytestmark = pytest.mark.servers


@pytest.fixture
def secret(transactional_db: None, room: Any) -> str:
    """Rosa's token."""
    return tokens.issue(user_id=room.people["rosa"].pk, actor=room.people["rosa"], now=timezone.now()).secret


@pytest.fixture
def cluster(secret: str, data_folder: Path) -> Iterator[tuple[str, str, Any]]:
    """A primary with a copy of this test's database, its replica, and how to start or stop the replica."""
    with temporary_folder("newsroom-replica-") as folder, ExitStack() as stack:
        account = OsUser.for_servers(folder / "primary")
        ports = {name: free_port() for name in ("primary", "replica")}
        for name in ports:
            account.make_private(folder / name)
        run = _runner(account, folder)
        run("initdb", "-D", str(folder / "primary"), "--username=postgres", "--auth=trust", "--encoding=UTF8")
        stack.enter_context(_server(account, folder / "primary", ports["primary"]))
        urls = {name: f"postgresql://postgres@127.0.0.1:{port}/postgres" for name, port in ports.items()}
        wait_until(lambda: _accepts(urls["primary"]))
        dump = run(
            "pg_dump", "--no-owner", "--no-privileges", database_url(data_folder, connection.settings_dict["NAME"])
        )
        run("psql", "--quiet", "--set=ON_ERROR_STOP=1", urls["primary"], input=dump)
        run("pg_basebackup", "-D", str(folder / "replica"), "-d", urls["primary"], "-R", "--checkpoint=fast")
        yield urls["primary"], urls["replica"], lambda: _server(account, folder / "replica", ports["replica"])


def test_lists_come_from_the_replica_and_never_miss_what_was_written(
    cluster: tuple[str, str, Any], secret: str, room: Any, data_folder: Path
) -> None:
    primary, replica, start_replica = cluster
    with _web(primary, replica, secret, data_folder) as client:
        wait_until(lambda: _answers(client), within=120)
        claims: list[str] = []

        def file() -> None:
            body = {"desk": str(room.desk.pk), "text": f"Gate {len(claims)} was open.", "risk": "contentious"}
            claims.append(client.post("/claims", json=body).raise_for_status().json()["id"])

        def listed() -> set[str]:
            exported = client.get("/claims/export", params={"format": "jsonl"}).raise_for_status().text
            rows = client.get("/claims").raise_for_status().json()["results"]
            assert exported.count("\n") == len(rows)
            return {row["id"] for row in rows}

        file()
        assert listed() == set(claims), "no replica runs yet"
        with start_replica():
            wait_until(lambda: _accepts(replica))
            wait_until(lambda: bool(listed()) and _reads(replica) > 0, within=60)
            for _ in range(5):
                file()
                assert listed() == set(claims)
            with psycopg.connect(replica, autocommit=True) as paused:
                paused.execute("SELECT pg_wal_replay_pause()")
                file()
                assert listed() == set(claims), "the replica is late, so the primary answers"
                paused.execute("SELECT pg_wal_replay_resume()")
        file()
        assert listed() == set(claims), "the replica is gone"


@contextmanager
def _web(primary: str, replica: str, secret: str, data: Path) -> Iterator[httpx.Client]:
    port = str(free_port())
    environment = deployment_environment(data, database="postgres", redis=settings.REDIS_URL)
    environment |= {"DATABASE_URL": primary, "DATABASE_REPLICA_URL": replica, "PORT": port, "WEB_CONCURRENCY": "1"}
    environment.pop("DATABASE_OWNER_URL")
    web = RunningProcess([sys.executable, "-m", "newsroom.processes", "web"], environment)
    headers = {"Authorization": f"Bearer {secret}"}
    try:
        with httpx.Client(
            base_url=f"http://localhost:{port}/api/v1", headers=headers, timeout=60, trust_env=False
        ) as client:
            yield client
    finally:
        web.stop()
        print(web.output)  # noqa: T201 - pytest shows it if the test fails


@contextmanager
def _server(account: OsUser, cluster: Path, port: int) -> Iterator[None]:
    settings_here = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
    command = [postgres.runnable("postgres", account), "-D", str(cluster)]
    command += [word for setting in settings_here for word in ("-c", setting)]
    running = RunningProcess(account.wrap_command(command, stop_signal=signal.SIGINT), {"PATH": os.environ["PATH"]})
    try:
        yield
    finally:
        running.process.send_signal(signal.SIGINT)
        running.wait_for_exit()


def _runner(account: OsUser, folder: Path) -> Callable[..., str]:
    """Runs a PostgreSQL program as the account of the servers; its output."""

    def run(program: str, *arguments: str, input: str | None = None) -> str:
        command = account.wrap_command([postgres.runnable(program, account), *arguments], stop_signal=signal.SIGTERM)
        outcome = subprocess.run(command, input=input, capture_output=True, text=True, cwd="/")  # noqa: S603
        assert outcome.returncode == 0, outcome.stderr
        return outcome.stdout

    return run


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/me").status_code == 200
    except httpx.TransportError:
        return False


def _reads(replica: str) -> int:
    """How many connections have last read the newsroom's tables there."""
    with psycopg.connect(replica) as watching:
        query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE %s AND pid <> pg_backend_pid()"
        ((found,),) = watching.execute(query, ['%FROM "editorial_%'])
    return int(found)
