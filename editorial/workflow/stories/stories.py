"""Stories: pitch, assign, revise, submit, clear, schedule, spike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from editorial import outbox
from editorial.models import (
    ConditionCheck,
    GateOverride,
    MessageKind,
    NoClaimsCheck,
    Story,
    StoryAuthor,
    StoryRevision,
    User,
)
from editorial.models.evidence import containment
from editorial.policy import text_cleaning
from editorial.policy.actions import Action
from editorial.policy.publication import originals, transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.system_events import SystemEvent
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    atomic_action,
    require_desk,
    require_permission,
    require_reason,
    require_supported_year,
    validate_and_save,
)
from editorial.workflow.core.errors import Conflict, Forbidden, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, get_visible, lock
from editorial.workflow.evidence import name_guard
from editorial.workflow.stories import claim_uses, gates


@atomic_action
def pitch(*, desk_id: UUID | str, headline: str, body: str = "", actor: User, now: datetime) -> Story:
    """Pitch a story. You become its first author."""
    desk = require_desk(desk_id, actor, Action.STORY_PITCH)
    story = Story(headline=text_cleaning.line(headline), desk=desk, pitched_by=actor, pitched_at=now)
    validate_and_save(story)
    StoryAuthor.objects.create(story=story, user=actor)
    _add_revision(story, story.headline, text_cleaning.block(body), actor, now)
    audit.log(story, Action.STORY_PITCH, actor=actor, now=now)
    return story


@atomic_action
def assign(
    *,
    story_id: UUID | str,
    authors: Iterable[UUID | str],
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Story:
    """Assign the story's authors. They replace the existing ones."""
    story = lock_story(story_id, actor, Action.STORY_ASSIGN, expected_version)
    people = [_get_author(key, story) for key in dict.fromkeys(str(key) for key in authors)]
    if not people:
        raise ValidationFailed(Reason("NO_AUTHOR", "Name at least one author.", "authors"))
    before = sorted(str(user) for user in story.author_links.values_list("user_id", flat=True))
    story.author_links.exclude(user__in=people).delete()
    for person in people:
        StoryAuthor.objects.get_or_create(story=story, user=person)
    _transition(story, Action.STORY_ASSIGN)
    _log_and_reevaluate(
        story, Action.STORY_ASSIGN, actor, now, authors=[before, sorted(str(person.pk) for person in people)]
    )
    _reassess_claims(story, now)
    return story


