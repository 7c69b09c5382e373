"""The application's role may do what it needs and nothing to its own record; a new table must be classified."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from newsroom import database_roles
from newsroom.local import sockets
from tests.support.cast import Room

pytestmark = pytest.mark.exhaustive

RECORD = ["editorial_event", "editorial_assessment", "editorial_storyrevision"]
HISTORIES = [model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def _query(question: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(question, values or None)
        return list(cursor.fetchall())


def _refused(statement: str) -> str:
    """What PostgreSQL says to it."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(refusal.value)


def test_every_table_of_the_database_is_classified(db: None) -> None:
    tables = {table for (table,) in _query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert set(database_roles.privileges()) == tables


def test_the_application_has_exactly_the_rights_of_the_table(db: None) -> None:
    for table, rights in database_roles.privileges().items():
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
            ((has,),) = _query("SELECT has_table_privilege(%s, %s, %s)", sockets.APPLICATION, table, right)
            assert has == (right in rights), f"{right} on {table}"


def test_the_record_can_only_be_read_and_added_to() -> None:
    for table in (*RECORD, *HISTORIES):
        assert database_roles.privileges()[table] == ("SELECT", "INSERT")
    assert len(HISTORIES) > 20


def test_a_table_of_a_later_migration_can_be_read_and_added_to_immediately(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE public.later (id int)")
    held = {
        right
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE")
        if _query("SELECT has_table_privilege(%s, 'later', %s)", sockets.APPLICATION, right) == [(True,)]
    }
    assert held == {"SELECT", "INSERT"}


def test_granting_again_changes_nothing(db: None) -> None:
    acls = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    before = _query(acls)
    database_roles.grant(sockets.APPLICATION)
    assert _query(acls) == before


def test_the_application_cannot_change_its_record(room: Room, as_application: None, subtests: pytest.Subtests) -> None:
    for table in (*RECORD, *HISTORIES):
        with subtests.test(table):
            _assert_unchangeable(table, key="id" if table in RECORD else "pgh_id")


def _assert_unchangeable(table: str, *, key: str) -> None:
    for statement in (
        f"UPDATE {table} SET {key} = {key}",  # noqa: S608
        f"DELETE FROM {table}",  # noqa: S608
        f"TRUNCATE {table}",
    ):
        assert "permission denied" in _refused(statement)
    for statement in (
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"ALTER TABLE {table} ADD COLUMN note text",
        f"CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION context_is_final()",
        f"DROP TABLE {table}",
    ):
        assert any(words in _refused(statement) for words in ("must be owner", "permission denied"))


MORE_RIGHTS = [
    "SET session_replication_role = replica",
    "SET ROLE newsroom",
    "SET SESSION AUTHORIZATION postgres",
    "CREATE TABLE public.mine (id int)",
    "CREATE FUNCTION public.log_change() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION log_change(model text, ids uuid[], losing_desks uuid[] DEFAULT '{}') RETURNS void "
    "LANGUAGE sql AS 'SELECT'",
    "CREATE ROLE mine",
    "COPY editorial_event TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT setval('sync_epoch', 99)",
    "INSERT INTO editorial_change (model, object_id) VALUES ('claim', gen_random_uuid())",
    "DELETE FROM editorial_claimvisibility",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('editorial', 'x', now())",
]


def test_the_application_cannot_take_more_rights(room: Room, as_application: None, subtests: pytest.Subtests) -> None:
    for statement in MORE_RIGHTS:
        with subtests.test(statement):
            refusal = _refused(statement)
            assert "permission denied" in refusal or "must be" in refusal


def test_the_application_cannot_pass_rights_on(room: Room, as_application: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT SELECT, UPDATE ON editorial_event TO {sockets.APPLICATION}")  # a warning, and no effect
    assert _query("SELECT has_table_privilege('editorial_event', 'UPDATE')") == [(False,)]


def test_the_application_has_no_temporary_tables(db: None) -> None:
    """One could stand in for a table that a function of the owner's names."""
    database_roles.grant(sockets.APPLICATION)
    question = "SELECT has_database_privilege(%s, current_database(), 'TEMPORARY')"
    assert _query(question, sockets.APPLICATION) == [(False,)]


def test_the_context_of_a_change_is_final_once_it_is_committed(parallel: Room, as_application: None) -> None:
    parallel.claim()
    assert _query("SELECT count(*) FROM pghistory_context") != [(0,)]
    assert "Cannot update or delete" in _refused("UPDATE pghistory_context SET metadata = '{}'")


def test_the_product_works_as_the_application(parallel: Room, as_application: None) -> None:
    """From a claim to a published story and its correction; the API's journey runs on the processes of `make up`."""
    assert _query("SELECT current_user") == [(sockets.APPLICATION,)]
    signed = parallel.verified("The lock was broken.")
    story = parallel.published(signed)
    assert story.status == "published"


def test_a_role_that_owns_the_tables_is_found(transactional_db: None, settings: Settings) -> None:
    settings.AS_OWNER = False
    assert run_checks(include_deployment_checks=True, databases=["default"], tags=["database"]) == []
    settings.DATABASE_APPLICATION_ROLE = sockets.OWNER
    found = run_checks(include_deployment_checks=True, databases=["default"], tags=["database"])
    assert [problem.id for problem in found] == ["newsroom.W002"]
    settings.DATABASE_APPLICATION_ROLE = "postgres"
    found = run_checks(include_deployment_checks=True, databases=["default"], tags=["database"])
    assert len(found) == 4, "superuser, roles, log and tables"


def test_one_role_for_everything_is_found(settings: Settings) -> None:
    settings.DATABASE_OWNER_ROLE = settings.DATABASE_APPLICATION_ROLE
    found = run_checks(include_deployment_checks=True, tags=["security"])
    assert "newsroom.W001" in [problem.id for problem in found]


def test_a_missing_signing_key_is_found(settings: Settings) -> None:
    settings.AUDIT_SIGNING_KEY = ""
    assert "newsroom.W003" in [problem.id for problem in run_checks(include_deployment_checks=True, tags=["security"])]
