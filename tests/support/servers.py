"""The throw-away PostgreSQL and Redis of one test run: in a folder of their own, safe beside a running newsroom."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsroom import local
from newsroom.local import sockets

ROOT = Path(__file__).resolve().parents[2]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
"""`gw0`, `gw1`, … in a process that runs a share of the tests; empty in the one that the person started."""

_PATIENCE = 60


def allocate_data_folder() -> Path:
    """Decide where this run's servers will be, before any settings are read. Workers follow the main process.

    A REDIS_URL that is set names the server to test with instead of the embedded one; each worker has its own database.
    """
    if not WORKER:
        os.environ.setdefault("TEST_REDIS_URL", os.environ.get("REDIS_URL", "").rstrip("/"))
        folder = tempfile.mkdtemp(prefix="newsroom-test-")
        os.environ["NEWSROOM_DATA"] = folder
        os.environ["ENV_FILE"] = os.devnull  # a deployment's own settings are not the tests'
        # Tests plant rows and empty tables; the fixture `as_application` has the role of the product.
        os.environ["NEWSROOM_AS_OWNER"] = "1"
        for name in ("DATABASE_URL", "CACHE_URL", "EMAIL_URL"):
            os.environ.pop(name, None)
    data = Path(os.environ["NEWSROOM_DATA"])
    (data / "static").mkdir(exist_ok=True)  # as `manage.py up` does; without it Django warns
    number = int(WORKER.removeprefix("gw") or 0)
    external = os.environ["TEST_REDIS_URL"]
    os.environ["REDIS_URL"] = f"{external}/{number}" if external else local.redis_url(data, number=number)
    return data


@contextmanager
def temporary_folder(prefix: str = "newsroom-") -> Iterator[Path]:
    """A folder for a newsroom's data. Started by root, its servers run as another account, which may pass through."""
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder).resolve()


class Servers:
    """Both servers. They end, and their folder goes, when this process does, however it ends."""

    def __init__(self, data: Path) -> None:
        self._data = data
        data.chmod(0o711)  # as root, PostgreSQL runs as another account that must pass
        with (data / "servers.log").open("w") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "newsroom.local", str(data)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests; the servers go when they are done
            )

    def stop(self) -> None:
        """End both and wait for it."""
        self._process.communicate()


def wait_until_ready(data: Path) -> None:
    """Return when the servers answer."""
    limit = time.monotonic() + _PATIENCE
    while not (data / "ready").exists():
        if time.monotonic() > limit or not data.exists():
            log = data / "servers.log"
            output = log.read_text() if log.exists() else "(no log)"
            raise RuntimeError(f"The test servers do not start:\n{output}")
        time.sleep(0.05)


def database_url(data: Path, name: str, *, role: str = sockets.OWNER) -> str:
    """How another process reaches a test database: as the owner of its tables, unless another role is named."""
    return sockets.database_url(data, database=name, role=role)
