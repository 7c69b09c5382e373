"""Migrates the database and collects static files before any process of this version starts."""

import io
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg.errors import LockNotAvailable

from editorial.models import Desk, WebhookEndpoint, db_clock, search_language
from editorial.models.ops import change_log
from editorial.policy.roles import Role
from editorial.workflow.ops import webhooks
from newsroom import database_roles

_LOCK_TIMEOUT = 3  # seconds to wait for a table lock; nobody else is delayed longer
_RETRY_DELAY = 2  # seconds in which waiting queries proceed
_ATTEMPTS = 60
_UNFINISHED_INDEXES = """
    SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE NOT indisvalid AND relkind = 'r' AND relnamespace = current_schema()::regnamespace
        AND starts_with(relname, 'editorial_')
"""
_POLL = 0.2  # seconds between two looks at whether another container has finished

# Migrations that 0.1.0 replaced, first ones and the last: `migrate --prune` forgets them.
_FIRST_REPLACED = ("0004_describe_encrypted_columns", "0004_record_carried_claims")
_LAST_REPLACED = "0031_rename_quiet_hours_and_obligations"


class Command(BaseCommand):
    """`manage.py prepare`. Safe to run again."""

    help = "Migrate the database, collect static files and, if asked, load the demo newsroom into an empty one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo into a newsroom without users")

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as problem:
            raise CommandError(f"Cannot connect to PostgreSQL: {problem}\nCheck DATABASE_URL.") from problem
        self._migrate()
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        if not settings.WHITENOISE_USE_FINDERS:
            call_command("collectstatic", interactive=False, verbosity=0)
        if demo and not get_user_model().objects.exists():
            self._load_demo()
        if demo and settings.DEVELOPMENT_WEBHOOK_URL and (settings.DATA / "demo.txt").exists():
            _connect_receiver(settings.DEVELOPMENT_WEBHOOK_URL)

    def _migrate(self) -> None:
        """One process at a time: containers that start together all run this."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET lock_timeout = 0")
            # A busy machine may need minutes between two statements of a migration.
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
            # Not by waiting in the database: `CREATE INDEX CONCURRENTLY` of another container would wait for this one.
            while not _is_true(cursor, "SELECT pg_try_advisory_lock(hashtext('newsroom prepare'))"):
                time.sleep(_POLL)
            try:
                # Queries queue behind a waiting table lock: give up early and retry.
                cursor.execute("SET lock_timeout = %s", [f"{_LOCK_TIMEOUT}s"])
                self._refuse_development_database()
                self._try_to_migrate()
                change_log.ensure_epoch_ahead()
                self._grant()
            finally:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('newsroom prepare'))")

    def _grant(self) -> None:
        """Give the application its rights on every table, including those that a migration has just added."""
        if not database_roles.is_separate():
            return
        application = settings.DATABASE_APPLICATION_ROLE
        if faults := list(database_roles.excess_rights(application)):
            raise CommandError("\n".join([*faults, "Give DATABASE_URL a role of its own: docs/operations/running.md."]))
        database_roles.grant(application)

    def _refuse_development_database(self) -> None:
        """Its tables may lack what 0.1.0 creates from the start."""
        applied = MigrationExecutor(connection).loader.applied_migrations
        if any(("editorial", name) in applied for name in _FIRST_REPLACED):
            raise CommandError(
                "This database was created by a development version before 0.1.0. Start with an empty one. To keep "
                f"it, apply that version's migrations up to {_LAST_REPLACED}, then run "
                "`manage.py migrate editorial --prune`."
            )

    def _try_to_migrate(self) -> None:
        """A migration that gets no lock is rolled back completely and retried."""
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                self._drop_unfinished_indexes()
                if self._announce_migrations():
                    call_command("migrate", interactive=False, verbosity=0)
                search_language.use(settings.PUBLISHER_LANGUAGE)
                return
            except OperationalError as problem:
                if not isinstance(problem.__cause__, LockNotAvailable):
                    raise
                if not attempts_left:
                    raise CommandError(
                        f"A migration could not lock a table in {_ATTEMPTS} attempts. The old version "
                        "keeps running; applied migrations are safe. Look for long transactions (pg_stat_activity)."
                    ) from problem
                self.stdout.write("A table is in use. Retrying …")
                time.sleep(_RETRY_DELAY)

    def _drop_unfinished_indexes(self) -> None:
        """What an interrupted `CREATE INDEX CONCURRENTLY` of ours leaves behind; its migration creates it again."""
        with connection.cursor() as cursor:
            cursor.execute(_UNFINISHED_INDEXES)
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP INDEX CONCURRENTLY {name}")  # quoted by regclass

    def _announce_migrations(self) -> bool:
        """Print one line and return whether there are any: `migrate` takes seconds to find that there are none."""
        executor = MigrationExecutor(connection)
        pending = [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        if not executor.loader.applied_migrations:
            self.stdout.write("Creating the database tables …")
        elif pending:
            self.stdout.write(f"Applying migrations: {', '.join(pending)} …")
        return bool(pending)

    def _load_demo(self) -> None:
        """Write the usernames and password to a file, which `up` prints at every start."""
        self.stdout.write("Loading the demo newsroom …")
        logins = io.StringIO()
        call_command("load_demo", stdout=logins)
        (settings.DATA / "demo.txt").write_text(logins.getvalue())


def _connect_receiver(url: str) -> None:
    """Send every desk's events to the demo newsroom itself, whose port may have changed since its last start."""
    admin = get_user_model().objects.filter(memberships__role=Role.ADMIN.value, memberships__desk=None).first()
    if admin is None:
        return
    active, now = WebhookEndpoint.objects.filter(active=True), db_clock.now()
    for former in active.filter(url__endswith=urlsplit(url).path).exclude(url=url):
        webhooks.disable(endpoint_id=former.pk, actor=admin, now=now)
    for desk in Desk.objects.exclude(endpoints__in=active.filter(url=url)):
        webhooks.add(desk_id=desk.pk, url=url, actor=admin, now=now)


def _is_true(cursor: CursorWrapper, query: str) -> bool:
    cursor.execute(query)
    (answer,) = cursor.fetchone()
    return bool(answer)
