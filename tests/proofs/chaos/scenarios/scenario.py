"""One scenario: a newsroom started for it, figures, and goals that are reached or missed."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from newsroom.local import postgres, redis
from newsroom.local.supervisor import Program
from newsroom.processes import PROCESSES
from tests.proofs.chaos import system
from tests.proofs.chaos.history import History
from tests.proofs.chaos.mail_server import mail_server
from tests.proofs.chaos.process_manager import ProcessManager
from tests.proofs.chaos.system import SystemUnderTest, wait_until
from tests.support.servers import temporary_folder

PROCESS_NAMES = ("web", "worker1", "worker2", "quarantine", "external1", "dispatcher1", "dispatcher2", "beat1")
"""The processes of a scenario by default, numbered where there are several."""


@dataclass(slots=True)
class Scenario:
    """The resources of a scenario, and its results."""

    system: SystemUnderTest
    history: History
    seed: int
    seconds: float
    failed_goals: list[str] = field(default_factory=list)

    def report(self, name: str, value: object) -> None:
        """Print a figure."""
        print(f"  {name}: {value}", flush=True)  # noqa: T201

    def goal(self, goal: str, *, reached: bool) -> None:
        """Print whether a goal was reached."""
        print(f"  {'reached' if reached else 'MISSED'}: {goal}", flush=True)  # noqa: T201
        if not reached:
            self.failed_goals.append(goal)

    def log(self, text: str) -> None:
        """Print a line of progress."""
        print(f"{datetime.now(UTC):%H:%M:%S}  {text}", file=sys.stderr, flush=True)  # noqa: T201


Opener = Callable[[Path, dict[str, str], History], AbstractContextManager[SystemUnderTest]]


def main(
    carry_out: Callable[[Scenario], None],
    *,
    minutes: float,
    crew: Sequence[str] = PROCESS_NAMES,
    variables: Mapping[str, str] | None = None,
    faults: Sequence[str] = (),
    opened: Opener | None = None,
    mail_at: str = "127.0.0.1",
) -> int:
    """Start a newsroom, run the scenario, and stop the newsroom. 1 if a goal was missed.

    SEED and MINUTES, or the options, set the random seed and the duration. `variables` go to every process.
    """
    options = _options(minutes)
    signal.signal(signal.SIGTERM, _stop)
    with temporary_folder("newsroom-chaos-") as folder:
        history = History(folder / "history.jsonl")
        with mail_server(history, mail_at) as mail:
            environment = system.environment(folder, port=system.free_port(), mail=mail)
            environment |= {"EMAIL_URL": f"smtp://{mail_at}:{mail}", **(variables or {})}
            os.environ.update(environment)
            _set_up_django()
            environment |= system.fault_environment(*faults)
            opening = opened or (lambda *arguments: _running_system(*arguments, crew))
            try:
                with opening(folder, environment, history) as ready:
                    scenario = Scenario(ready, history, options.seed, options.minutes * 60)
                    scenario.report("seed, minutes", f"{options.seed}, {options.minutes:g}")
                    carry_out(scenario)
            finally:
                if options.keep:
                    shutil.copytree(folder / "logs", options.keep, dirs_exist_ok=True)
                    shutil.copy(history.path, options.keep)
        scenario.report("load of the machine, of so many cores", f"{os.getloadavg()[0]:.1f}, {os.cpu_count()}")
        return 1 if scenario.failed_goals else 0


@contextmanager
def _running_system(
    folder: Path, variables: dict[str, str], history: History, crew: Sequence[str]
) -> Iterator[SystemUnderTest]:
    logs = folder / "logs"
    logs.mkdir()
    processes = ProcessManager(system.ROOT, logs, variables, history)
    try:
        processes.start(
            postgres.program(folder, throwaway=False),
            redis.program(folder, owners=postgres.cluster_dir(folder), throwaway=False),
        )
        wait_until(lambda: postgres.is_ready(folder) and redis.is_ready(folder), "the servers answer")
        postgres.create_database(folder)
        system._prepare(variables, logs)
        processes.start(*(program(name, folder) for name in crew))
        ready = SystemUnderTest(processes, f"http://localhost:{variables['PORT']}", folder)
        if "web" in crew:
            wait_until(lambda: system._is_ready(ready.address), "the web process answers")
        wait_for_worker_pools(ready, crew)
        yield ready
    finally:
        processes.close()


def program(name: str, folder: Path, **environment: str) -> Program:
    """One of the newsroom's processes, by its numbered name."""
    kind = name.rstrip("0123456789")
    schedule = ["--schedule", str(folder / f"{name}-schedule")] if kind == "beat" else []
    return Program(
        name, [*PROCESSES[kind].command(), *schedule], environment, stop_timeout=PROCESSES[kind].stop_timeout
    )


def wait_for_worker_pools(ready: SystemUnderTest, crew: Sequence[str]) -> None:
    """Wait until the pool of every worker is complete."""
    pools = [name for name in crew if name.startswith(("worker", "quarantine"))]
    wait_until(
        lambda: all(len(ready.processes[name].process_tree()) > 1 for name in pools), "the workers have their pools"
    )


def kill_and_hold(ready: SystemUnderTest, name: str) -> Program:
    """Kill a process, and keep it down. Returns what is needed to start it again."""
    held = ready.processes._managed.pop(name)
    if held.process is not None:
        for process in held.process_tree():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        held.process.wait()
    return held.program


def _options(minutes: float) -> argparse.Namespace:
    variable = os.environ.get
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=int(variable("SEED") or random.randrange(10_000)))  # noqa: S311
    parser.add_argument("--minutes", type=float, default=float(variable("MINUTES") or minutes))
    parser.add_argument("--keep", type=Path, help="a folder for the logs and the history")
    return parser.parse_args()


def _set_up_django() -> None:
    import django

    django.setup()


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(143)
