"""One trial: a newsroom opened for it, figures as they are found, and goals that are reached or missed."""

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
from tests.proofs.chaos.mail_server import letterbox
from tests.proofs.chaos.process_manager import Keeper
from tests.proofs.chaos.system import House, wait_until
from tests.support.servers import temporary_folder

CREW = ("web", "worker1", "worker2", "quarantine", "relay1", "relay2", "beat1")
"""Who works in a trial, unless it says otherwise: names of processes, numbered where there are several."""


@dataclass(slots=True)
class Trial:
    """What a trial works with, and what it has found."""

    house: House
    history: History
    seed: int
    seconds: float
    missed: list[str] = field(default_factory=list)

    def figure(self, name: str, value: object) -> None:
        """Tell a figure that was found."""
        print(f"  {name}: {value}", flush=True)  # noqa: T201

    def goal(self, goal: str, *, reached: bool) -> None:
        """Tell whether a goal was reached."""
        print(f"  {'reached' if reached else 'MISSED'}: {goal}", flush=True)  # noqa: T201
        if not reached:
            self.missed.append(goal)

    def say(self, text: str) -> None:
        """Tell whoever watches what goes on."""
        print(f"{datetime.now(UTC):%H:%M:%S}  {text}", file=sys.stderr, flush=True)  # noqa: T201


Opener = Callable[[Path, dict[str, str], History], AbstractContextManager[House]]


def main(
    carry_out: Callable[[Trial], None],
    *,
    minutes: float,
    crew: Sequence[str] = CREW,
    variables: Mapping[str, str] | None = None,
    plants: Sequence[str] = (),
    opened: Opener | None = None,
    mail_at: str = "127.0.0.1",
) -> int:
    """Open a newsroom as the trial wants it, carry the trial out, and close. 1 if a goal was missed.

    SEED and MINUTES, or the options, say with which dice and for how long. `variables` go to every process.
    """
    options = _options(minutes)
    signal.signal(signal.SIGTERM, _stop)
    with temporary_folder("newsroom-chaos-") as folder:
        history = History(folder / "history.jsonl")
        with letterbox(history, mail_at) as mail:
            environment = system.environment(folder, port=system.free_port(), mail=mail)
            environment |= {"EMAIL_URL": f"smtp://{mail_at}:{mail}", **(variables or {})}
            os.environ.update(environment)
            _wake_django()
            environment |= system.planted(*plants)
            opening = opened or (lambda *given: _opened(*given, crew))
            try:
                with opening(folder, environment, history) as ready:
                    trial = Trial(ready, history, options.seed, options.minutes * 60)
                    trial.figure("seed, minutes", f"{options.seed}, {options.minutes:g}")
                    carry_out(trial)
            finally:
                if options.keep:
                    shutil.copytree(folder / "logs", options.keep, dirs_exist_ok=True)
                    shutil.copy(history.path, options.keep)
        trial.figure("load of the machine, of so many cores", f"{os.getloadavg()[0]:.1f}, {os.cpu_count()}")
        return 1 if trial.missed else 0


@contextmanager
def _opened(folder: Path, variables: dict[str, str], history: History, crew: Sequence[str]) -> Iterator[House]:
    logs = folder / "logs"
    logs.mkdir()
    keeper = Keeper(system.ROOT, logs, variables, history)
    try:
        keeper.keep(
            postgres.program(folder, throwaway=False),
            redis.program(folder, owners=postgres.cluster(folder), throwaway=False),
        )
        wait_until(lambda: postgres.answers(folder) and redis.answers(folder), "the servers answer")
        postgres.make_database(folder)
        system._prepare(variables, logs)
        keeper.keep(*(program(name, folder) for name in crew))
        ready = House(keeper, f"http://localhost:{variables['PORT']}", folder)
        if "web" in crew:
            wait_until(lambda: system._answers(ready.address), "the web process answers")
        wait_for_pools(ready, crew)
        yield ready
    finally:
        keeper.close()


def program(name: str, folder: Path, **environment: str) -> Program:
    """One of the newsroom's processes, by its numbered name."""
    kind = name.rstrip("0123456789")
    schedule = ["--schedule", str(folder / f"{name}-schedule")] if kind == "beat" else []
    return Program(name, [*PROCESSES[kind].command(), *schedule], environment, patience=PROCESSES[kind].patience)


def wait_for_pools(ready: House, crew: Sequence[str]) -> None:
    """Wait until every worker in the crew has its hands."""
    hands = [name for name in crew if name.startswith(("worker", "quarantine"))]
    wait_until(lambda: all(len(ready.keeper[name].family()) > 1 for name in hands), "the workers have their pools")


def bring_down(ready: House, name: str) -> Program:
    """Kill a process without a warning, and keep it down. Returns what `keep` wants to start it again."""
    kept = ready.keeper._kept.pop(name)
    if kept.process is not None:
        for process in kept.family():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        kept.process.wait()
    return kept.program


def _options(minutes: float) -> argparse.Namespace:
    given = os.environ.get
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=int(given("SEED") or random.randrange(10_000)))  # noqa: S311
    parser.add_argument("--minutes", type=float, default=float(given("MINUTES") or minutes))
    parser.add_argument("--keep", type=Path, help="a folder for the logs and the history")
    return parser.parse_args()


def _wake_django() -> None:
    import django

    django.setup()


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(143)
