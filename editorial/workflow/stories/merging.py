"""Merging drafts: two drafts of one original become one, which keeps the wire items of both."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from editorial.models import ClaimUse, Event, Restriction, Story, Subscription, User, WireItem
from editorial.policy.actions import Action
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.workflow.core import audit
from editorial.workflow.core.actions import atomic_action, require_permission
from editorial.workflow.core.errors import Conflict
from editorial.workflow.core.locking import ExpectedVersion, check_version, get_visible, lock_many
from editorial.workflow.stories import restrictions, stories
from editorial.workflow.stories.states import (
    checked_text,
    log_and_reassess,
    log_and_reevaluate,
    transition,
    void_clearance,
)


@atomic_action
def merge(
    *,
    story_id: UUID | str,
    into_id: UUID | str,
    reason: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Story:
    """Merge this draft into another draft of the same original, at the same desk. Returns the other draft.

    It gets the authors, followers, restrictions and wire items of this one, and the claims that it does not use itself.
    Its copy stays as it is, and so does the copy of this one, which is spiked.
    """
    story, into = _lock_both(story_id, into_id, actor)
    check_version(story, expected_version)
    if story == into:
        raise Conflict("Choose another draft to merge it into.", code="SAME_STORY")
    for draft in (story, into):
        _require_allowed(draft, Action.STORY_MERGE, actor)
    if story.desk_id != into.desk_id:
        raise Conflict("The other draft is at another desk. Move one of them first.", code="DIFFERENT_DESK")
    reason = checked_text(story, reason, "Say why they are one story.", actor=actor, now=now)
    with_all_scopes = copy(actor)  # the scope of the merger covers its parts; roles still limit them
    with_all_scopes.scopes = None
    _add_authors(story, into, with_all_scopes, now)
    _add_uses(story, into, with_all_scopes, now)
    _restrict(story, into, with_all_scopes, now)
    _pass_on_followers(story, into)
    moved = _move_wire_items(WireItem.objects.filter(story=story), into, now)
    story.merged_into = into
    void_clearance(story)
    transition(story, Action.STORY_MERGE)
    data = {"into": str(into.pk), "reason": reason}
    log_and_reassess(story, Action.STORY_MERGE, actor, now, **data, wire_items=moved)
    log_and_reevaluate(into, Action.STORY_MERGE, actor, now, **data, merged=str(story.pk))
    into.refresh_from_db()
    return into


@atomic_action
def unmerge(
    *, story_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Story:
    """Separate a draft that was merged by mistake. It is a draft again and takes its wire items back.

    The other draft keeps the authors, followers, restrictions and claims that it got. Remove what is wrong there.
    """
    found = get_visible(Story, story_id, actor)
    check_version(found, expected_version)
    _require_allowed(found, Action.STORY_UNMERGE, actor)
    if found.merged_into_id is None:
        raise Conflict("This story was not merged into another.", code="NOT_MERGED")
    story, into = _lock_both(story_id, found.merged_into_id, actor)
    check_version(story, expected_version)
    if story.merged_into_id != into.pk:
        raise Conflict("Somebody else has just separated these drafts.", code="NOT_MERGED")
    _require_undone(into)
    reason = checked_text(story, reason, "Say why they are two stories.", actor=actor, now=now)
    merged = Event.objects.filter(stream=audit.stream_of(story), action=Action.STORY_MERGE).latest("number")
    _move_wire_items(WireItem.objects.filter(pk__in=merged.data["wire_items"], story=into), story, now)
    story.refresh_from_db(fields=["version"])
    story.merged_into = None
    transition(story, Action.STORY_UNMERGE)
    log_and_reassess(story, Action.STORY_UNMERGE, actor, now, reason=reason, former=str(into.pk))
    log_and_reevaluate(into, Action.STORY_UNMERGE, actor, now, reason=reason, separated=str(story.pk))
    return story


def _lock_both(story_id: UUID | str, into_id: UUID | str, actor: User) -> tuple[Story, Story]:
    by_id = {str(story.pk): story for story in lock_many(Story, [story_id, into_id], actor, field="into")}
    return by_id[str(story_id)], by_id[str(into_id)]


def _require_allowed(draft: Story, action: Action, actor: User) -> None:
    require_permission(actor, action, draft.access_facts())
    if not (allowed := transitions.may_transition(action, StoryStatus(draft.status))):
        raise Conflict(*allowed.reasons, code="WRONG_STATE")


def _require_undone(into: Story) -> None:
    """Refuse to take wire items back from a story that has itself been merged, or has been published."""
    if into.merged_into_id is not None:
        raise Conflict("The other draft was itself merged into a third. Unmerge that first.", code="MERGED")
    if into.published_at is not None:
        raise Conflict("The other draft has run with these wire items. Write a new story.", code="PUBLISHED")


def _add_authors(story: Story, into: Story, actor: User, now: datetime) -> None:
    authors = [set(each.author_links.values_list("user_id", flat=True)) for each in (story, into)]
    if authors[0] - authors[1]:
        stories.assign(story_id=into.pk, authors=sorted(authors[0] | authors[1]), actor=actor, now=now)


def _add_uses(story: Story, into: Story, actor: User, now: datetime) -> None:
    own = list(ClaimUse.objects.filter(story=into).order_by("id"))
    added = ClaimUse.objects.filter(story=story).exclude(claim__in=[use.claim_id for use in own]).order_by("id")
    if added:
        stories.revise(story_id=into.pk, uses=[_as_input(use) for use in (*own, *added)], actor=actor, now=now)


def _as_input(use: ClaimUse) -> dict[str, Any]:
    return {
        "claim": use.claim_id,
        "mode": use.mode,
        "central": use.central,
        "stated_source_count": use.stated_source_count,
        "relies_on": list(use.evidence_links.values_list("statement_id", flat=True)),
    }


def _restrict(story: Story, into: Story, actor: User, now: datetime) -> None:
    """What must not be printed from one draft must not be printed from the other."""
    known = set(Restriction.objects.in_force(now).filter(story=into).values_list("kind", "until"))
    for each in Restriction.objects.in_force(now).filter(story=story):
        if (each.kind, each.until) not in known:
            ban = {"kind": each.kind, "reason": each.reason, "until": each.until}
            restrictions.restrict_story(story_id=into.pk, **ban, actor=actor, now=now)


def _pass_on_followers(story: Story, into: Story) -> None:
    for followed in Subscription.objects.filter(story=story):
        Subscription.objects.get_or_create(user_id=followed.user_id, story=into, defaults={"by_mail": followed.by_mail})


def _move_wire_items(items: Any, story: Story, now: datetime) -> list[str]:
    """Have these wire items act on this story from now on. Returns their ids.

    No earlier override covers their notices, and nobody decides on a page that lacks them.
    """
    moved = [str(key) for key in items.order_by("id").values_list("pk", flat=True)]
    items.filter(held_at__isnull=False).update(held_at=now)
    if moved:
        Story.objects.filter(pk=story.pk).update(version=F("version") + 1)
    items.update(story=story)
    return moved
