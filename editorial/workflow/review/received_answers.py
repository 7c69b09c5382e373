"""Answers by email: the messages that arrive at the address of a request for comment.

Nothing is recorded as a response by itself. Anybody who has an address can write to it in any name, so a message waits
until a person who may answer the request records what it says (`replies.answer`) or dismisses it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from editorial.formats import mail_quotes
from editorial.models import Claim, ReceivedAnswer, ReplyAddress, ReplyRequest, User, encryption
from editorial.policy import access
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import ReceivedAnswerState
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason, validate_and_save
from editorial.workflow.core.errors import Conflict, Forbidden, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.evidence.confidentiality import name_guard
from editorial.workflow.review import incoming_mail, reply_answers
from editorial.workflow.review.incoming_mail import IncomingMail, Receipt

MAX_WAITING = 100
"""How many messages to one address may wait. Further ones are not kept: a flood must not fill the database."""


@atomic_action
def receive(*, address_id: UUID | str, mail: IncomingMail, now: datetime) -> Receipt:
    """Keep a message to the address of a request, once, until a person has decided what it is. A system action."""
    address = get_visible(ReplyAddress, address_id, None)
    request = lock(ReplyRequest, address.request_id, None)  # no other message to it is received meanwhile
    if address.expires_at <= now:
        return Receipt.EXPIRED
    if request.received_answers.filter(message_digest=mail.digest).exists():
        return Receipt.DUPLICATE
    waiting = request.received_answers.filter(state=ReceivedAnswerState.WAITING.value)
    if waiting[:MAX_WAITING].count() == MAX_WAITING:
        return Receipt.EXCESS
    answer = ReceivedAnswer(
        request=request,
        received_at=now,
        message_digest=mail.digest,
        automatic=mail.headers.automatic,
        attachment_count=mail.body.attachment_count,
        truncated=mail.truncated or mail.body.shortened,
    )
    encryption.encrypt(answer, "message_encrypted", mail.to_text())
    validate_and_save(answer)
    if answer.automatic:
        _log(answer, SystemEvent.RECEIVED_ANSWER_RECEIVE_AUTOMATIC, None, now)
    else:
        _log(answer, SystemEvent.RECEIVED_ANSWER_RECEIVE, None, now)
    return Receipt.RECEIVED


@atomic_action
def dismiss(*, received_answer_id: UUID | str, reason: str, actor: User, now: datetime) -> ReceivedAnswer:
    """Dismiss an email that is no response, or whose content is on record already. It stays on file."""
    answer = get_visible(ReceivedAnswer, received_answer_id, actor)
    claims = reply_answers.lock_claims(answer.request)
    for claim in claims:
        require_permission(actor, Action.RECEIVED_ANSWER_DISMISS, claim.access_facts())
    answer = _lock_waiting(answer.pk, actor)
    reason = require_reason(reason, "Say why it is no response.")
    name_guard.check({"reason": reason}, claims=claims, sources=[answer.request.to], actor=actor, now=now)
    _decide(answer, ReceivedAnswerState.DISMISSED, actor, now, reason=reason)
    _log(answer, Action.RECEIVED_ANSWER_DISMISS, actor, now, reason=reason)
    return answer


def lock_for(request: ReplyRequest, answer_id: UUID | str, actor: User) -> ReceivedAnswer:
    """Lock the email from which the response to the request is recorded. The caller holds the request's lock."""
    answer = _lock_waiting(answer_id, actor, field="received_answer")
    if answer.request_id != request.pk:
        raise ValidationFailed(Reason("OTHER_REQUEST", "This email answers another request.", "received_answer"))
    return answer


def record(answer: ReceivedAnswer, actor: User, now: datetime) -> None:
    """Mark an email as what a response was recorded from. The caller holds its lock."""
    _decide(answer, ReceivedAnswerState.RECORDED, actor, now)
    _log(answer, SystemEvent.RECEIVED_ANSWER_RECORD, actor, now)


def _lock_waiting(answer_id: UUID | str, actor: User, field: str = "id") -> ReceivedAnswer:
    answer = lock(ReceivedAnswer, answer_id, actor, field=field)
    if answer.state != ReceivedAnswerState.WAITING:
        raise Conflict(f"This email was already {answer.get_state_display().lower()}.", code="ALREADY_DECIDED")
    return answer


def _decide(
    answer: ReceivedAnswer, state: ReceivedAnswerState, actor: User, now: datetime, *, reason: str = ""
) -> None:
    answer.state, answer.decided_at, answer.decided_by, answer.reason = state.value, now, actor, reason
    validate_and_save(answer)


def _log(answer: ReceivedAnswer, action: str, actor: User | None, now: datetime, **data: object) -> None:
    desk_id = answer.request.covers.order_by("pk").values_list("desk_id", flat=True)[0]
    audit.log(answer, action, actor=actor, now=now, desk_id=desk_id, request=str(answer.request_id), **data)


def may_read(answer: ReceivedAnswer, reader: User) -> bool:
    """Whether the reader may know what it says: who may answer the request, that is at the desks of all its claims.

    It can be about any of them. A token's scopes limit what may be done, not what may be read.
    """
    facts = replace(reader.facts(), scopes=None)
    claims = Claim.objects.filter(reply_requests=answer.request_id)
    return all(access.may(facts, Action.REPLY_ANSWER, claim.access_facts()) for claim in claims)


def read(answer: ReceivedAnswer, reader: User) -> dict[str, Any]:
    """What it says, what of that is new, and what it states about itself, unverified. Raises an ActionError."""
    if not may_read(answer, reader):
        raise Forbidden("Only those who may answer the request may read this email.", code="FORBIDDEN")
    content: dict[str, Any] = json.loads(incoming_mail.decrypt(answer, "message_encrypted"))
    return content | {"new_text": mail_quotes.new_text(content["text"])}
