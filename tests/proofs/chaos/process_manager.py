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

_POLL_INTERVAL = 0.2  # seconds between two looks, and before a program is started again


class ManagedProcess:
    """A program that is wanted, and the process that runs it now, if one does."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program, self._log = program, log
        self.name = program.name
        self.killed_on_purpose = False  # its next end is our doing
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether its main process is there."""
        return self.process is not None and self.process.poll() is None

    def process_tree(self) -> list[psutil.Process]:
        """Its main process, and then its children."""
        with suppress(psutil.NoSuchProcess):
            if self.process is not None and self.is_running:
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

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to all of its session."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


class ProcessManager:
    """One thread starts everything: the kernel ends a server with the thread that started it."""

    def __init__(self, folder: Path, logs: Path, environment: Mapping[str, str], history: History) -> None:
        self._folder, self._logs, self._environment, self._history = folder, logs, environment, history
        self._managed: dict[str, ManagedProcess] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def __getitem__(self, name: str) -> ManagedProcess:
        return self._managed[name]

    @property
    def names(self) -> list[str]:
        """What is wanted."""
        return list(self._managed)

    def start(self, *programs: Program) -> None:
        """Want these from now on."""
        for program in programs:
            self._managed[program.name] = ManagedProcess(program, self._logs / f"{program.name}.log")

    def stop(self, *names: str) -> None:
        """Want these no more, and wait for their end."""
        ending = [self._managed.pop(name) for name in names]
        for process in ending:
            process.send_signal(signal.SIGCONT)
            if process.process is not None:
                process.process.send_signal(process.program.stop_signal)
        for process in ending:
            if process.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    process.process.wait(timeout=process.program.stop_timeout)
            process.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """End everything, the last that was wanted first."""
        for name in reversed(list(self._managed)):
            self.stop(name)
        self._closing.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._closing.is_set():
            for process in list(self._managed.values()):
                if not process.is_running:
                    self._start(process)
            time.sleep(_POLL_INTERVAL)

    def _start(self, process: ManagedProcess) -> None:
        if process.process is not None:
            if not process.killed_on_purpose:
                self._history.record("crash", name=process.name, code=process.process.returncode)
            process.send_signal(signal.SIGKILL)  # children that outlived it would hold the port and the queue
        process.killed_on_purpose = False
        process.start(self._environment, self._folder)
