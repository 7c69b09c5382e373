"""Jobs, tasks and processes that wait, or are held, for too long."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils import timezone

from editorial.models import MessageKind, MessageState, OutboxMessage, ReviewTask
from editorial.notifications.email_times import COLLECTING
from editorial.policy.vocabulary import TaskState
from tests.proofs.chaos.history import History

_S = MessageState


def unfinished_messages() -> QuerySet[OutboxMessage]:
    """The jobs that are neither done nor dead, except emails that are due later than a run lasts."""
    too_late = timezone.now() + 2 * COLLECTING
    digests = Q(kind=MessageKind.COMPOSE_EMAILS.value, state=_S.READY.value, available_at__gt=too_late)
    return OutboxMessage.objects.exclude(state__in=[_S.DONE.value, _S.DEAD.value]).exclude(digests)


def stuck_messages() -> Iterator[str]:
    """Every job was done: by the time of the check every limit has passed twice, and no fault is injected any more."""
    for message in unfinished_messages():
        yield (
            f"{message.kind} {message.reference} is {message.state} after {message.attempts} starts, available since "
            f"{message.available_at:%H:%M:%S}. {message.error}"
        )


def stuck_tasks() -> Iterator[str]:
    """No user holds a review task after its lease."""
    for task in ReviewTask.objects.filter(state=TaskState.TAKEN.value, lease_until__lt=timezone.now()):
        yield f"Task {task.pk} is held by {task.taken_by} beyond {task.lease_until:%H:%M:%S}."


def stuck_workers(history: History) -> Iterator[str]:
    """Every remaining worker and dispatcher works, also without the others."""
    for line in history.lines("roll call"):
        if not line["answered"]:
            yield f"{line['names']} run and do nothing: a claim filed while only they ran was not assessed."
