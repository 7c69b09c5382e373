"""Prepares both servers, starts them under a supervisor and waits until they answer."""

import asyncio
import time
from pathlib import Path

from newsroom.local import data_dir, locations, postgres, redis
from newsroom.local.errors import SetupError
from newsroom.local.os_user import OsUser
from newsroom.local.supervisor import Supervisor

_START_TIMEOUT = 300  # seconds; after a crash PostgreSQL replays its log before it answers


async def start(
    supervisor: Supervisor, data: Path, *, with_postgres: bool = True, with_redis: bool = True, throwaway: bool = False
) -> None:
    """Start the servers and return when they answer. Raise `SetupError` if they do not.

    `throwaway` trades safety for speed: the data does not survive a crash of the machine.
    """
    data_dir.check_usable(data)
    locations.choose_servers_dir(data, OsUser.for_servers(postgres.cluster_dir(data)))
    programs, checks = [], []
    if with_postgres:
        programs.append(postgres.program(data, throwaway=throwaway))
        checks.append(postgres.is_ready)
    if with_redis:
        programs.append(redis.program(data, owners=postgres.cluster_dir(data), throwaway=throwaway))
        checks.append(redis.is_ready)
    supervisor.start(*programs)
    limit = time.monotonic() + _START_TIMEOUT
    while not all(is_ready(data) for is_ready in checks):
        if supervisor.failed_program.done():
            raise SetupError(f"{supervisor.failed_program.result()} does not start. See its last lines above.")
        if time.monotonic() > limit:
            raise SetupError(f"The servers in {data} do not answer after {_START_TIMEOUT} s.")
        await asyncio.sleep(0.05)
    if with_postgres:
        postgres.create_database(data)
