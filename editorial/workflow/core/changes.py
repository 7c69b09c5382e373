"""Changes that a system action collects and saves together: one statement for each kind of change, not for each row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from editorial import outbox
from editorial.models import MessageKind
from editorial.workflow.core import audit
from editorial.workflow.core.audit import Entry


class Changes:
    """Rows to insert and to update, events, and jobs, all of which the caller may write: it holds the locks."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._inserted: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self._updated: dict[tuple[type[models.Model], tuple[str, ...]], dict[Any, models.Model]] = defaultdict(dict)
        self._entries: list[Entry] = []
        self._jobs: dict[MessageKind, set[str]] = defaultdict(set)

    def insert(self, rows: Iterable[models.Model]) -> None:
        """Insert these rows."""
        for row in rows:
            self._inserted[type(row)].append(row)

    def update(self, rows: Iterable[models.Model], **values: Any) -> None:
        """Set these columns, and write only these."""
        for row in rows:
            for name, value in values.items():
                setattr(row, name, value)
            self._updated[type(row), tuple(values)][row.pk] = row

    def log(self, row: models.Model, action: str, *, desk_id: UUID | None = None, **data: Any) -> None:
        """Log a system action. `data`: ids, codes and reasons only."""
        self._entries.append(Entry(row, action, desk_id, data))

    def send(self, kind: MessageKind, references: Iterable[UUID | str]) -> None:
        """Enqueue these jobs."""
        self._jobs[kind].update(str(reference) for reference in references)

    def save(self) -> None:
        """Write everything, once.

        An update waits for others who have locked the row, so it precedes its event, which continues the row's chain.
        """
        for model, rows in self._inserted.items():
            model._default_manager.bulk_create(rows)
        for (model, names), by_key in self._updated.items():
            _update(model, names, list(by_key.values()))
        if self._entries:
            created = (row for rows in self._inserted.values() for row in rows)
            audit.log_all(self._entries, now=self.now, created=created)
        outbox.send_all(self._jobs, now=self.now)


def _update(model: type[models.Model], names: Sequence[str], rows: list[models.Model]) -> None:
    values = {name: getattr(rows[0], name) for name in names}
    if all(getattr(row, name) == value for row in rows for name, value in values.items()):
        model._default_manager.filter(pk__in=[row.pk for row in rows]).update(**values)
    else:
        model._default_manager.bulk_update(rows, names)
