"""The drill: a newsroom under load is backed up, restored elsewhere, started there, and compared."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from editorial.management.demo import loader
from newsroom.backups import manifests, storage
from tests.support import traffic
from tests.support.live import clean_environment, free_port, start_newsroom
from tests.support.servers import ROOT

_UNBOUNDED = {"RATE_LIMIT_PER_TOKEN": "0", "RATE_LIMIT_PER_IP": "0"}


def run_drill(folder: Path, *, log: Callable[[str], object]) -> None:
    """Run it in an empty folder. Raises AssertionError if anything differs."""
    first, second, shelf = folder / "first", folder / "second", folder / "backups"
    port = free_port()
    with _timed("a newsroom, from opening to closing", log), start_newsroom(first, port=port, **_UNBOUNDED):
        load = traffic.log_in(f"http://127.0.0.1:{port}", "mina", loader.PASSWORD)
        _archive(load)
        with load.running():
            time.sleep(5)
            before = list(load.claims)
            with _timed("backed it up while people worked", log):
                _manage(first, "backup", str(shelf))
            time.sleep(2)
        assert load.failures == [], load.failures
        log(f"  {load.succeeded} requests were answered meanwhile, the slowest in {load.slowest:.1f} s; none failed")
    (backup,) = storage.list_backups(shelf)
    second.mkdir(mode=0o711)
    shutil.copy(first / "secrets.json", second)  # as if it had been stored elsewhere
    with _timed("restored and verified it in another folder", log):
        output = _manage(first, "restore", str(backup), "--into", str(second))
    for line in output.splitlines():
        log(f"  {line.partition('│ ')[2] or line}")
    port = free_port()
    with _timed("that one, from opening to closing", log), start_newsroom(second, port=port, **_UNBOUNDED):
        again = traffic.log_in(f"http://127.0.0.1:{port}", "mina", loader.PASSWORD)
        missing = [claim for claim in before if not _exists(again, claim)]
        assert missing == [], f"acknowledged before the backup, and not in it: {missing}"
        log(f"  all {len(before)} claims that were acknowledged before the backup are there")
        _manage(second, "verify_audit_log", "--against", str(backup))
        log(f"  its record holds the ends of all {manifests.read_manifest(backup).heads['chains']} chains")


def _archive(load: traffic.TrafficGenerator) -> None:
    """An exhibit, because a backup must hold one."""
    response = httpx.post(
        f"{load.address}/api/v1/exhibits",
        headers={"Authorization": f"Bearer {load.token}"},
        data={"desk": load.desk, "title": "The log book"},
        files={"file": ("log.pdf", b"%PDF-1.7 the log book", "application/pdf")},
        trust_env=False,
    )
    assert response.status_code == 201, response.text


def _exists(load: traffic.TrafficGenerator, claim: str) -> bool:
    headers = {"Authorization": f"Bearer {load.token}"}
    return httpx.get(f"{load.address}/api/v1/claims/{claim}", headers=headers, trust_env=False).status_code == 200


def _manage(data: Path, *command: str) -> str:
    outcome = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=clean_environment(NEWSROOM_DATA=str(data)),
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


@contextmanager
def _timed(what: str, log: Callable[[str], object]) -> Iterator[None]:
    """Print the duration of the block."""
    began = time.monotonic()
    yield
    log(f"{what}: {time.monotonic() - began:.1f} s")
