"""Wagtail's environment, database, web server and the process that drives it. All of it is gone afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.proofs.load.measurements import is_listening, say
from tests.support import servers
from tests.support.live import RunningProcess, free_port, wait_until

WAGTAIL = "7.0.3"
_SITE = "tests.proofs.load.wagtail_comparison.wagtail_site"
_DATABASE = "wagtail"


class WagtailProcess:
    """Measures Wagtail like `side.measure`, in its own environment."""

    def __init__(self, data: Path, drafts: int) -> None:
        self._data, self._drafts, self._stack = data, drafts, ExitStack()

    def __enter__(self) -> Self:
        python, port = self._install(), free_port()
        with psycopg.connect(servers.database_url(self._data, "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {_DATABASE}")
        environment = {**self._environment(), "PORT": str(port), "DRAFTS": str(self._drafts)}
        side = [python, "-m", "tests.proofs.load.wagtail_comparison.wagtail_side"]
        self._process = self._stack.enter_context(
            subprocess.Popen(  # noqa: S603
                side, cwd=servers.ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        )
        self._read()  # it is prepared
        # As many processes and threads as the newsroom's own web server has.
        web = [python, "-m", "gunicorn", f"{_SITE}.wsgi", f"--bind=localhost:{port}", "--workers=2", "--threads=4"]
        self._web = RunningProcess(web, environment)
        self._stack.callback(self._web.stop)
        wait_until(lambda: is_listening(port), within=60)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._stack.close()

    def measure(self, operation: str, clients: int, count: int) -> float:
        """See `side.measure`."""
        if self._process.stdin:
            self._process.stdin.write(json.dumps([operation, clients, count]) + "\n")
            self._process.stdin.flush()
        return self._read()

    def _read(self) -> float:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            sys.exit("Wagtail's process has ended; see its error above.")
        return float(json.loads(line))

    def _install(self) -> str:
        """A virtual environment with Wagtail and our versions of Django, psycopg and gunicorn; its Python."""
        given = os.environ.get("WAGTAIL_VENV")
        folder = Path(given or self._stack.enter_context(tempfile.TemporaryDirectory(prefix="wagtail-")))
        python = str(folder / "bin/python")
        if not Path(python).exists():
            say(f"installing Wagtail {WAGTAIL} in {folder} …")
            ours = [f"{name}=={version(name)}" for name in ("django", "psycopg", "psycopg-binary", "gunicorn")]
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)  # noqa: S603
            install = [python, "-m", "pip", "install", "--quiet", f"wagtail=={WAGTAIL}", *ours]
            subprocess.run(install, check=True)  # noqa: S603
        return python

    def _environment(self) -> dict[str, str]:
        place = conninfo_to_dict(servers.database_url(self._data, _DATABASE))
        return {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": f"{_SITE}.settings",
            **{f"PEER_{name.upper()}": str(place.get(name, "")) for name in ("dbname", "host", "port", "user")},
        }
