"""Keeps programs running as a service manager would: whatever ends is started again at once."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from newsroom.local.supervisor import Program
from tests.proofs.chaos.history import History

_PAUSE = 0.2  # seconds between two looks, and before a program is started again


class Kept:
    """A program that is wanted, and the process that runs it now, if one does."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program, self._log = program, log
        self.name = program.name
        self.struck = False  # its next end is our doing
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        """Whether its main process is there."""
        return self.process is not None and self.process.poll() is None

    def family(self) -> list[psutil.Process]:
        """Its main process, and then its children."""
        with suppress(psutil.NoSuchProcess):
            if self.process is not None and self.runs:
                main = psutil.Process(self.process.pid)
                return [main, *main.children()]
        return []

    def start(self, environment: Mapping[str, str], folder: Path) -> None:
        """Start its process, in a session of its own."""
        self.program.before_start()
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                self.program.command,
                cwd=folder,
                env={**environment, **self.program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all of its session."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


class Keeper:
    """One thread starts everything: the kernel ends a server with the thread that started it."""

    def __init__(self, folder: Path, logs: Path, environment: Mapping[str, str], history: History) -> None:
        self._folder, self._logs, self._environment, self._history = folder, logs, environment, history
        self._kept: dict[str, Kept] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def __getitem__(self, name: str) -> Kept:
        return self._kept[name]

    @property
    def names(self) -> list[str]:
        """What is wanted."""
        return list(self._kept)

    def keep(self, *programs: Program) -> None:
        """Want these from now on."""
        for program in programs:
            self._kept[program.name] = Kept(program, self._logs / f"{program.name}.log")

    def end(self, *names: str) -> None:
        """Want these no more, and wait for their end."""
        ending = [self._kept.pop(name) for name in names]
        for kept in ending:
            kept.send(signal.SIGCONT)
            if kept.process is not None:
                kept.process.send_signal(kept.program.stop_signal)
        for kept in ending:
            if kept.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    kept.process.wait(timeout=kept.program.patience)
            kept.send(signal.SIGKILL)

    def close(self) -> None:
        """End everything, the last that was wanted first."""
        for name in reversed(list(self._kept)):
            self.end(name)
        self._closing.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._closing.is_set():
            for kept in list(self._kept.values()):
                if not kept.runs:
                    self._start(kept)
            time.sleep(_PAUSE)

    def _start(self, kept: Kept) -> None:
        if kept.process is not None:
            if not kept.struck:
                self._history.note("crash", name=kept.name, code=kept.process.returncode)
            kept.send(signal.SIGKILL)  # children that outlived it would hold the port and the queue
        kept.struck = False
        kept.start(self._environment, self._folder)
