"""The migrated, empty database that test databases are copied from.

Migrating takes seconds, so its outcome is kept in pytest's cache for as long as nothing that the
migrations are made of has changed. A fresh checkout, and so continuous integration, always migrates.
"""

import hashlib
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import psycopg
from django.apps import apps
from psycopg import sql

from newsroom.local import sockets
from newsroom.local.postgres import binary
from tests.support.live import deployment_environment
from tests.support.servers import ROOT, database_url

TEMPLATE = "migrated"
_DRAFT = "migrated_draft"
_MADE_OF = (
    "editorial/migrations/*.py",
    "editorial/models/sql/*.sql",
    "editorial/policy/verification/*.toml",
    "editorial/policy/verification/thresholds.py",
    "newsroom/settings.py",
    "newsroom/database_roles.py",
)


def make_template(data: Path, cache: Path) -> None:
    """Make the database to copy from, unless another process of this run has done so."""
    with psycopg.connect(database_url(data, "postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [TEMPLATE]).rowcount:
            return
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_DRAFT)))
        dump = cache / f"schema-{_digest()}.sql"
        if dump.exists():
            _run("psql", data, "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={dump}")
        else:
            _migrate(data)
            draft = dump.with_suffix(".draft")
            _run("pg_dump", data, "--no-owner", f"--file={draft}")
            draft.rename(dump)
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(_DRAFT), sql.Identifier(TEMPLATE))
        )


def adopt_default_policy(**_signal: object) -> None:
    """A test that commits is followed by emptying every table: put back the rows that a migration wrote."""
    if not apps.get_model("editorial", "CorroborationPolicy").objects.exists():
        import_module("editorial.migrations.0003_default_policy").adopt(apps, None)


def _migrate(data: Path) -> None:
    environment = deployment_environment(data, database=_DRAFT, redis=sockets.redis_url(data))
    command = [sys.executable, "manage.py", "prepare"]  # the tables, and the application's rights on them
    outcome = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)  # noqa: S603
    if outcome.returncode != 0:
        raise RuntimeError(f"The migrations fail:\n{outcome.stderr}")


def _run(program: str, data: Path, *arguments: str) -> None:
    command = [binary(program), f"--dbname={database_url(data, _DRAFT)}", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _digest() -> str:
    digest = hashlib.sha256()
    for pattern in _MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
