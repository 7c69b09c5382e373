"""Erasure: after `protect`, rewrite the tables of sources and their words, so that no old row on the disk keeps a name.

PostgreSQL leaves the former version of an updated row in its pages, and the name in indexes. A plain VACUUM frees
the space but does not overwrite it; VACUUM FULL writes new files. The write-ahead log, its archives,
replicas and backups keep the name until they expire: docs/operations/running.md says how long.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg.errors import Diagnostic

from editorial import outbox
from editorial.models import MessageKind, MessageState, Source, SourceSearchDocument

_NAMED_IN = (Source, SourceSearchDocument)
_WAIT = timedelta(seconds=30)  # the check jobs.ready brings forward what waits longer than twice the longest backoff
_LOCK_TIMEOUT = "2s"  # for which readers of sources may have to wait
# What VACUUM says of row versions that some transaction could still see. This role cannot see the sessions of others,
# so only VACUUM knows.
_KEPT = re.compile(r"(\d+) dead row versions cannot be removed")


def erase_old_rows(*, message_id: UUID, clock: Callable[[], datetime]) -> MessageState | None:
    """Rewrite the table, or try again later while a transaction can still see the old row.

    Returns the message's new state; None if another worker has it.
    """
    run = outbox.start(message_id, now=clock())
    if run is None:
        return None
    try:
        erased = not _is_visible_to_others(run.reference) and _rewrite()
    except Exception as error:
        outbox.fail(run, error, now=clock())
        raise
    with transaction.atomic():
        now = clock()
        outbox.finish(run, now=now)
        if not erased:
            outbox.send(MessageKind.ERASE_OLD_ROWS, run.reference, now=now, at=now + _WAIT)
    return MessageState.DONE


def _is_visible_to_others(source_id: str) -> bool:
    """Whether a transaction, such as a backup's, is so old that the table would have to keep the old row for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity, editorial_source"
            " WHERE editorial_source.id = %s AND pid <> pg_backend_pid() AND datname = current_database()"
            " AND GREATEST(age(backend_xmin), age(backend_xid)) >= age(editorial_source.xmin))",
            [source_id],
        )
        (visible,) = cursor.fetchone()
    return bool(visible)


def _rewrite() -> bool:
    """Write new files for tables and indexes. Returns false if one was in use, or had to keep an old row."""
    kept: list[int] = []

    def read(notice: Diagnostic) -> None:
        match = _KEPT.search(notice.message_detail or "")
        kept.append(int(match[1]) if match else 0)

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_LOCK_TIMEOUT])
        connection.connection.add_notice_handler(read)
        try:
            tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _NAMED_IN)
            cursor.execute(f"VACUUM (FULL, VERBOSE, ANALYZE) {tables}")
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != "55P03":  # lock not available
                raise
            return False
        finally:
            connection.connection.remove_notice_handler(read)
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])
    return not any(kept)
