"""Steps of escalating a deadline: announce one once, and plan the next. The caller holds the lock of the row."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from editorial.models import Escalation
from editorial.policy.review.escalation import EscalationStep
from editorial.workflow.core import audit


def announce(
    row: models.Model,
    step: EscalationStep,
    action: str,
    *,
    due_at: datetime,
    now: datetime,
    desk_id: UUID | None = None,
    log_to: models.Model | None = None,
    **data: Any,
) -> None:
    """Log the event of this step, unless it has happened for this deadline. `log_to`: a row other than its own."""
    key = {"stream": audit.stream_of(row), "step": step.value, "due_at": due_at}
    if Escalation.objects.filter(**key).exists():
        return
    event = audit.log(log_to or row, action, actor=None, now=now, desk_id=desk_id, **data)
    Escalation.objects.create(**key, run_at=now, settled_at=now, event=event)


def plan(row: models.Model, step: EscalationStep, *, due_at: datetime, run_at: datetime) -> None:
    """Schedule this step, unless it is scheduled or has happened for this deadline."""
    planned = Escalation(stream=audit.stream_of(row), step=step.value, due_at=due_at, run_at=run_at)
    Escalation.objects.bulk_create([planned], ignore_conflicts=True)
