"""Comments on claims, statements, stories and tasks: add, edit, resolve, reopen.

A thread is the comment that began it and the replies to it. Its events form the chain of that comment, which every
action on the thread locks. Mentions are resolved when people are notified. Neither responses nor events name them:
that would show who exists and who sees the object.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from editorial.models import Claim, Comment, CommentRevision, Story, User
from editorial.models.review.comments import TARGETS, seen_through
from editorial.policy.actions import Action
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission, require_reason, validate_and_save
from editorial.workflow.core.errors import Conflict, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, check_version, get_visible, lock
from editorial.workflow.evidence.confidentiality import name_guard

MAX_LENGTH = 10_000

_ONE_OBJECT = "Name one claim, statement, story or task, or the comment to reply to."


@atomic_action
def add(
    *,
    text: str,
    claim_id: UUID | str | None = None,
    statement_id: UUID | str | None = None,
    story_id: UUID | str | None = None,
    task_id: UUID | str | None = None,
    reply_to_id: UUID | str | None = None,
    actor: User,
    now: datetime,
) -> Comment:
    """Comment on one claim, statement, story or task, or reply to a comment.

    `@username` and `@desk` (its short name) in the text notify those who may see the object.
    """
    keys = {"claim": claim_id, "statement": statement_id, "story": story_id, "task": task_id, "reply_to": reply_to_id}
    given = {name: key for name, key in keys.items() if key is not None}
    if len(given) != 1:
        raise ValidationFailed(Reason("ONE_OBJECT", _ONE_OBJECT))
    ((name, key),) = given.items()
    comment = Comment(written_by=actor, written_at=now)
    if name == "reply_to":
        comment.reply_to = _lock_open_thread(key, actor)
        for column in TARGETS:
            setattr(comment, column, getattr(comment.reply_to, column))
    else:
        setattr(comment, name, _lock_target(name, key, actor))
    require_permission(actor, Action.COMMENT_ADD, comment.access_facts())
    text = _checked(text, comment, actor, now)
    validate_and_save(comment)
    _write(comment, 1, text, Action.COMMENT_ADD, actor, now)
    return comment


@atomic_action
def edit(
    *,
    comment_id: UUID | str,
    text: str | None = None,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Comment:
    """Change the text of your comment. The former texts stay. People who are newly mentioned are notified."""
    comment = _lock_in_thread(comment_id, actor)
    check_version(comment, expected_version)
    require_permission(actor, Action.COMMENT_EDIT, comment.access_facts())
    if text is None:  # a change of nothing
        return comment
    text = _checked(text, comment, actor, now)
    newest = comment.revisions.latest("number")
    if text == newest.text:
        return comment
    comment.edited_at = now
    validate_and_save(comment)
    _write(comment, newest.number + 1, text, Action.COMMENT_EDIT, actor, now)
    return comment


@atomic_action
def resolve(*, comment_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime) -> Comment:
    """Resolve a thread: what it asks for is done. Those who wrote in it are notified."""
    comment = _lock_thread(comment_id, actor, Action.COMMENT_RESOLVE, expected_version)
    if comment.resolved_at:
        raise Conflict("This thread is already resolved.", code="ALREADY_RESOLVED")
    comment.resolved_at, comment.resolved_by = now, actor
    validate_and_save(comment)
    _log(comment, Action.COMMENT_RESOLVE, actor, now)
    return comment


@atomic_action
def reopen(*, comment_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime) -> Comment:
    """Reopen a resolved thread. Those who wrote in it are notified."""
    comment = _lock_thread(comment_id, actor, Action.COMMENT_REOPEN, expected_version)
    if not comment.resolved_at:
        raise Conflict("This thread is not resolved.", code="NOT_RESOLVED")
    comment.resolved_at = comment.resolved_by = None
    validate_and_save(comment)
    _log(comment, Action.COMMENT_REOPEN, actor, now)
    return comment


def _lock_target(name: str, key: UUID | str, actor: User) -> object:
    """Lock the object, after the claim through which it is visible: so does what changes who sees it."""
    seen = seen_through(get_visible(TARGETS[name], key, actor, field=name))
    if name in ("statement", "task"):
        lock(Claim, seen.pk, actor)
    return lock(TARGETS[name], key, actor, field=name)


def _lock_open_thread(key: UUID | str, actor: User) -> Comment:
    first = lock(Comment, key, actor, field="reply_to")
    if first.reply_to_id:
        raise ValidationFailed(Reason("NOT_A_THREAD", "Reply to the comment that began the thread.", "reply_to"))
    if first.resolved_at:
        raise Conflict("This thread is resolved. Reopen it to reply.", code="THREAD_RESOLVED")
    return first


def _lock_thread(key: UUID | str, actor: User, action: Action, expected_version: ExpectedVersion) -> Comment:
    comment = lock(Comment, key, actor, expected_version=expected_version)
    require_permission(actor, action, comment.access_facts())
    if comment.reply_to_id:
        raise Conflict("This is a reply. Do this to the comment that began the thread.", code="NOT_A_THREAD")
    return comment


def _lock_in_thread(key: UUID | str, actor: User) -> Comment:
    """Lock the comment, after the one that began its thread."""
    comment = get_visible(Comment, key, actor)
    if comment.reply_to_id:
        lock(Comment, comment.reply_to_id, actor)
    return lock(Comment, key, actor)


def _checked(text: str, comment: Comment, actor: User, now: datetime) -> str:
    """The stripped text. Raises `ValidationFailed` if it is empty, too long or names a confidential source."""
    text = require_reason(text, "Enter a comment.", field="text")
    if len(text) > MAX_LENGTH:
        raise ValidationFailed(Reason("TOO_LONG", f"A comment has at most {MAX_LENGTH:,} characters.", "text"))
    seen = seen_through(comment.target)
    if isinstance(seen, Story):
        name_guard.check_story({"text": text}, story=seen, actor=actor, now=now)
    else:
        name_guard.check_with_desk({"text": text}, claims=[seen], desk_id=seen.desk_id, actor=actor, now=now)
    return text


def _write(comment: Comment, number: int, text: str, action: Action, actor: User, now: datetime) -> None:
    """Add the text, and log the event of the thread."""
    CommentRevision.objects.create(comment=comment, number=number, text=text, written_at=now)
    _log(comment.reply_to or comment, action, actor, now, comment=str(comment.pk), revision=number)


def _log(thread: Comment, action: Action, actor: User, now: datetime, **data: str | int) -> None:
    audit.log(thread, action, actor=actor, now=now, desk_id=seen_through(thread.target).desk_id, **data)
