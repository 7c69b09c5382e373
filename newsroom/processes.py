"""The newsroom's processes: one list, shared by `manage.py up`, the container image and the docs.

`python -m newsroom.processes web` becomes the process of that name; containers run it this way.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from newsroom.local import data_dir
from newsroom.observability import multiprocess

LISTEN_FD_VARIABLE = "NEWSROOM_LISTEN_FD"
"""Variable with the number of the listening socket that web inherits from a supervisor."""


_WEB = ("SECRET_KEY", "IDENTITY_KEY", "VAULT_KEYS", "SECOND_FACTOR_KEYS", "WEBHOOK_KEYS", "RESPONSE_KEYS", "MAIL_KEYS")
_WORKER = ("AUDIT_SIGNING_KEY",)
SECRETS = (*_WEB, "AUDIT_SIGNING_KEY")
"""Settings that a process is only given if it needs them."""
CREDENTIALS = ("OIDC_CLIENT_SECRET", "INBOUND_MAIL_IMAP_PASSWORD")
"""The same for credentials that others issue to the newsroom."""


# Otherwise glibc gives each thread a heap, which keeps what the thread used once: 25 MB in `external`.
_ALL = {"MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2")}


@dataclass(frozen=True)
class Process:
    """A process of the newsroom. Any number may run on any number of machines, except beat: only one."""

    purpose: str
    command: Callable[[], list[str]]
    stop_timeout: float
    """Seconds for a graceful shutdown."""
    allows_overlap: bool = True
    """Whether its successor may start while it still runs."""
    secrets: tuple[str, ...] = ()
    """Those of SECRETS that it needs."""
    credentials: tuple[str, ...] = ()
    """The CREDENTIALS that it needs."""

    def environment(self) -> dict[str, str]:
        """Its variables: those of all processes, and empty values for the secrets that it does not need.

        These take precedence over `.env` and `secrets.json`.
        """
        absent = [name for name in (*SECRETS, *CREDENTIALS) if name not in (*self.secrets, *self.credentials)]
        secrets = {
            variable: "" for name in absent for variable in (name, f"{name}_FILE", f"{name.removesuffix('S')}_PROVIDER")
        }
        return {**_ALL, **secrets}


def _web() -> list[str]:
    return [
        *_python("gunicorn", "newsroom.wsgi:application"),
        f"--bind={_bind_address()}",
        "--worker-class=newsroom.web.server.worker.BufferingWorker",
        "--preload",  # the processes share what they import
        f"--workers={os.environ.get('WEB_CONCURRENCY', '2')}",
        "--threads=4",
        "--timeout=60",
        # DRAIN_SECONDS let a proxy notice the shutdown; then accepted requests are finished.
        f"--graceful-timeout={_drain_seconds() + 25}",
        "--no-control-socket",  # it would be created in a home folder, which a service need not have
        "--config=python:newsroom.web.gunicorn_hooks",
        "--log-level=error",  # warnings quote requests
    ]


def _bind_address() -> str:
    if LISTEN_FD_VARIABLE in os.environ:
        return f"fd://{os.environ[LISTEN_FD_VARIABLE]}"
    return f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"


def _drain_seconds() -> int:
    return round(float(os.environ.get("DRAIN_SECONDS", "0")))


def _worker(*extra: str) -> list[str]:
    # Workers need no events from each other: PostgreSQL records which worker has which job.
    no_events = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    # Celery warns root about pickle; the newsroom accepts JSON only.
    warnings = ["-W", "ignore:You're running the worker with superuser privileges"]
    python, *command = _python("newsroom.celery_command", "worker", "--loglevel=INFO", *no_events)
    return [python, *warnings, *command, *extra]


def _quarantine() -> list[str]:
    return _worker("--queues=newsroom.quarantine", f"--concurrency={os.environ.get('QUARANTINE_CONCURRENCY', '1')}")


def _external() -> list[str]:
    # Threads, because its jobs wait for others; 16 processes would take a gigabyte.
    return _worker(
        "--queues=newsroom.external", "--pool=threads", f"--concurrency={os.environ.get('EXTERNAL_CONCURRENCY', '16')}"
    )


def _dispatcher() -> list[str]:
    return _python("newsroom", "dispatch_outbox")


def _beat() -> list[str]:
    return _python("newsroom.celery_command", "beat", "--loglevel=WARNING")


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


PROCESSES = {
    "web": Process(
        "answers browsers and API clients",
        _web,
        stop_timeout=_drain_seconds() + 30,
        secrets=_WEB,
        credentials=("OIDC_CLIENT_SECRET",),
    ),
    "worker": Process("runs jobs: assesses claims, notifies people", _worker, stop_timeout=15, secrets=_WORKER),
    "quarantine": Process("repeats failed jobs without delaying others", _quarantine, stop_timeout=15, secrets=_WORKER),
    "external": Process(
        "sends email, webhooks and chat, fetches imports and incoming email",
        _external,
        stop_timeout=30,
        secrets=("WEBHOOK_KEYS", "MAIL_KEYS"),
        credentials=("INBOUND_MAIL_IMAP_PASSWORD",),
    ),
    "dispatcher": Process("dispatches jobs recorded in PostgreSQL", _dispatcher, stop_timeout=10),
    "beat": Process("triggers scheduled work", _beat, stop_timeout=10, allows_overlap=False),
}


def main() -> None:
    """Replace this process with the named one."""
    if len(sys.argv) != 2 or sys.argv[1] not in PROCESSES:
        lines = [f"  {name:<11}{process.purpose}" for name, process in PROCESSES.items()]
        sys.exit("\n".join(["Usage: python -m newsroom.processes NAME", *lines]))
    process = PROCESSES[sys.argv[1]]
    command = process.command()
    data = Path(os.environ.get("NEWSROOM_DATA", data_dir.default())).resolve()
    multiprocess.prepare_dir(data, sys.argv[1])
    environment = {**os.environ, **process.environment(), **multiprocess.environment(data, sys.argv[1])}
    os.execve(command[0], command, environment)  # noqa: S606


if __name__ == "__main__":
    main()
