"""The newsroom's processes: the one list that `manage.py up`, the container image and the docs share.

`python -m newsroom.processes web` becomes the process of that name; this is how a container runs one.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from newsroom.local import data_dir
from newsroom.observability import multiprocess

LISTEN_FD_VARIABLE = "NEWSROOM_LISTEN_FD"
"""Variable that names the number of a listening socket, where a supervisor holds it for web."""


@dataclass(frozen=True)
class Process:
    """One of the newsroom's processes. Any number of each may run, on any number of machines, except of beat."""

    purpose: str
    command: Callable[[], list[str]]
    stop_timeout: float
    """Seconds that it may take to finish what it does when it is told to stop."""
    allows_overlap: bool = True
    """Whether its successor may begin while it still works."""


def _web() -> list[str]:
    return [
        *_python("gunicorn", "newsroom.wsgi:application"),
        f"--bind={_bind_address()}",
        f"--workers={os.environ.get('WEB_CONCURRENCY', '2')}",
        "--threads=4",
        "--timeout=60",
        # Who has come in is served to the end, after DRAIN_SECONDS in which a proxy hears that it must send no more.
        f"--graceful-timeout={_drain_seconds() + 25}",
        "--keep-alive=75",  # longer than clients keep a connection that they do not use: they close it, not we
        "--no-control-socket",  # it would be put in a home folder, which a service need not have
        "--config=python:newsroom.web.gunicorn_hooks",
        "--log-level=error",  # a warning would quote what was sent
    ]


def _bind_address() -> str:
    if LISTEN_FD_VARIABLE in os.environ:
        return f"fd://{os.environ[LISTEN_FD_VARIABLE]}"
    return f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"


def _drain_seconds() -> int:
    return round(float(os.environ.get("DRAIN_SECONDS", "0")))


def _worker(*extra: str) -> list[str]:
    # Workers need no news of each other: PostgreSQL says who holds which job.
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    # Celery warns root because it could be told to unpickle; here it reads JSON only.
    calm = ["-W", "ignore:You're running the worker with superuser privileges"]
    python, *command = _python("celery", "--quiet", "--app=newsroom", "worker", "--loglevel=INFO", *alone)
    return [python, *calm, *command, *extra]


def _quarantine() -> list[str]:
    return _worker("--queues=newsroom.quarantine", f"--concurrency={os.environ.get('QUARANTINE_CONCURRENCY', '1')}")


def _dispatcher() -> list[str]:
    return _python("newsroom", "dispatch_outbox")


def _beat() -> list[str]:
    return _python("celery", "--quiet", "--app=newsroom", "beat", "--loglevel=WARNING")


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


PROCESSES = {
    "web": Process("answers browsers and API clients", _web, stop_timeout=_drain_seconds() + 30),
    "worker": Process("runs jobs: assesses claims, notifies people", _worker, stop_timeout=15),
    "quarantine": Process("repeats failed jobs without delaying others", _quarantine, stop_timeout=15),
    "dispatcher": Process("dispatches jobs recorded in PostgreSQL", _dispatcher, stop_timeout=10),
    "beat": Process("triggers scheduled work", _beat, stop_timeout=10, allows_overlap=False),
}


def main() -> None:
    """Become the named process."""
    if len(sys.argv) != 2 or sys.argv[1] not in PROCESSES:
        lines = [f"  {name:<11}{process.purpose}" for name, process in PROCESSES.items()]
        sys.exit("\n".join(["Name one process: python -m newsroom.processes NAME", *lines]))
    command = PROCESSES[sys.argv[1]].command()
    data = Path(os.environ.get("NEWSROOM_DATA", data_dir.default())).resolve()
    multiprocess.prepare_dir(data, sys.argv[1])
    os.execve(command[0], command, {**os.environ, **multiprocess.environment(data, sys.argv[1])})  # noqa: S606


if __name__ == "__main__":
    main()
