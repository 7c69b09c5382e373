"""The ledgers: the append-only tables, and the hash of each of their entries, computed by PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, models, transaction

from editorial.models import Assessment, CommentRevision, DeliveryAttempt, Event, StoryRevision

_BATCH_SIZE = 5000

_CONTEXT = "(SELECT metadata FROM pghistory_context WHERE id = entry.pgh_context_id)"
"""Who made a change, by which action: stored beside the history, and as final as an entry."""


class Entry(NamedTuple):
    """An entry of a ledger: the position of its transaction, its key, and the SHA-256 of its content."""

    position: int
    key: Any
    digest: bytes


@dataclass(frozen=True)
class Ledger:
    """An append-only table."""

    model: Any
    position: str

    @property
    def table(self) -> str:
        """Its name in the database."""
        return str(self.model._meta.db_table)

    @property
    def tracked(self) -> type[models.Model] | None:
        """The model whose history it is; None if it is not a history."""
        return getattr(self.model, "pgh_tracked_model", None)

    def columns(self) -> tuple[str, ...]:
        """The columns that today's entries have."""
        return tuple(field.column for field in self.model._meta.concrete_fields)

    def entries(self, columns: Sequence[str], *, start: int, end: int) -> Iterator[Entry]:
        """The entries with start <= position < end, in order. The digest covers these columns."""
        quote = connection.ops.quote_name
        content = [f"entry.{quote(column)}" for column in columns] + ([_CONTEXT] if self.tracked else [])
        position, key = f"coalesce(entry.{quote(self.position)}, 0)", f"entry.{quote(self.model._meta.pk.column)}"
        # An entry from before positions existed has none and belongs to the first head.
        older = f" OR entry.{quote(self.position)} IS NULL" if start == 0 else ""
        query = (
            f"SELECT {position}, {key}, sha256(convert_to(jsonb_build_array({', '.join(content)})::text, 'UTF8')) "  # noqa: S608
            f"FROM {quote(self.table)} entry WHERE entry.{quote(self.position)} >= %s "
            f"AND entry.{quote(self.position)} < %s{older} ORDER BY 1, 2"
        )
        with connection.chunked_cursor() as cursor:
            cursor.execute(query, [start, end])
            while rows := cursor.fetchmany(_BATCH_SIZE):
                for place, pk, digest in rows:
                    yield Entry(place, pk, bytes(digest))

    def describe(self, key: Any) -> str:
        """The entry in words, without content."""
        entry = self.model.objects.filter(pk=key).first()
        if entry is None:
            return f"entry {key} of {self.table}"
        if isinstance(entry, Event):
            return f"event {entry.number} of {entry.stream} ({entry.action}, {entry.at:%Y-%m-%d %H:%M} UTC)"
        if isinstance(entry, Assessment):
            return f"assessment {entry.number} of claim {entry.claim_id}"
        if isinstance(entry, StoryRevision):
            return f"revision {entry.number} of story {entry.story_id}"
        if isinstance(entry, DeliveryAttempt):
            return f"attempt {entry.number} at delivery {entry.delivery_id}"
        if isinstance(entry, CommentRevision):
            return f"text {entry.number} of comment {entry.comment_id}"
        name = self.model.pgh_tracked_model._meta.verbose_name
        return (
            f"entry {key} in the history of {name} {entry.pgh_obj_id} "
            f"({entry.pgh_label}, {entry.pgh_created_at:%Y-%m-%d %H:%M} UTC)"
        )


def all_ledgers() -> list[Ledger]:
    """Every ledger, by table name."""
    append_only = (Event, Assessment, StoryRevision, CommentRevision, DeliveryAttempt)
    recorded = [Ledger(model, "position") for model in append_only]
    histories = [
        Ledger(model, "pgh_position")
        for model in apps.get_app_config("editorial").get_models()
        if hasattr(model, "pgh_tracked_model")
    ]
    return sorted(recorded + histories, key=lambda ledger: ledger.table)


@contextmanager
def snapshot() -> Iterator[None]:
    """Read from one snapshot, however long that takes, and in one notation."""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL timezone = 'UTC'")
        cursor.execute("SET LOCAL bytea_output = 'hex'")
        yield
