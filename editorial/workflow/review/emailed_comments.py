"""Comments by email: what arrives in answer to an email about one object, until its recipient decides what it is.

Anybody who has seen the email could have written it, so it is no comment by itself. Nobody but its recipient sees it,
and only while they may see the object. To confirm it is `comments.add` by the person who is signed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from editorial.formats import mail_quotes
from editorial.models import Comment, CommentAddress, EmailedComment, User, encryption
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import EmailedCommentState
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, validate_and_save
from editorial.workflow.core.errors import Conflict
from editorial.workflow.core.locking import get_visible, lock
from editorial.workflow.review import comments, incoming_mail
from editorial.workflow.review.incoming_mail import IncomingMail, Receipt

KEPT = timedelta(days=30)
"""How long one is kept, decided or not. Until then, the same message is recognised."""
MAX_WAITING = 20
"""How many may wait for one person. Further ones are not kept: a flood must not fill the database."""


@atomic_action
def receive(*, address_id: UUID | str, mail: IncomingMail, now: datetime) -> Receipt:
    """Keep what answers one of our emails, once, until its recipient has decided what it is. A system action."""
    address = get_visible(CommentAddress, address_id, None)
    notification = address.email.notification
    if address.expires_at <= now or notification is None:
        return Receipt.EXPIRED
    if mail.headers.automatic:
        return Receipt.AUTOMATIC
    user = lock(User, notification.user_id, None)  # no other message to them is received meanwhile
    rows = EmailedComment.objects.filter(user=user)
    if rows.filter(message_digest=mail.digest).exists():
        return Receipt.DUPLICATE
    if rows.waiting()[:MAX_WAITING].count() == MAX_WAITING:
        return Receipt.EXCESS
    text = mail_quotes.new_text(mail.body.text)
    row = EmailedComment(user=user, notification=notification, received_at=now, message_digest=mail.digest)
    row.incomplete = mail.truncated or mail.body.shortened or bool(mail.body.attachment_count)
    row.incomplete |= len(text) > comments.MAX_LENGTH
    encryption.encrypt(row, "text_encrypted", text[: comments.MAX_LENGTH])
    validate_and_save(row)
    audit.log(row, SystemEvent.EMAILED_COMMENT_RECEIVE, actor=None, now=now)
    return Receipt.RECEIVED


@atomic_action
def confirm(*, emailed_comment_id: UUID | str, text: str | None = None, actor: User, now: datetime) -> Comment:
    """Post what you answered by email as your comment: as it arrived, or with another text."""
    row = _own(emailed_comment_id, actor, Action.EMAILED_COMMENT_CONFIRM)
    text = read(row) if text is None else text
    comment = comments.add(text=text, **row.place, actor=actor, now=now)  # locks what it is on
    _decide(row, EmailedCommentState.CONFIRMED, actor, now)
    audit.log(row, Action.EMAILED_COMMENT_CONFIRM, actor=actor, now=now, comment=str(comment.pk))
    return comment


@atomic_action
def dismiss(*, emailed_comment_id: UUID | str, actor: User, now: datetime) -> EmailedComment:
    """Dismiss what you answered by email, or what somebody else wrote in your name. Its text is deleted."""
    row = _own(emailed_comment_id, actor, Action.EMAILED_COMMENT_DISMISS)
    row = _decide(row, EmailedCommentState.DISMISSED, actor, now)
    audit.log(row, Action.EMAILED_COMMENT_DISMISS, actor=actor, now=now)
    return row


@atomic_action
def expire(*, emailed_comment_id: UUID | str, now: datetime) -> None:
    """Delete one that has been kept long enough. A system action."""
    row = lock(EmailedComment, emailed_comment_id, None)
    if row.state == EmailedCommentState.WAITING:
        audit.log(row, SystemEvent.EMAILED_COMMENT_EXPIRE, actor=None, now=now)
    row.delete()


@atomic_action
def delete_expired_addresses(*, address_ids: Iterable[UUID], now: datetime) -> None:
    """Delete addresses that accept nothing any more. A system action without an event: it changes nothing editorial."""
    CommentAddress.objects.filter(pk__in=list(address_ids), expires_at__lte=now).delete()


def read(row: EmailedComment) -> str:
    """Its text, for the person whose it is: without what the email quotes. Raises an ActionError."""
    _require_waiting(row)
    return incoming_mail.decrypt(row, "text_encrypted")


def _own(key: UUID | str, actor: User, action: Action) -> EmailedComment:
    row = get_visible(EmailedComment, key, actor)
    require_permission(actor, action, row.access_facts())
    _require_waiting(row)
    return row


def _decide(row: EmailedComment, state: EmailedCommentState, actor: User, now: datetime) -> EmailedComment:
    """Lock it, record what became of it, and delete its text."""
    row = lock(EmailedComment, row.pk, actor)
    _require_waiting(row)
    row.state, row.decided_at, row.text_encrypted = state.value, now, None
    validate_and_save(row)
    return row


def _require_waiting(row: EmailedComment) -> None:
    if row.state != EmailedCommentState.WAITING:
        raise Conflict(f"This email was already {row.get_state_display().lower()}.", code="ALREADY_DECIDED")