@atomic_action
def revise(
    *,
    story_id: UUID | str,
    headline: str | None = None,
    body: str | None = None,
    uses: Iterable[Mapping[str, Any]] | None = None,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Story:
    """Change the copy, or how the story uses claims. A cleared story has to be cleared again.

    `uses`, if given, replaces the whole list: each entry has `claim` and `mode`, and may have `central`, `relies_on`
    (statement ids) and `stated_source_count`.
    """
    story = lock_story(story_id, actor, Action.STORY_REVISE, expected_version)
    last = gates.last_revision(story)
    before = (last.headline, last.body)
    headline = before[0] if headline is None else text_cleaning.line(headline)
    body = before[1] if body is None else text_cleaning.block(body)
    after = (headline, body)
    if after != before:
        story.headline = after[0]
        _add_revision(story, after[0], after[1], actor, now)
    changed_uses = claim_uses.replace(story, uses, actor) if uses is not None else []
    if after == before and not changed_uses:
        return story
    if after == before:
        # A new revision, so that confirmations and overrides for the old uses do not apply to the new ones.
        _add_revision(story, after[0], after[1], actor, now)
    _transition(story, Action.STORY_REVISE)
    _log_and_reevaluate(story, Action.STORY_REVISE, actor, now, text_changed=after != before, uses=changed_uses)
    _warn_of_names(story, after, actor, now)
    _reassess_claims(story, now)
    return story


@atomic_action
def submit(*, story_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime) -> Story:
    """Submit the story for clearance."""
    story = lock_story(story_id, actor, Action.STORY_SUBMIT, expected_version)
    last = gates.last_revision(story)
    if not last.body.strip():
        raise Conflict("The story has no copy yet. Write it before you submit.", code="NO_COPY")
    story.submitted_at = now
    _transition(story, Action.STORY_SUBMIT)
    _log_and_reevaluate(story, Action.STORY_SUBMIT, actor, now)
    _reassess_claims(story, now)
    return story


@atomic_action
def clear(*, story_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime) -> Story:
    """Clear the copy for publication, as an editor who did not write it."""
    story = lock_story(story_id, actor, Action.STORY_CLEAR, expected_version)
    if story.author_links.filter(user=actor).exists():
        raise Forbidden("You wrote this story, so another editor must clear it.", code="FOUR_EYES")
    story.cleared_at, story.cleared_by = now, actor
    _transition(story, Action.STORY_CLEAR)
    _log_and_reevaluate(story, Action.STORY_CLEAR, actor, now)
    _reassess_claims(story, now)
    return story


@atomic_action
def confirm_condition(
    *,
    story_id: UUID | str,
    claim_id: UUID | str,
    code: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> ConditionCheck:
    """Confirm, as a copy editor, that the current copy meets one condition."""
    story = lock_story(story_id, actor, Action.STORY_CONFIRM_CONDITION, expected_version)
    verdict = gates.evaluate(story, now=now)
    unconfirmed = {(claim, str(condition)) for claim, condition in verdict.unconfirmed}
    if (str(claim_id), str(code)) not in unconfirmed:
        raise Conflict(
            "The gate does not ask for this condition, or it is already confirmed.", code="CONDITION_NOT_REQUIRED"
        )
    revision = gates.last_revision(story)
    check = ConditionCheck.objects.create(
        story=story, revision=revision, claim_id=claim_id, code=code, confirmed_by=actor, confirmed_at=now
    )
    _log_and_reevaluate(story, Action.STORY_CONFIRM_CONDITION, actor, now, claim=str(claim_id), code=str(code))
    return check


@atomic_action
def confirm_no_claims(
    *, story_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> NoClaimsCheck:
    """Confirm under your name that the copy makes no claims that need checking. A change of the copy voids this."""
    story = lock_story(story_id, actor, Action.STORY_CONFIRM_NO_CLAIMS, expected_version)
    if story.author_links.filter(user=actor).exists():
        raise Forbidden("You wrote this story. Somebody else must confirm this.", code="FOUR_EYES")
    verdict = gates.evaluate(story, now=now)
    if verdict.lists_claims:
        raise Conflict("The story lists claims. The gate checks them.", code="CLAIMS_LISTED")
    if verdict.no_claims_confirmed:
        raise Conflict("The current copy is already confirmed.", code="ALREADY_CONFIRMED")
    check = NoClaimsCheck.objects.create(revision=gates.last_revision(story), confirmed_by=actor, confirmed_at=now)
    _log_and_reevaluate(story, Action.STORY_CONFIRM_NO_CLAIMS, actor, now, revision=check.revision.number)
    return check


@atomic_action
def override(
    *,
    story_id: UUID | str,
    code: str,
    reason: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> GateOverride:
    """Override, as a senior editor, a reply deadline or what the wire item forbids, until its outlet's next notice."""
    story = lock_story(story_id, actor, Action.STORY_OVERRIDE, expected_version)
    if code not in originals.OVERRIDABLE:
        raise Conflict(
            f"Only these codes can be overridden: {', '.join(originals.OVERRIDABLE)}.", code="NOT_originals.OVERRIDABLE"
        )
    reason = require_reason(reason, "overrides are reviewed later.")
    name_guard.check_story({"reason": reason}, story=story, actor=actor, now=now)
    verdict = gates.evaluate(story, now=now)
    if code not in {*verdict.result.codes, *(block.code for block in verdict.original_refusals)}:
        raise Conflict("The gate does not hold the story for this now.", code="CONDITION_NOT_REQUIRED")
    gate_override = GateOverride.objects.create(
        story=story,
        revision=gates.last_revision(story),
        code=code,
        reason=reason,
        overridden_by=actor,
        overridden_at=now,
    )
    _log_and_reevaluate(story, Action.STORY_OVERRIDE, actor, now, code=code, reason=reason)
    return gate_override


@atomic_action
def schedule(
    *,
    story_id: UUID | str,
    at: datetime,
    time_zone: str,
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Story:
    """Schedule a cleared story. A time without an offset is read in `time_zone`, which is stored with it."""
    story = lock_story(story_id, actor, Action.STORY_SCHEDULE, expected_version)
    require_supported_year(at=at)
    publish_at = _in_utc(at, time_zone)
    if publish_at <= now:
        raise ValidationFailed(Reason("IN_THE_PAST", "This time is in the past. Publish the story now instead.", "at"))
    gates.require_usable_original(story, at=publish_at)
    story.publish_at, story.publish_time_zone = publish_at, time_zone
    _transition(story, Action.STORY_SCHEDULE)
    _log_and_reevaluate(story, Action.STORY_SCHEDULE, actor, now, at=publish_at.isoformat(), time_zone=time_zone)
    _reassess_claims(story, now)
    return story


@atomic_action
def spike(
    *, story_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Story:
    """Spike a story before it runs."""
    story = lock_story(story_id, actor, Action.STORY_SPIKE, expected_version)
    reason = require_reason(reason, "its authors will ask why.")
    name_guard.check_story({"reason": reason}, story=story, actor=actor, now=now)
    story.publish_at = None
    _transition(story, Action.STORY_SPIKE)
    _log_and_reevaluate(story, Action.STORY_SPIKE, actor, now, reason=reason)
    _reassess_claims(story, now)
    return story


def _warn_of_names(story: Story, copy: tuple[str, str], actor: User, now: datetime) -> None:
    """Record and announce that the copy contains a confidential name. It is not refused: it may be a namesake's."""
    texts = dict(zip(("headline", "body"), copy, strict=True))
    fields = name_guard.fields_with_names(texts, claims=name_guard.claims_of(story), actor=actor, now=now)
    if fields:
        audit.log(story, SystemEvent.NAME_IN_COPY, actor=None, now=now, fields=fields)


def lock_story(story_id: UUID | str, actor: User | None, action: Action, expected_version: ExpectedVersion) -> Story:
    """Lock the story; check the actor's permission and that its state allows the action."""
    story = lock(Story, story_id, actor, expected_version=expected_version)
    require_permission(actor, action, story.access_facts())
    allowed = transitions.may_transition(action, StoryStatus(story.status))
    if not allowed:
        raise Conflict(*allowed.reasons, code="WRONG_STATE")
    return story


def _transition(story: Story, action: Action) -> None:
    story.status = transitions.next_status(action, StoryStatus(story.status)).value
    validate_and_save(story)


def _log_and_reevaluate(story: Story, action: Action, actor: User, now: datetime, **data: Any) -> None:
    audit.log(story, action, actor=actor, now=now, **data)
    outbox.send(MessageKind.REEVALUATE_STORY, story.pk, now=now)


def _reassess_claims(story: Story, now: datetime) -> None:
    """Reassess what the story uses: the urgency of claims and who may sign them depend on the stories using them."""
    for claim in sorted(containment.contained_ids(story.uses.values_list("claim_id", flat=True))):
        outbox.send(MessageKind.ASSESS_CLAIM, claim, now=now)


def _add_revision(story: Story, headline: str, body: str, actor: User, now: datetime) -> None:
    revision = StoryRevision(
        story=story, number=story.revisions.count() + 1, headline=headline, body=body, revised_by=actor, revised_at=now
    )
    validate_and_save(revision)


def _get_author(key: str, story: Story) -> User:
    person = get_visible(User, key, None, field="authors")
    if not person.is_active or not person.facts().roles_at(frozenset({str(story.desk_id)})):
        raise ValidationFailed(
            Reason("NOT_AT_DESK", f"{person} has no role at this desk. Choose somebody who has.", "authors")
        )
    return person


def _in_utc(at: datetime, time_zone: str) -> datetime:
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationFailed(
            Reason("UNKNOWN_TIME_ZONE", "Give an IANA time zone such as Europe/London.", "time_zone")
        ) from error
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    local = at.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at:
        raise ValidationFailed(
            Reason(
                "NONEXISTENT_LOCAL_TIME",
                f"This time does not exist in {time_zone}, where clocks skip it. Choose another.",
                "at",
            )
        )
    return local.astimezone(UTC)
