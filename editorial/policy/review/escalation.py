"""Escalation: when a deadline is announced before it passes, and who is notified of a task that stays overdue.

The table of system events says whom each step notifies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from editorial.policy.vocabulary import ChoiceEnum


class EscalationStep(ChoiceEnum):
    """A step of escalating a deadline, in order. Only tasks have those after the deadline."""

    REMIND = "remind", "Reminder before the deadline"
    OVERDUE = "overdue"
    DESK = "desk", "Editors of the desk"
    DUTY = "duty", "Editor on duty"


NOTICE = timedelta(hours=1)
"""How long before its deadline something is announced."""
SHORT_NOTICE = timedelta(minutes=15)
"""The same, if less than `LONG_ENOUGH` was allowed for it: earlier would be soon after it was announced anyway."""
LONG_ENOUGH = timedelta(hours=4)

TASK_STEPS = (EscalationStep.OVERDUE, EscalationStep.DESK, EscalationStep.DUTY)
"""The steps after a task's deadline."""

_AFTER = {EscalationStep.DESK: timedelta(minutes=30), EscalationStep.DUTY: timedelta(hours=2)}
_AFTER_UNHELD = {**_AFTER, EscalationStep.DESK: timedelta(0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDeadline:
    """What decides whether an overdue task escalates further. `live`: open or taken."""

    live: bool
    due_at: datetime
    lease_until: datetime | None = None
    snoozed_until: datetime | None = None


def notice(allowed: timedelta) -> timedelta:
    """How long before its deadline something is announced for which this much time was allowed."""
    return NOTICE if allowed >= LONG_ENOUGH else SHORT_NOTICE


def next_step(step: EscalationStep) -> EscalationStep | None:
    """The step after this one of an overdue task; None after the last."""
    later = TASK_STEPS[TASK_STEPS.index(step) + 1 :]
    return later[0] if later else None


def step_due_at(step: EscalationStep, due_at: datetime, *, held: bool) -> datetime:
    """When a step after a task's deadline is due. If nobody holds the task, its desk is notified immediately."""
    return due_at + (_AFTER if held else _AFTER_UNHELD)[step]


def is_pointless(task: TaskDeadline, due_at: datetime) -> bool:
    """Whether a step for this deadline is no longer needed: the task has ended, or is due at another time."""
    return not task.live or task.due_at != due_at


def postponed_until(task: TaskDeadline, now: datetime) -> datetime | None:
    """Until when a step waits because somebody is working on the task or has snoozed it; None if it does not."""
    times = (task.lease_until, task.snoozed_until)
    return max((time for time in times if time and time > now), default=None)
