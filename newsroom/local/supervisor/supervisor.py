"""Runs programs side by side, restarts crashed ones, and stops them all in order."""

import asyncio
import contextlib
import os
import signal
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from newsroom.local.supervisor import orphans
from newsroom.local.supervisor.console import Console
from newsroom.local.supervisor.parent_death import die_with_parent
from newsroom.local.supervisor.programs import Program

_RESTART_DELAYS = (1, 2, 4, 8)
"""Seconds before each restart. After another crash the supervisor gives up."""
_START_TIMEOUT = 120
"""Seconds for a successor to become ready."""
_STABLE_AFTER = 60
"""After this many seconds without a crash, earlier crashes are forgotten."""
_MAX_LINE_BYTES = 2**20
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class _SupervisedProgram:
    program: Program
    process: Process | None = None
    task: asyncio.Task[None] | None = None
    should_run: bool = True
    has_exited: bool = False
    """Whether it has ever ended since its first start."""

    def is_running_as(self, name: str) -> bool:
        """Whether this is the running program of that name."""
        return self.should_run and self.task is not None and self.program.name == name


class Supervisor:
    """Owns the processes it starts. Each runs in its own session and dies with the supervisor.

    Leaving `async with` stops them all. A signal (Ctrl-C, SIGTERM, a closed terminal) ends the block early and without
    an error; a second one kills programs that are still running.
    """

    def __init__(self, *, mark: str, working_dir: Path, console: Console) -> None:
        self._mark = mark
        self._working_dir = working_dir
        self._console = console
        self._groups: list[list[_SupervisedProgram]] = []
        self._stop_requested = False
        self._stopping = False
        self._force_stop = asyncio.Event()
        self.failed_program: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """The name of a program that crashed too often, or the reason why one cannot be started."""

    async def __aenter__(self) -> Self:
        self._block = asyncio.current_task()
        for number in _STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self.request_stop)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        await self.stop()
        return self._stop_requested and kind is asyncio.CancelledError

    def request_stop(self) -> None:
        """End the `async with` block. On the second call, stop waiting for programs to finish."""
        if self._stop_requested:
            self._force_stop.set()
        elif self._block and not self._stopping:
            self._stop_requested = True
            self._console.message("Stopping. (Press again to stop immediately.)")
            self._block.cancel()

    def end_orphans(self) -> None:
        """End processes with the same mark left behind by an earlier run."""
        if processes := orphans.find_by_mark(self._mark):
            self._console.message(f"Ending {len(processes)} process(es) that an earlier run left behind.")
            orphans.terminate(processes, signal.SIGTERM)

    def start(self, *programs: Program) -> None:
        """Keep these programs running from now on."""
        group = [_SupervisedProgram(program) for program in programs]
        for child in group:
            child.task = asyncio.create_task(self._supervise(child))
        self._groups.append(group)

    async def replace(self, *programs: Program) -> str:
        """Replace the programs of the same names, one after another, each once its successor is ready.

        Return the name of a program that did not become ready, whose old process keeps running; empty on success.
        """
        for program in programs:
            group = next(group for group in self._groups if any(child.is_running_as(program.name) for child in group))
            old = next(child for child in group if child.is_running_as(program.name))
            new = _SupervisedProgram(program)
            if not program.allows_overlap:
                await self._stop(old)
            new.task = asyncio.create_task(self._supervise(new))
            group.append(new)
            ready = await self._wait_until_ready(new)
            superseded = old if ready else new
            await self._stop(superseded)
            group.remove(superseded)
            if not ready:
                return program.name
        return ""

    async def run(self, program: Program) -> int:
        """Run a program to its end; return its exit code."""
        child = _SupervisedProgram(program)
        self._groups.append([child])
        return await self._run_once(child)

    async def stop(self) -> None:
        """Stop every program, the last started first (programs started together stop together), and leave no
        descendants behind."""
        self._stopping = True
        for group in reversed(self._groups):
            await asyncio.gather(*(self._stop(child) for child in group))
        orphans.terminate(orphans.find_by_mark(self._mark), signal.SIGTERM, timeout=2)

    async def _supervise(self, child: _SupervisedProgram) -> None:
        try:
            name = await self._restart_loop(child)
        except Exception as problem:
            if not self.failed_program.done():
                self.failed_program.set_exception(problem)
        else:
            if child.should_run and not self._stopping and not self.failed_program.done():
                self.failed_program.set_result(name)

    async def _restart_loop(self, child: _SupervisedProgram) -> str:
        """Restart the program until that becomes pointless, then return its name."""
        name = child.program.name
        crashes = 0
        while True:
            started = time.monotonic()
            code = await self._run_once(child)
            if self._stopping or not child.should_run:
                return name
            crashes = 0 if time.monotonic() - started > _STABLE_AFTER else crashes
            if crashes == len(_RESTART_DELAYS):
                self._console.message(f"{name} {_describe_exit(code)} again. Giving up.")
                return name
            self._console.message(f"{name} {_describe_exit(code)}. Restarting it in {_RESTART_DELAYS[crashes]} s.")
            await asyncio.sleep(_RESTART_DELAYS[crashes])
            crashes += 1

    async def _run_once(self, child: _SupervisedProgram) -> int:
        program = child.program
        program.before_start()
        child.process = process = await asyncio.create_subprocess_exec(
            *program.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            cwd=self._working_dir,
            env={**os.environ, **program.environment, orphans.RUN_MARK_VARIABLE: self._mark},
            start_new_session=True,
            pass_fds=program.sockets,
            preexec_fn=die_with_parent(program.stop_signal),
            limit=_MAX_LINE_BYTES,
        )
        reading = asyncio.create_task(self._read(program, process))
        code = await process.wait()
        _kill_group(process)  # its descendants would hold the log, the port, the queue
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(reading, timeout=2)
        child.process, child.has_exited = None, True
        return code

    async def _read(self, program: Program, process: Process) -> None:
        log = process.stdout
        while log:
            try:
                line = await log.readline()
            except ValueError:
                continue  # skip overlong lines
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            if text:
                self._console.line(program.name, text, quiet=program.is_noise(text))

    async def _stop(self, child: _SupervisedProgram) -> None:
        child.should_run = False
        process, program = child.process, child.program
        if process is None:
            if child.task:
                child.task.cancel()  # it was waiting for its next attempt, or has ended
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(program.stop_signal)
        if not await self._wait_for_exit(process, program.stop_timeout):
            self._console.message(f"{program.name} did not end within {program.stop_timeout:.0f} s. Killing it.")
            _kill_group(process)
            await process.wait()
        if child.task:
            await child.task

    async def _wait_until_ready(self, child: _SupervisedProgram) -> bool:
        """Wait until it is ready; return False if it ends or takes too long."""
        limit = time.monotonic() + _START_TIMEOUT
        await asyncio.sleep(0)  # until it has a process
        while not child.program.is_ready():
            if time.monotonic() > limit or (child.task and child.task.done()) or child.has_exited:
                return False
            await asyncio.sleep(0.05)
        return True

    async def _wait_for_exit(self, process: Process, timeout: float) -> bool:
        ended = asyncio.ensure_future(process.wait())
        forced = asyncio.ensure_future(self._force_stop.wait())
        await asyncio.wait({ended, forced}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        forced.cancel()
        return ended.done()


def _kill_group(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _describe_exit(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"exited with code {code}"
