"""The product's own processes, run for real: as a person starts them, or as an operator's container engine does."""

import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connection

from newsroom.local import sockets
from newsroom.processes import PROCESSES
from tests.support.servers import ROOT, WORKER, database_url, temporary_folder

_KEY_RINGS = ("VAULT_KEYS", "SECOND_FACTOR_KEYS", "WEBHOOK_KEYS", "RESPONSE_KEYS", "MAIL_KEYS")


class RunningProcess:
    """A process that was started and whose output is kept."""

    def __init__(self, command: list[str], environment: Mapping[str, str], folder: Path = ROOT) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        """Everything it has said so far."""
        return "".join(self._lines)

    def wait_for_output(self, text: str, *, within: float = 60) -> str:
        """Wait until it has said the text; all that it said."""
        wait_until(lambda: text in self.output or self.process.poll() is not None, within=within)
        assert text in self.output, f"It never said {text!r}, but:\n{self.output}"
        return self.output

    def wait_for_exit(self, *, within: float = 60) -> int:
        """Wait for its end; its exit code."""
        code = self.process.wait(timeout=within)
        self._reader.join(timeout=5)
        return code

    def stop(self) -> int:
        """Ask it to stop, and wait for its end."""
        self.process.terminate()
        return self.wait_for_exit(within=60)

    def _read(self) -> None:
        with self.process.stdout or io.StringIO() as output:
            self._lines.extend(output)


def wait_until(true: Callable[[], bool], *, within: float = 60) -> None:
    """Return as soon as it is true; fail if it does not become true."""
    limit = time.monotonic() + within
    while not true():
        if time.monotonic() > limit:
            raise AssertionError(f"It did not come true within {within} s.")
        time.sleep(0.05)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment of a user's shell, without the servers of the test run."""
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    return {
        **environment,
        "ENV_FILE": os.devnull,
        "NO_COLOR": "1",
        "RATE_LIMIT_PER_TOKEN": "0",
        "RATE_LIMIT_PER_IP": "0",
        **extra,
    }


@contextmanager
def start_newsroom(data: Path, *arguments: str, port: int | None = None, **extra: str) -> Iterator[RunningProcess]:
    """`manage.py up` on a data folder, from the moment the newsroom is open."""
    environment = clean_environment(NEWSROOM_DATA=str(data), PORT=str(port or free_port()), **extra)
    running = RunningProcess([sys.executable, "manage.py", "up", *arguments], environment)
    try:
        running.wait_for_output("Newsroom is running at", within=240)
        yield running
    finally:
        running.stop()


def deployment_environment(data: Path, *, database: str, redis: str) -> dict[str, str]:
    """The variables of a real deployment, pointed at a test database."""
    return clean_environment(
        NEWSROOM_DATA=str(data),
        DATABASE_URL=database_url(data, database, role=sockets.APPLICATION),
        DATABASE_OWNER_URL=database_url(data, database),
        REDIS_URL=redis,
        SECRET_KEY=settings.SECRET_KEY,
        **{name: ",".join(getattr(settings, name)) for name in _KEY_RINGS},
        IDENTITY_KEY=settings.IDENTITY_KEY,
        AUDIT_SIGNING_KEY="",  # a test's database is emptied, and its heads would stay
        EMAIL_URL=f"filemail:///{data}/mail",
        ALLOWED_HOSTS="localhost",
        PUBLIC_URL="http://localhost",
        SECURE_SSL_REDIRECT="0",
        SECOND_FACTOR_ROLES="",
        LOG_JSON="0",
    )


@pytest.fixture
def celery_worker_process(transactional_db: None, data_folder: Path) -> Iterator[dict[str, RunningProcess]]:
    """A real worker, dispatcher and beat on this test's database: they run what is committed here."""
    environment = deployment_environment(
        data_folder, database=connection.settings_dict["NAME"], redis=settings.REDIS_URL
    )
    commands = {name: PROCESSES[name].command() for name in ("worker", "external", "dispatcher", "beat")}
    commands["beat"] += ["--schedule", str(data_folder / f"beat-schedule{WORKER}")]
    running = {name: RunningProcess(command, environment) for name, command in commands.items()}
    try:
        running["worker"].wait_for_output("ready")
        yield running
    finally:
        for process in running.values():
            process.process.terminate()
        for process in running.values():
            process.stop()


@pytest.fixture(scope="session")
def live_newsroom() -> Iterator[str]:
    """The address of a whole newsroom with the demo in it, started as a person starts one."""
    with temporary_folder("newsroom-live-") as folder:
        port = free_port()
        with start_newsroom(folder / "data", port=port):
            address = f"http://localhost:{port}"
            httpx.get(f"{address}/health/ready").raise_for_status()
            yield address
