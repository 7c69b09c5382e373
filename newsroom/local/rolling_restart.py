"""Restarts the processes of a running newsroom without downtime: `manage.py restart`.

The supervisor owns the listening socket, and web processes inherit it. Each process ends only after its successor
works: the old one finishes the requests it accepted, the new one accepts the rest.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from newsroom.local import SetupError
from newsroom.local.supervisor import Console, Program, Supervisor

RESTART_SIGNAL = signal.SIGUSR1
"""Requests a restart. SIGHUP would be usual, but here it means that the terminal was closed."""


def listening_socket(bind: str, port: int) -> socket.socket:
    """A listening socket that outlives every web process. Raise OSError if the port is taken."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((bind.strip("[]"), port))
    except OSError:
        listener.close()
        raise
    listener.listen(2048)
    return listener


@dataclass(frozen=True)
class RestartResult:
    """The result of the last restart, as the supervisor wrote it. `message` is empty before the first one."""

    supervisor_pid: int
    restarted: bool = False
    message: str = ""

    def write(self, data: Path) -> None:
        """Write it where `manage.py restart` reads it."""
        draft = _result_path(data).with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self)))
        draft.rename(_result_path(data))

    @classmethod
    def read(cls, data: Path) -> RestartResult | None:
        """The last result, or None."""
        try:
            return cls(**json.loads(_result_path(data).read_text()))
        except (OSError, ValueError, TypeError):
            return None


class RollingRestart:
    """Waits in the supervisor for restart requests and performs them."""

    def __init__(
        self,
        supervisor: Supervisor,
        console: Console,
        data: Path,
        *,
        prepare: Callable[[], Awaitable[None]],
        programs: Callable[[], list[Program]],
    ) -> None:
        self._supervisor, self._console, self._data = supervisor, console, data
        self._prepare, self._programs = prepare, programs
        self._requested = asyncio.Event()

    async def serve(self) -> None:
        """Restart on every request. Never returns."""
        asyncio.get_running_loop().add_signal_handler(RESTART_SIGNAL, self._requested.set)
        RestartResult(os.getpid()).write(self._data)
        while True:
            await self._requested.wait()
            self._requested.clear()
            result = await self._restart()
            self._console.message(result.message)
            result.write(self._data)

    async def _restart(self) -> RestartResult:
        started = time.monotonic()
        self._console.message("Restarting, one process after another. The newsroom stays available.")
        try:
            await self._prepare()
        except SetupError as problem:
            return RestartResult(os.getpid(), message=f"{problem} The old processes keep running.")
        if broken := await self._supervisor.replace(*self._programs()):
            return RestartResult(
                os.getpid(), message=f"The new {broken} did not become ready; the old one keeps running."
            )
        seconds = time.monotonic() - started
        return RestartResult(os.getpid(), restarted=True, message=f"Restarted every process in {seconds:.0f} s.")


def _result_path(data: Path) -> Path:
    return data / "run" / "restart.json"
