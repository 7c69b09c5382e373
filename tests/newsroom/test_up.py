"""`manage.py up`, as a newcomer runs it: in a folder whose name has spaces, with nothing else installed."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from newsroom.local import postgres, redis, sockets
from newsroom.local.supervisor import orphans
from tests.support.live import RunningProcess, clean_environment, free_port, start_newsroom, wait_until
from tests.support.servers import temporary_folder

UP = [sys.executable, "manage.py", "up"]

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """The data folder of a newsroom that was opened once and closed again."""
    with temporary_folder("newsroom up ") as folder:
        data = folder / "the data"
        with start_newsroom(data):
            pass
        yield data
        orphans.terminate(_processes(data), signal.SIGTERM)


def _processes(data: Path) -> list[psutil.Process]:
    return [
        *orphans.find_by_mark(str(data)),
        *orphans.find_by_directory(postgres.cluster_dir(data), "postgres"),
        *orphans.find_by_directory(redis.append_log_dir(data), redis.PROGRAM),
    ]


def _error_of(data: Path, **environment: str) -> str:
    running = RunningProcess(UP, clean_environment(NEWSROOM_DATA=str(data), **environment))
    assert running.wait_for_exit() == 1
    assert "Traceback" not in running.output
    return running.output


@pytest.fixture(scope="class")
def newsroom(data: Path) -> Iterator[RunningProcess]:
    """The newsroom, opened for the second time."""
    with start_newsroom(data, port=free_port()) as running:
        yield running


class TestRunningNewsroom:
    """A newsroom that was just started."""

    def test_the_newsroom_responds_at_the_address_it_prints(self, newsroom: RunningProcess) -> None:
        address = re.search(r"running at (http://localhost:\d+/)", newsroom.output)
        assert address
        page = httpx.get(address[1], follow_redirects=True)
        assert page.status_code == 200
        assert "Newsroom" in page.text
        assert httpx.get(f"{address[1]}static/unfold/css/styles.css").status_code == 200

    def test_every_start_prints_the_demo_accounts(self, newsroom: RunningProcess, data: Path) -> None:
        output = (data / "demo.txt").read_text().strip()
        assert output
        assert output in newsroom.output

    def test_only_web_has_the_secrets_of_the_vault(self, newsroom: RunningProcess, data: Path) -> None:
        """An empty variable takes precedence over the file with all of them."""
        running = [(" ".join(process.cmdline()), process.environ()) for process in orphans.find_by_mark(str(data))]
        without = [name for command in ("celery", "dispatch_outbox") for name, _ in running if command in name]
        assert len(without) >= 4, running
        vault = ("VAULT_KEYS", "IDENTITY_KEY", "SECRET_KEY")
        for command, environment in running:
            if "celery" in command or "dispatch_outbox" in command:
                assert {environment[name] for name in vault} == {""}
            elif "gunicorn" in command:
                assert not set(vault) & environment.keys()

    def test_the_data_is_readable_by_its_owner_only(self, newsroom: RunningProcess, data: Path) -> None:
        assert data.stat().st_mode & 0o066 == 0
        for inside in data.iterdir():
            assert inside.stat().st_mode & 0o077 == 0, inside

    def test_every_process_connects_as_the_application(self, newsroom: RunningProcess, data: Path) -> None:
        sessions = "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'newsroom' AND usename IS NOT NULL"
        with psycopg.connect(sockets.database_url(data, role=sockets.APPLICATION)) as connected:
            assert connected.execute(sessions).fetchall() == [(sockets.APPLICATION,)]

    def test_owner_and_superuser_need_their_password(self, newsroom: RunningProcess, data: Path) -> None:
        for role in (sockets.OWNER, "postgres"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(sockets.database_url(data, role=role))
        with psycopg.connect(sockets.owner_url(data)) as connected:
            assert connected.execute("SELECT current_user").fetchone() == (sockets.OWNER,)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(sockets.database_url(data, database="postgres", role=sockets.APPLICATION))

    def test_a_head_of_the_record_is_signed_soon(self, newsroom: RunningProcess, data: Path) -> None:
        wait_until(lambda: (data / "audit-heads/head-00000001.json").exists(), within=180)

    def test_a_second_newsroom_on_the_same_folder_is_refused(self, newsroom: RunningProcess, data: Path) -> None:
        assert f"(process {newsroom.process.pid}" in _error_of(data, PORT=str(free_port()))


def test_a_taken_port_is_named_with_the_remedy(data: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        output = _error_of(data, PORT=str(port))
    assert f"Cannot listen on port {port}" in output
    assert "PORT=" in output


def test_an_invalid_port_is_refused(data: Path) -> None:
    assert "is not a port (1 to 65535)" in _error_of(data, PORT="eighty")


@pytest.mark.parametrize(
    "signal_number",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, marks=pytest.mark.slow),
    ],
)
def test_stopping_leaves_no_process(data: Path, signal_number: signal.Signals) -> None:
    with start_newsroom(data) as running:
        assert len(_processes(data)) > 6
        running.process.send_signal(signal_number)
        assert running.wait_for_exit() == 0
    assert _processes(data) == []


@pytest.mark.slow
def test_killing_the_supervisor_ends_every_process(data: Path) -> None:
    with start_newsroom(data) as running:
        running.process.kill()
        running.wait_for_exit()
        wait_until(lambda: _processes(data) == [], within=30)


def test_the_newsroom_starts_again_after_every_process_was_killed(data: Path) -> None:
    with start_newsroom(data) as running:
        for process in [psutil.Process(running.process.pid), *_processes(data)]:
            with contextlib.suppress(psutil.NoSuchProcess):  # gone with the one killed before it
                process.kill()
        running.wait_for_exit()
    assert (postgres.cluster_dir(data) / "postmaster.pid").exists(), "nothing stale to clear: the test proves nothing"
    # The killed server's number may belong to another program of ours by now.
    lock = postgres.cluster_dir(data) / "postmaster.pid"
    lock.write_text("\n".join([str(os.getpid()), *lock.read_text().splitlines()[1:]]))
    # And where the kernel does not end orphans with their supervisor, there is one.
    orphan = subprocess.Popen(["sleep", "600"], env={**os.environ, orphans.RUN_MARK_VARIABLE: str(data)})  # noqa: S607
    with start_newsroom(data) as again:
        assert "Giving up" not in again.output
        assert orphan.wait(timeout=60) == -signal.SIGTERM


@pytest.mark.slow
def test_a_crashed_process_is_started_again(data: Path) -> None:
    with start_newsroom(data) as running:
        for name in ("beat", "worker"):
            main = next(process for process in _processes(data) if f" {name} " in f" {' '.join(process.cmdline())} ")
            main.kill()
            running.wait_for_output(f"{name} was killed by SIGKILL. Restarting it")
        wait_until(lambda: (data / "newsroom.log").read_text().count("ready.") > 2)
        wait_until(lambda: sum("beat" in process.cmdline() for process in _processes(data)) == 1)


@pytest.mark.slow
def test_a_server_that_cannot_be_kept_running_closes_the_newsroom(data: Path) -> None:
    manifest = redis.append_log_dir(data) / "appendonlydir" / "appendonly.aof.manifest"
    with start_newsroom(data) as running:
        manifest.write_text("not a manifest")
        for process in orphans.find_by_directory(redis.append_log_dir(data), redis.PROGRAM):
            process.kill()
        assert running.wait_for_exit(within=60) == 1
        assert "redis keeps crashing" in running.output
    shutil.rmtree(manifest.parent)
    assert _processes(data) == []


def test_a_folder_that_is_not_writable_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.touch()
    output = _error_of(file / "data")
    assert str(file / "data") in output
    assert "NEWSROOM_DATA=" in output


@pytest.mark.slow
def test_a_newsroom_in_a_long_path_starts() -> None:
    with temporary_folder("newsroom-") as folder:
        data = folder / ("long " * 20 + "name") / "data"
        assert not sockets.socket_dir(data).is_relative_to(data)
        with start_newsroom(data, "--no-demo"):
            pass
        shutil.rmtree(sockets.socket_dir(data))
