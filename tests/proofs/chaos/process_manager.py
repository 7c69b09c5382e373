"""Keeps programs running as a service manager would: a program that ends is started again immediately."""

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

_POLL_INTERVAL = 0.2  # seconds between two checks, and before a program is started again


class ManagedProcess:
    """A managed program, and its current process, if there is one."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program, self._log = program, log
        self.name = program.name
        self.killed_on_purpose = False  # the harness ends it next
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether its main process exists."""
        return self.process is not None and self.process.poll() is None

    def process_tree(self) -> list[psutil.Process]:
        """Its main process, followed by its children."""
        with suppress(psutil.NoSuchProcess):
            if self.process is not None and self.is_running:
                main = psutil.Process(self.process.pid)
                return [main, *main.children()]
        return []

    def start(self, environment: Mapping[str, str], folder: Path) -> None:
        """Start its process, in a separate session."""
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
        """Send a signal to every process of its session."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


class ProcessManager:
    """One thread starts every program: the kernel ends a server with the thread that started it."""

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
        """The names of the managed programs."""
        return list(self._managed)

    def start(self, *programs: Program) -> None:
        """Start and manage these programs."""
        for program in programs:
            self._managed[program.name] = ManagedProcess(program, self._logs / f"{program.name}.log")

    def stop(self, *names: str) -> None:
        """Stop managing these programs, and wait for their end."""
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
        """Stop every program, the last one first."""
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
            process.send_signal(signal.SIGKILL)  # surviving children would keep the port and the queue
        process.killed_on_purpose = False
        process.start(self._environment, self._folder)
