"""Where the embedded servers listen: derived from the data folder alone, so that every command finds them."""

from pathlib import Path
from urllib.parse import quote

from newsroom.local import locations, passwords

POSTGRES_PORT = 5432  # part of the socket's file name; no network port is opened
DATABASE = OWNER = "newsroom"
APPLICATION = "newsroom_app"
"""The role of web, worker and every other process that runs; the owner migrates, backs up and restores."""

# The kernel limits a socket path to 108 bytes on Linux and 104 elsewhere, including the terminating null byte.
_MAX_SOCKET_PATH = 103
# Fixed, not `tempfile.gettempdir()`: a command started with another TMPDIR must find the same sockets.
_SHORT_BASE_DIR = Path("/tmp")  # noqa: S108 – the folder made in it is private (0700) and its owner is checked


def socket_dir(data: Path) -> Path:
    """The folder of both sockets: `run` in the servers' folder, or a short private folder if its path is too long."""
    folder = locations.servers_dir(data) / "run"
    if len(bytes(folder / _postgres_socket())) <= _MAX_SOCKET_PATH:
        return folder
    return _SHORT_BASE_DIR / f"newsroom-{locations.fingerprint(data)}"


def redis_socket(data: Path) -> Path:
    return socket_dir(data) / "redis.sock"


def database_url(data: Path, *, database: str = DATABASE, role: str = OWNER, password: str = "") -> str:
    """The URL of the embedded PostgreSQL of this data folder, running or not."""
    user = f"{role}:{password}" if password else role
    return f"postgresql://{user}@/{database}?host={quote(str(socket_dir(data)))}&port={POSTGRES_PORT}"


def owner_url(data: Path) -> str:
    """The same with the owner's password, for commands that migrate, back up and restore."""
    return database_url(data, password=passwords.read(data).get(OWNER, ""))


def redis_url(data: Path, *, number: int = 0) -> str:
    """The URL of the embedded Redis of this data folder, running or not. It has 16 numbered databases."""
    return f"unix://{quote(str(redis_socket(data)))}?db={number}"


def broker_url(redis_url: str) -> str:
    """The same Redis in Celery's notation, which spells socket URLs differently."""
    if redis_url.startswith("unix://"):
        return "redis+socket://" + redis_url.removeprefix("unix://").replace("?db=", "?virtual_host=")
    return redis_url


def _postgres_socket() -> str:
    return f".s.PGSQL.{POSTGRES_PORT}"
