"""Rows of imports: each is filed on its own, by the action that files typed input."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Case, Q, QuerySet, When

from editorial.formats import plain_text
from editorial.formats.news_item import NewsItem
from editorial.models import Claim, Import, ImportRow, Story
from editorial.policy.imports import ImportKind, RowState
from editorial.policy.publication.wire_items import PubStatus
from editorial.workflow.core.actions import run_in_transaction
from editorial.workflow.core.errors import ActionError, Reason
from editorial.workflow.imports import sheets, wire_items

WITHDRAWS = Q(data__pub_status__in=[PubStatus.WITHHELD.value, PubStatus.CANCELED.value])
"""The row withdraws an item."""


class _Result(NamedTuple):
    """The state of a row, the claim or story that it became or changed, and the reasons against it."""

    state: RowState
    created: Claim | Story | None = None
    reasons: tuple[Reason, ...] = ()


class _DryRunDone(Exception):
    """Rolls back the dry run of a row. What it would have filed does not exist."""

    def __init__(self, result: _Result) -> None:
        self.result = result if result.state is not RowState.FILED else result._replace(created=None)
        super().__init__()


def waiting(batch: Import) -> QuerySet[ImportRow]:
    """The rows that are not filed yet. Withdrawals come first: a story may be about to run."""
    rows = batch.rows.filter(state=RowState.WAITING.value)
    if batch.kind == ImportKind.CLAIMS_SHEET:
        return rows
    return rows.order_by(Case(When(WITHDRAWS, then=0), default=1), "number")


def file(row: ImportRow, batch: Import, now: datetime) -> RowState:
    """File a row and return its state. A rejected row leaves its content, the reasons and an item's embargo."""

    def file_row() -> _Result:
        result = _file_content(row, batch, now)
        if batch.check_only:
            raise _DryRunDone(result)
        return result

    try:
        state, created, reasons = run_in_transaction(file_row)
    except _DryRunDone as dry_run:
        state, created, reasons = dry_run.result
    except ActionError as refusal:
        state, created, reasons = _Result(RowState.REFUSED, None, refusal.reasons)
    row.reasons = [
        {"code": reason.code, "field": reason.field, "text": plain_text.clean(reason.text)} for reason in reasons
    ]
    if state is not RowState.REFUSED and not batch.check_only:
        row.data = {}
    row.state = state.value
    row.claim, row.story = (created, None) if isinstance(created, Claim) else (None, created)
    row.save(update_fields=["state", "data", "claim", "story", "reasons"])
    return state


def _file_content(row: ImportRow, batch: Import, now: datetime) -> _Result:
    if batch.kind == ImportKind.CLAIMS_SHEET:
        return _Result(
            *sheets.file(row.data, desk=batch.desk, actor=batch.started_by, now=now, check_only=batch.check_only)
        )
    item = NewsItem.from_dict(row.data)
    return _Result(*wire_items.file(item, desk=batch.desk, outlet=batch.outlet, actor=batch.started_by, now=now))
