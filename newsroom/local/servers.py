"""Both servers together: made ready, started under a supervisor, waited for."""

import asyncio
import time
from pathlib import Path

from newsroom.local import data_dir, locations, postgres, redis
from newsroom.local.errors import Unusable
from newsroom.local.os_user import Account
from newsroom.local.supervisor import Supervisor

_LONGEST_RECOVERY = 300  # seconds; PostgreSQL replays its log after a crash before it answers


async def start(
    supervisor: Supervisor, data: Path, *, with_postgres: bool = True, with_redis: bool = True, throwaway: bool = False
) -> None:
    """Start the servers and return when they answer. Raises `Unusable` if they never will.

    `throwaway` trades safety for speed: the data does not survive a crash of the machine.
    """
    data_dir.check(data)
    locations.settle(data, Account.for_servers(postgres.cluster(data)))
    waiting = []
    programs = []
    if with_postgres:
        programs.append(postgres.program(data, throwaway=throwaway))
        waiting.append(postgres.answers)
    if with_redis:
        programs.append(redis.program(data, owners=postgres.cluster(data), throwaway=throwaway))
        waiting.append(redis.answers)
    supervisor.start(*programs)
    limit = time.monotonic() + _LONGEST_RECOVERY
    while not all(answers(data) for answers in waiting):
        if supervisor.given_up.done():
            raise Unusable(f"{supervisor.given_up.result()} does not start. Its last lines above say why.")
        if time.monotonic() > limit:
            raise Unusable(f"The servers in {data} do not answer after {_LONGEST_RECOVERY} s.")
        await asyncio.sleep(0.05)
    if with_postgres:
        postgres.make_database(data)
