"""The desk of a story."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from editorial.models import CommentRevision, Event, Story, User
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_desk
from editorial.workflow.core.errors import Conflict
from editorial.workflow.core.locking import ExpectedVersion, lock
from editorial.workflow.evidence.confidentiality import name_guard
from editorial.workflow.stories.states import (
    checked_text,
    lapse_correction,
    lock_story,
    reassess_with_claims,
    transition,
)


@atomic_action
def move(
    *,
    story_id: UUID | str,
    desk_id: UUID | str,
    reason: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Story:
    """Move the story to another desk, as an editor of both. Both desks are notified; the former no longer sees it.

    The new desk sees the claims that the story uses, but no more of an unnamed source than any other desk. It reads
    every revision, so a story in which a confidential name was found stays.
    """
    story = lock_story(story_id, actor, Action.STORY_MOVE, expected_version)
    desk, former = require_desk(desk_id, actor, Action.STORY_MOVE), story.desk
    if desk == former:
        raise Conflict("The story is already at this desk.", code="SAME_DESK")
    reason = checked_text(story, reason, "Tell the new desk why.", actor=actor, now=now)
    _require_no_names(story, actor, now)
    lapse_correction(story, actor, now)
    story.desk = desk
    transition(story, Action.STORY_MOVE)
    desks = [str(former.pk), str(desk.pk)]
    audit.log(story, Action.STORY_MOVE, actor=actor, now=now, desk_id=former.pk, desks=desks, reason=reason)
    reassess_with_claims(story, now)
    return story


def _require_no_names(story: Story, actor: User, now: datetime) -> None:
    """Raise `Conflict` if what moves with the story contains a confidential name, or did when it was written."""
    if Event.objects.filter(stream=audit.stream_of(story), action=SystemEvent.NAME_IN_COPY).exists():
        raise _refusal()
    # The name may have been registered after the text was written.
    fields_by_desk = name_guard.names_in_copy(
        _texts_of(story), claims=name_guard.claims_of(story), actor=actor, now=now
    )
    if fields_by_desk:
        refusal = _refusal()
        refusal.log_refusal = partial(_log_names, story, fields_by_desk, now)
        raise refusal


def _texts_of(story: Story) -> dict[str, str]:
    """All that the new desk would read: every revision, comment and reason, and the note of a scheduled correction."""
    revisions = story.revisions.order_by("number")
    texts = {f"{field}/{each.number}": getattr(each, field) for each in revisions for field in ("headline", "body")}
    reasons = Event.objects.filter(stream=audit.stream_of(story), data__has_key="reason")
    texts |= {f"reason/{number}": str(reason) for number, reason in reasons.values_list("number", "data__reason")}
    commented = CommentRevision.objects.filter(comment__story=story).values_list("pk", "text")
    texts |= {f"comment/{key}": text for key, text in commented}
    return texts | {"note/": story.correction_text}


def _refusal() -> Conflict:
    return Conflict(
        "A confidential name was found in this story, an earlier revision, its notes, reasons or comments. "
        "Write a new story at the other desk.",
        code="NAME_IN_COPY",
    )


def _log_names(story: Story, found: dict[UUID, dict[str, str]], now: datetime) -> None:
    """Record and announce the names, as after a revision. `found`: by desk and text."""
    story = lock(Story, story.pk, None)
    for desk, parts in found.items():
        fields = {key.partition("/")[0]: part for key, part in parts.items()}
        audit.log(story, SystemEvent.NAME_IN_COPY, actor=None, now=now, desk_id=desk, fields=fields)
