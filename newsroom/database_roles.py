"""The database roles: an owner that migrates, and the application, which may do what this table says.

`manage.py prepare` applies the table after every migration. A table that is missing here may only be read and added to;
`tests/newsroom/test_database_roles.py` fails until it is classified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

READ = ("SELECT",)
ADD = ("SELECT", "INSERT")
ADD_AND_LOCK = ("SELECT", "INSERT", "UPDATE (id)")  # locking a row takes the right to update a column
CHANGE = ("SELECT", "INSERT", "UPDATE")
CHANGE_AND_VACUUM = (*CHANGE, "MAINTAIN")  # a name that became confidential is erased from the table's pages
READ_AND_VACUUM = (*READ, "MAINTAIN")
REMOVE = ("SELECT", "INSERT", "UPDATE", "DELETE")

_TABLES = {
    # Written by migrations, or by triggers with their owner's rights.
    READ: """
        django_migrations django_content_type django_admin_log
        auth_group auth_group_permissions auth_permission editorial_user_groups editorial_user_user_permissions
        editorial_change editorial_visibilityloss editorial_claimvisibility
        editorial_claimsearchdocument editorial_exhibitsearchdocument
        editorial_statementsearchdocument editorial_storysearchdocument
    """,
    # The record. The history of every tracked table belongs here as well.
    ADD: """
        editorial_event editorial_assessment editorial_storyrevision editorial_commentrevision
        editorial_matchingattempt editorial_deliveryattempt
    """,
    ADD_AND_LOCK: """
        editorial_corroborationpolicy editorial_policyrisk editorial_policyrow
        editorial_replyaddress
        editorial_conditioncheck editorial_gateoverride editorial_noclaimscheck editorial_briefing editorial_exhibit
    """,
    CHANGE: """
        pghistory_context editorial_accountchange
        editorial_audithead editorial_claim editorial_comment editorial_correction editorial_correction_claims
        editorial_chatchannel editorial_delivery editorial_desk editorial_dutyshift editorial_escalation
        editorial_identityrecord
        editorial_import editorial_importrow editorial_integrityfinding
        editorial_notification editorial_notificationfanout editorial_provideraccount editorial_scheduledimport
        editorial_replyrequest editorial_replyrequestclaim editorial_receivedanswer editorial_mailbox
        editorial_matchinglock editorial_reviewtask editorial_scancursor editorial_signoff editorial_statement
        editorial_story editorial_token editorial_unmaskrequest editorial_user editorial_webhookendpoint
        editorial_wireitem editorial_restriction
    """,
    CHANGE_AND_VACUUM: "editorial_source",
    READ_AND_VACUUM: "editorial_sourcesearchdocument",
    REMOVE: """
        django_session
        editorial_adverseparty editorial_carriedclaim editorial_circuitbreaker editorial_claimdistinction
        editorial_claimuse
        editorial_commentaddress editorial_compoundmember
        editorial_dispositiveevidence editorial_emailedcomment editorial_emailpreference
        editorial_heartbeat editorial_idempotencyrecord editorial_membership editorial_outboxmessage editorial_passkey
        editorial_passkeychallenge editorial_providersignin editorial_publisheduse editorial_quiethours
        editorial_recoverycode editorial_relay editorial_savedsearch editorial_savedsearchmatch
        editorial_secondfactor editorial_session editorial_signin
        editorial_storyauthor editorial_subscription editorial_useevidence
    """,
}


def privileges() -> dict[str, tuple[str, ...]]:
    """What the application may do with each table."""
    listed = {table: rights for rights, tables in _TABLES.items() for table in tables.split()}
    histories = [model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    return {**dict.fromkeys(histories, ADD), **listed}


def grant(application: str) -> None:
    """Give the application its rights and no others. Run by the owner; safe to repeat while the application works."""
    role, database = _quote(application), _quote(str(connection.settings_dict["NAME"]))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        # A temporary table could stand in for one that a function of the owner's names.
        cursor.execute(f"REVOKE TEMPORARY, CREATE ON DATABASE {database} FROM PUBLIC, {role}")
        cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO {role}")
        cursor.execute(f"GRANT SELECT ON SEQUENCE sync_epoch TO {role}")
        rights = privileges()
        for table in _existing_tables(cursor):
            cursor.execute(f"REVOKE ALL ON {_quote(table)} FROM {role}, PUBLIC")
            cursor.execute(f"GRANT {', '.join(rights.get(table, ADD))} ON {_quote(table)} TO {role}")


def is_separate() -> bool:
    """Whether an owner of the tables is configured in addition to the application."""
    return bool(settings.DATABASE_OWNER_URL) and settings.DATABASE_OWNER_ROLE != settings.DATABASE_APPLICATION_ROLE


def excess_rights(role: str) -> Iterator[str]:
    """Why a role is not fit for the application; nothing if it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = %s", [role])
        rights = cursor.fetchone()
        if rights is None:
            yield f"The role {role} does not exist."
            return
        for has, name in zip(
            rights, ("is a superuser", "may create roles", "may read the write-ahead log"), strict=True
        ):
            if has:
                yield f"The role {role} {name}."
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND pg_has_role(%s, tableowner, 'MEMBER') "
            "ORDER BY 1 LIMIT 1",
            [role],
        )
        if owned := cursor.fetchone():
            yield f"The role {role} owns tables, such as {owned[0]}, so it can switch their triggers off."


def _existing_tables(cursor: Any) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [table for (table,) in cursor.fetchall()]


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)
