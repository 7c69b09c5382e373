"""Migrations must be safe while the version before still runs: looked at one by one, and tried with that version."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import threading
import time
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, migrations, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.signals import pre_migrate
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import analyse_sql_statements, get_sql_analyser_class
from psycopg import sql

from newsroom.management.commands.prepare import Command
from tests.support.live import RunningProcess, deployment_environment, free_port, wait_until
from tests.support.servers import ROOT, WORKER, database_url

FIRST_INSTALL = ("0001_initial", "0002_sql_functions", "0003_default_policy")
"""No version before has ever run on these."""
WIDENING: tuple[str, ...] = ()
"""These only let a column hold longer texts, which rewrites nothing and which the version before does not notice."""

NEW_COLUMNS = ("0007_chat_channel",)
"""Their unique constraints are on columns that they add, in which the version before writes nothing."""

BEFORE: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["newsroom"]["before"]


@pytest.mark.exhaustive
def test_no_migration_removes_what_the_previous_version_needs(
    transactional_db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {file.stem for file in (ROOT / "editorial/migrations").glob("0*.py")}
    exempt = {*FIRST_INSTALL, *WIDENING, *NEW_COLUMNS}
    linter = MigrationLinter(include_apps=["editorial"], no_cache=True, ignore_name=exempt)
    linter.lint_all_migrations()
    assert not linter.has_errors, capsys.readouterr().out
    assert linter.nb_total - linter.nb_ignored == len(names - exempt)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (migrations.AddField("thing", "colour", models.CharField(max_length=9, default="")), "NOT_NULL"),
        (migrations.RemoveField("thing", "size"), "DROP_COLUMN"),
        (migrations.RenameField("thing", "size", "length"), "RENAME_COLUMN"),
        (migrations.AlterField("thing", "size", models.IntegerField()), "NOT_NULL"),
        (migrations.DeleteModel("thing"), "DROP_TABLE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_incompatible_migration_is_detected(
    db: None, change: migrations.operations.base.Operation, code: str
) -> None:
    fields = [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField(null=True))]
    before = ProjectState()
    before.add_model(ModelState("editorial", "thing", fields))  # type: ignore[arg-type]
    after = before.clone()
    change.state_forwards("editorial", after)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        change.database_forwards("editorial", editor, before, after)
    analyser = get_sql_analyser_class(settings.DATABASES["default"]["ENGINE"])
    errors, *_ = analyse_sql_statements(analyser, editor.collected_sql)
    assert code in [error.code for error in errors]


@pytest.fixture
def database(data_folder: Path) -> Iterator[str]:
    """An empty database on the test server; its name."""
    name = f"upgraded{WORKER}"
    # The superuser, because the application's sessions may still be open when the database goes.
    with psycopg.connect(database_url(data_folder, "postgres", role="postgres"), autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {} OWNER newsroom").format(sql.Identifier(name)))
        yield name
        server.execute(drop)


def _manage(python: str, folder: Path, environment: dict[str, str], *command: str) -> str:
    outcome = subprocess.run(  # noqa: S603
        [python, "manage.py", *command], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stdout[-2000:] + outcome.stderr[-4000:]
    return outcome.stdout


def test_a_migration_may_pause_within_its_transaction(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = []
    monkeypatch.setattr(Command, "_announce_migrations", lambda self: True)  # none is pending here

    def read_limit(**_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            limits.append(cursor.fetchone())

    pre_migrate.connect(read_limit)
    try:
        Command()._migrate()
    finally:
        pre_migrate.disconnect(read_limit)
    assert set(limits) == {("0",)}


@pytest.mark.slow
def test_a_migration_waiting_for_a_lock_does_not_block_others(data_folder: Path, database: str) -> None:
    environment = deployment_environment(data_folder, database=database, redis=settings.REDIS_URL)
    environment |= {"DATABASE_URL": database_url(data_folder, database), "PYTHONUNBUFFERED": "1"}
    _manage(sys.executable, ROOT, environment, "migrate", "editorial", "0001", "--verbosity=0")
    lock = "LOCK TABLE editorial_corroborationpolicy IN SHARE MODE"  # the next migrations write to this table
    longest, finished = 0.0, threading.Event()

    def work() -> None:
        nonlocal longest
        with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as other:
            while not finished.wait(0.1):
                began = time.monotonic()
                other.execute(f"BEGIN; {lock}; COMMIT")
                longest = max(longest, time.monotonic() - began)

    with psycopg.connect(environment["DATABASE_URL"]) as holder:
        holder.execute(lock)  # in a transaction that does not end
        preparing = RunningProcess([sys.executable, "manage.py", "prepare"], environment)
        working = threading.Thread(target=work)
        working.start()
        try:
            preparing.wait_for_output("A table is in use. Retrying", within=120)
            holder.rollback()
            assert preparing.wait_for_exit(within=240) == 0, preparing.output
        finally:
            finished.set()
            working.join()
    assert 1 < longest < 20, "it never stood in anybody's way, or for too long"


@pytest.mark.slow
@pytest.mark.exhaustive
def test_containers_that_start_together_drop_an_unfinished_index(data_folder: Path, database: str) -> None:
    environment = deployment_environment(data_folder, database=database, redis=settings.REDIS_URL)
    environment |= {"DATABASE_URL": database_url(data_folder, database), "PYTHONUNBUFFERED": "1"}
    _manage(sys.executable, ROOT, environment, "prepare")
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as owner:
        owner.execute(
            "INSERT INTO editorial_desk (id, name, slug) SELECT gen_random_uuid(), n, n FROM unnest('{a,b}'::text[]) n"
        )
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute("CREATE UNIQUE INDEX CONCURRENTLY unfinished ON editorial_desk ((1))")
        assert owner.execute("SELECT to_regclass('unfinished')").fetchone() != (None,)
        preparing = [RunningProcess([sys.executable, "manage.py", "prepare"], environment) for _ in range(2)]
        assert [each.wait_for_exit(within=240) for each in preparing] == [0, 0], [each.output for each in preparing]
        assert owner.execute("SELECT to_regclass('unfinished')").fetchone() == (None,)


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("replaced", ["0004_describe_encrypted_columns", "0004_record_carried_claims"])
def test_a_development_database_is_refused_until_its_migrations_are_pruned(
    data_folder: Path, database: str, replaced: str
) -> None:
    environment = deployment_environment(data_folder, database=database, redis=settings.REDIS_URL)
    environment["DATABASE_URL"] = database_url(data_folder, database)
    _manage(sys.executable, ROOT, environment, "prepare")
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as other:
        other.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('editorial', %s, now())", [replaced])
    prepare = [sys.executable, "manage.py", "prepare"]
    refused = subprocess.run(prepare, cwd=ROOT, env=environment, capture_output=True, text=True)  # noqa: S603
    assert refused.returncode == 1
    assert "This database was created by a development version before 0.1.0." in refused.stderr
    _manage(sys.executable, ROOT, environment, "migrate", "editorial", "--prune")
    _manage(sys.executable, ROOT, environment, "prepare")


@pytest.mark.slow
def test_the_previous_version_works_on_the_current_schema(
    data_folder: Path, database: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """As in a rolling upgrade: the new version migrates while the old one's processes still serve."""
    old = _checked_out(tmp_path / "before")
    python = _python_of(old, Path(pytestconfig.cache.mkdir("newsroom")))
    environment = deployment_environment(data_folder, database=database, redis=settings.REDIS_URL) | {
        "DATABASE_URL": database_url(data_folder, database),  # the previous version does not know the second role
        "PORT": str(free_port()),
        "NEWSROOM_DATA": str(tmp_path / "data"),
        "EMAIL_URL": f"filemail:///{tmp_path}/mail",
    }
    (tmp_path / "data").mkdir()
    environment["PUBLIC_URL"] = address = f"http://localhost:{environment['PORT']}"
    _manage(python, old, environment, "migrate", "--verbosity=0")
    _manage(python, old, environment, "load_demo", "--password=proof-before-print")
    _manage(sys.executable, ROOT, environment, "migrate", "--verbosity=0")
    running = [
        RunningProcess([python, "-m", "newsroom.processes", name], environment, folder=old)
        for name in ("web", "worker", "dispatcher", "beat")
    ]
    try:
        running[1].wait_for_output("ready", within=120)
        _manage(python, old, environment, "demo", "--fast", f"--url={address}", "--password=proof-before-print")
        with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as connection:
            unfinished_query = (
                "SELECT count(*) FROM editorial_outboxmessage WHERE state NOT IN ('done', 'dead') AND attempts = 0"
            )
            wait_until(lambda: connection.execute(unfinished_query).fetchone() == (0,), within=120)
            dead = connection.execute("SELECT count(*) FROM editorial_outboxmessage WHERE state = 'dead'").fetchone()
            assert dead == (0,)
    finally:
        for process in running:
            process.process.terminate()
        for process in running:
            process.stop()
    assert "The audit log is intact" in _manage(sys.executable, ROOT, environment, "verify_audit_log")


def _checked_out(folder: Path) -> Path:
    """The version before, as it was; skips where the history is not there (a shallow clone)."""
    git = ["git", "-C", str(ROOT)]
    if subprocess.run([*git, "cat-file", "-e", f"{BEFORE}^{{commit}}"], capture_output=True).returncode != 0:  # noqa: S603
        pytest.skip(f"Commit {BEFORE} is not here: this is no clone, or a shallow one.")
    packed = subprocess.run([*git, "archive", BEFORE], capture_output=True, check=True).stdout  # noqa: S603
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _python_of(old: Path, cache: Path) -> str:
    """A Python with the packages of that version: ours if they are the same, otherwise one of its own, cached."""
    lock = (old / "requirements.lock").read_bytes()
    if lock == (ROOT / "requirements.lock").read_bytes():
        return sys.executable
    packages = cache / f"packages-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not (packages / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(packages)], check=True)  # noqa: S603
        install = ["-m", "pip", "install", "--quiet", "--require-hashes", f"--requirement={old / 'requirements.lock'}"]
        subprocess.run([str(packages / "bin/python"), *install], check=True, env=dict(os.environ))  # noqa: S603
        (packages / "installed").touch()
    return str(packages / "bin/python")
