"""Runs PostgreSQL for the duration of one command, for a newsroom that is stopped or does not exist yet."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from newsroom.local import data_dir, servers
from newsroom.local.errors import SetupError
from newsroom.local.supervisor import Console, Program, Supervisor, locks


def run(arguments: Sequence[str], data: Path) -> int:
    """Run a manage.py command on the data folder with its PostgreSQL; return the exit code.

    Raise `SetupError` while a newsroom is starting there, or if the server does not start.
    """
    data_dir.check_usable(data)
    try:
        with locks.exclusive_lock(data / "up.lock", f"process {os.getpid()}, {arguments[0]}"):
            return asyncio.run(_run(arguments, data))
    except locks.AlreadyRunning as problem:
        raise SetupError(
            f"{data} is in use ({problem}), but its PostgreSQL does not answer yet. Try again."
        ) from problem


async def _run(arguments: Sequence[str], data: Path) -> int:
    command = [sys.executable, "-m", "newsroom", *arguments]
    async with Supervisor(mark=str(data), working_dir=Path.cwd(), console=Console(sys.stdout)) as supervisor:
        supervisor.end_orphans()
        await servers.start(supervisor, data, with_redis=False)
        # The command keeps its working directory, because its arguments may be relative paths.
        environment = {"NEWSROOM_DATA": str(data), "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(data_dir.ROOT)}
        return await supervisor.run(Program(arguments[0], command, environment))
    return 130  # stopped by a signal
