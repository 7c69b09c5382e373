"""Dead letters: work that failed in every attempt. A work list, never deleted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import MessageState, OutboxMessage, User
from editorial.policy.access import SubjectFacts, Verb
from editorial.workflow import record
from editorial.workflow.acts import Conflict, act, lock, permit


@act
def replay(*, message_id: UUID, actor: User, now: datetime) -> OutboxMessage:
    """Give a dead letter another round of attempts. Recorded with who did it."""
    permit(actor, Verb.MESSAGE_REPLAY, SubjectFacts())
    message = lock(OutboxMessage, message_id, actor)
    if message.state != MessageState.DEAD:
        raise Conflict("This message is not a dead letter (any more).", code="NOT_DEAD")
    message.state, message.attempts, message.available_at = MessageState.READY.value, 0, now
    message.save(update_fields=["state", "attempts", "available_at"])
    record.event(message, Verb.MESSAGE_REPLAY, actor=actor, now=now, kind=message.kind)
    return message
