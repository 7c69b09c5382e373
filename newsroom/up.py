"""`manage.py up`: the whole newsroom with one command. It runs as long as the newsroom, so it does not load Django."""

import argparse
import asyncio
import os
import re
import socket
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from newsroom.environment import DATA, EMBEDDED
from newsroom.local import SetupError, data_dir, locations, readiness, rolling_restart, servers
from newsroom.local.supervisor import Console, Program, Supervisor, locks
from newsroom.observability import multiprocess
from newsroom.processes import LISTEN_FD_VARIABLE, PROCESSES, Process

_START_TIMEOUT = 60  # seconds for the web process to answer
_ROUTINE = re.compile(r"\[(info|debug) +\]|worker: (Warm|Cold) shutdown")


def main(arguments: Sequence[str]) -> None:
    """Start the embedded servers and every process, and keep them running until stopped."""
    parser = argparse.ArgumentParser(
        prog="newsroom up",
        description="Run every process, and PostgreSQL and Redis unless DATABASE_URL and REDIS_URL are set.",
    )
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo into a new newsroom")
    demo = not parser.parse_args(arguments).no_demo
    os.umask(0o077)  # exhibits, emails and logs are private
    try:
        data_dir.check_usable(DATA)
        bind, port = _bind_address()
        with locks.exclusive_lock(DATA / "up.lock", f"process {os.getpid()}, {_url(bind, port)}"):
            asyncio.run(_run(Console(sys.stdout, log=_log()), demo=demo, bind=bind, port=port))
    except locks.AlreadyRunning as problem:
        raise SetupError(
            f"A newsroom is already running in {DATA} ({problem}).\n"
            "Stop it, or run a second one elsewhere: NEWSROOM_DATA=/other/folder PORT=8123 make up"
        ) from problem


async def _run(console: Console, *, demo: bool, bind: str, port: int) -> None:
    async with Supervisor(mark=str(DATA), working_dir=data_dir.ROOT, console=console) as supervisor:
        supervisor.end_orphans()
        listener = _open_listening_socket(bind, port)
        with_redis = "REDIS_URL" not in os.environ
        if EMBEDDED or with_redis:
            names = " and ".join(["PostgreSQL"] * EMBEDDED + ["Valkey"] * with_redis)
            console.message(f"Starting {names} in {DATA} …")
            await servers.start(supervisor, DATA, with_postgres=EMBEDDED, with_redis=with_redis)
            if (home := locations.servers_dir(DATA)) != DATA:
                console.message(f"Their files are in {home}: the account that runs them cannot enter {DATA}.")
        await _prepare(supervisor, demo=demo)
        console.message(f"Starting {', '.join(PROCESSES)} …")
        supervisor.start(*_programs(listener))
        await _wait_until_ready(supervisor, bind, port)
        _print_welcome(console, bind, port)
        restarts = rolling_restart.RollingRestart(
            supervisor,
            console,
            DATA,
            prepare=partial(_prepare, supervisor, demo=False),
            programs=partial(_programs, listener),
        )
        serving = asyncio.create_task(restarts.serve())
        futures: set[asyncio.Future[Any]] = {supervisor.failed_program, serving}
        await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
        serving.cancel()
        raise SetupError(f"{await supervisor.failed_program} keeps crashing. See its last lines above.")


async def _prepare(supervisor: Supervisor, *, demo: bool) -> None:
    command = [sys.executable, "-m", "newsroom", "prepare", *(["--demo"] if demo else [])]
    if await supervisor.run(Program("prepare", command, _ENVIRONMENT)) != 0:
        raise SetupError("Preparing the newsroom failed. See the lines above.")


def _programs(listening_socket: socket.socket) -> list[Program]:
    os.environ[LISTEN_FD_VARIABLE] = str(listening_socket.fileno())
    return [_program(name, process, listening_socket) for name, process in PROCESSES.items()]


def _program(name: str, process: Process, listening_socket: socket.socket) -> Program:
    ready_file = readiness.new_ready_file(DATA)
    return Program(
        name,
        process.command(),
        {
            **_ENVIRONMENT,
            **process.environment(),
            **multiprocess.environment(DATA, name),
            readiness.READY_FILE_VARIABLE: str(ready_file),
        },
        stop_timeout=process.stop_timeout,
        before_start=partial(multiprocess.prepare_dir, DATA, name),
        is_ready=ready_file.exists,
        is_noise=lambda line: _ROUTINE.search(line) is not None,
        allows_overlap=process.allows_overlap,
        sockets=[listening_socket.fileno()],
    )


async def _wait_until_ready(supervisor: Supervisor, bind: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    limit = loop.time() + _START_TIMEOUT
    while not await _is_answering(bind, port):
        if supervisor.failed_program.done() or loop.time() > limit:
            raise SetupError(f"The newsroom does not answer at {_url(bind, port)}. See the lines above.")
        await asyncio.sleep(0.1)


async def _is_answering(bind: str, port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(_reachable_host(bind), port)
    except OSError:
        return False
    try:
        writer.write(b"GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n")
        status = await asyncio.wait_for(reader.readline(), timeout=10)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
    return status.startswith(b"HTTP/") and b" 50" not in status


def _print_welcome(console: Console, bind: str, port: int) -> None:
    demo = DATA / "demo.txt"
    lines = [
        "",
        *([demo.read_text().strip(), ""] if demo.exists() else []),
        f"Newsroom is running at {_url(bind, port)}",
        f"Log: {_log()}. Press Ctrl-C to stop.",
        "",
    ]
    console.message("\n".join(lines))


def _bind_address() -> tuple[str, int]:
    port = os.environ.get("PORT", "8000")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SetupError(f"PORT is {port!r}, which is not a port (1 to 65535). Example: PORT=8001 make up")
    return os.environ.get("BIND", "127.0.0.1"), int(port)


def _open_listening_socket(bind: str, port: int) -> socket.socket:
    try:
        return rolling_restart.listening_socket(bind, port)
    except OSError as problem:
        raise SetupError(
            f"Cannot listen on port {port} of {bind}: {problem.strerror}.\n"
            "Stop the program that uses it, or choose another port: PORT=8123 make up"
        ) from problem


def _reachable_host(bind: str) -> str:
    """The address at which this listener can be reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "[::]": "::1"}.get(bind, bind.strip("[]"))  # noqa: S104


def _url(bind: str, port: int) -> str:
    return f"http://{'localhost' if bind in ('127.0.0.1', '0.0.0.0', '[::]') else bind}:{port}/"  # noqa: S104


def _log() -> Path:
    return DATA / "newsroom.log"


_ENVIRONMENT = {
    "NEWSROOM_DATA": str(DATA),
    "NEWSROOM_EMBEDDED": "1" if EMBEDDED else "",
    "PYTHONUNBUFFERED": "1",
}
