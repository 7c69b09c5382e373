"""The newsroom under test: every process twice, real servers, and a separate folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from newsroom.local import postgres, redis
from newsroom.local.supervisor import Program
from newsroom.processes import PROCESSES
from tests.proofs.chaos.history import History
from tests.proofs.chaos.process_manager import ProcessManager

ROOT = Path(__file__).resolve().parents[3]
INJECTED_FAULTS = Path(__file__).parent / "injected_faults"

LEASE = 10  # seconds, for OUTBOX_REDISPATCH_SECONDS; short, so that a run of a minute has many
REDISPATCH_AFTER = 5

WORKERS = ("worker1", "worker2")
QUARANTINE = "quarantine"
EXTERNAL = ("external1", "external2")
DISPATCHERS = ("dispatcher1", "dispatcher2")
BEATS = ("beat1", "beat2")
_START_TIMEOUT = 120

# Hosts whose clocks are wrong by this many seconds: far more than a lease.
CLOCK_OFFSETS = {"web": -43, "worker2": 97, "dispatcher2": -61, "beat2": 131}


@dataclass(frozen=True, slots=True)
class SystemUnderTest:
    """A running newsroom: its processes, its address and its folder."""

    processes: ProcessManager
    address: str
    folder: Path


def environment(folder: Path, *, port: int, mail: int, fault: str = "") -> dict[str, str]:
    """The environment of every process. `fault` is a module of injected_faults."""
    inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {
        **inherited,
        **fault_environment(fault),
        "ENV_FILE": os.devnull,
        "NEWSROOM_DATA": str(folder),
        "PORT": str(port),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
        "WEBHOOKS_ALLOW_PRIVATE_HOSTS": "1",
        "RATE_LIMIT_PER_TOKEN": "0",  # ten clients from one address, as fast as they can
        "RATE_LIMIT_PER_IP": "0",
        "WORKER_CONCURRENCY": "2",
        "OUTBOX_LEASE_SECONDS": str(LEASE),
        "OUTBOX_REDISPATCH_SECONDS": str(REDISPATCH_AFTER),
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    }


def fault_environment(*faults: str) -> dict[str, str]:
    """The variables with which Python injects these faults at its start."""
    named = " ".join(filter(None, faults))
    return {"PYTHONPATH": str(INJECTED_FAULTS), "CHAOS_FAULTS": named} if named else {}


@contextmanager
def running_system(folder: Path, variables: dict[str, str], history: History) -> Iterator[SystemUnderTest]:
    """Start the newsroom with the demo loaded; stop it at the end."""
    logs = folder / "logs"
    logs.mkdir()
    processes = ProcessManager(ROOT, logs, variables, history)
    try:
        processes.start(
            postgres.program(folder, throwaway=False),
            redis.program(folder, owners=postgres.cluster_dir(folder), throwaway=False),
        )
        wait_until(lambda: postgres.is_ready(folder) and redis.is_ready(folder), "the servers answer")
        postgres.create_database(folder)
        _prepare(variables, logs)
        processes.start(*_programs(folder, variables.get("CHAOS_FAULTS", "")))
        running = SystemUnderTest(processes, f"http://localhost:{variables['PORT']}", folder)
        wait_until(lambda: _is_ready(running.address), "the web process answers")
        wait_until(
            lambda: all(len(processes[name].process_tree()) > 2 for name in WORKERS), "the workers have their pools"
        )
        yield running
    finally:
        processes.close()


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], what: str, *, within: float = _START_TIMEOUT) -> None:
    """Wait until the condition is true. Raises TimeoutError if it does not become true."""
    limit = time.monotonic() + within
    while not true():
        if time.monotonic() > limit:
            raise TimeoutError(f"Not within {within:.0f} s: {what}.")
        time.sleep(0.1)


def _prepare(variables: dict[str, str], logs: Path) -> None:
    command = [sys.executable, "manage.py", "prepare", "--demo"]
    clean = {name: value for name, value in variables.items() if name != "CHAOS_FAULTS"}
    with (logs / "prepare.log").open("wb") as log:
        subprocess.run(command, cwd=ROOT, env=clean, stdout=log, stderr=log, check=True)  # noqa: S603


def _programs(folder: Path, fault: str) -> list[Program]:
    names = ("web", *WORKERS, QUARANTINE, *EXTERNAL, *DISPATCHERS, *BEATS)
    programs = []
    for name in names:
        process = PROCESSES[name.rstrip("12")]
        schedule = ["--schedule", str(folder / f"{name}-schedule")] if name in BEATS else []
        fault_option = (
            {**fault_environment(fault, "clock_skew"), "CHAOS_SKEW": str(CLOCK_OFFSETS[name])}
            if name in CLOCK_OFFSETS
            else {}
        )
        programs.append(Program(name, [*process.command(), *schedule], fault_option, stop_timeout=process.stop_timeout))
    return programs


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
