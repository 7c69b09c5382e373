"""Stories: pitch, assign, revise, submit, clear, schedule, spike. `returns` has the ways back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from editorial.models import (
    Claim,
    ConditionCheck,
    Correction,
    GateOverride,
    NoClaimsCheck,
    Story,
    StoryAuthor,
    StoryRevision,
    User,
)
from editorial.policy import text_cleaning
from editorial.policy.actions import Action
from editorial.policy.publication import transitions, wire_items
from editorial.policy.publication.transitions import CLEARED, StoryStatus
from editorial.policy.system_events import SystemEvent
from editorial.policy.vocabulary import RemedyKind
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    atomic_action,
    require_desk,
    validate_and_save,
)
from editorial.workflow.core.errors import Conflict, Forbidden, Reason, ValidationFailed
from editorial.workflow.core.locking import ExpectedVersion, get_visible
from editorial.workflow.evidence import story_writers
from editorial.workflow.evidence.confidentiality import name_guard
from editorial.workflow.stories import authors as story_authors
from editorial.workflow.stories import claim_uses, gates, published_versions, states
from editorial.workflow.stories.states import (
    checked_text,
    lapse_correction,
    lock_story,
    log_and_reassess,
    log_and_reevaluate,
    reassess_with_claims,
    transition,
    void_clearance,
)


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
    note: str = "",
    expected_version: ExpectedVersion = None,
    actor: User,
    now: datetime,
) -> Story:
    """Assign the story's authors. They replace the existing ones.

    Once readers have seen the story, this is a correction: it needs a `note` to them, and makes a new version. Nobody
    becomes an author of what they cleared, published or signed.
    """
    story = lock_story(story_id, actor, Action.STORY_ASSIGN, expected_version)
    before = set(story.author_links.values_list("user_id", flat=True))
    people = story_authors.resolve(story, authors, before)
    after = {person.pk for person in people}
    correction = _correct_byline(story, before != after, note, actor, now)
    story.author_links.exclude(user__in=people).delete()
    for person in people:
        StoryAuthor.objects.get_or_create(story=story, user=person)
    transition(story, Action.STORY_ASSIGN)
    changed = {"authors": [sorted(map(str, before)), sorted(map(str, after))]}
    recorded = {"correction": str(correction.pk)} if correction else {}
    log_and_reassess(story, Action.STORY_ASSIGN, actor, now, **changed, **recorded)
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
    """Change the copy, or how the story uses claims. A cleared or scheduled story has to be cleared again.

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
    was = StoryStatus(story.status)
    lapse_correction(story, actor, now)
    if was in CLEARED:
        void_clearance(story)
    transition(story, Action.STORY_REVISE)
    audit.log(story, Action.STORY_REVISE, actor=actor, now=now, text_changed=after != before, uses=changed_uses)
    if was in CLEARED:
        planned = story.planned_at.isoformat() if was is StoryStatus.SCHEDULED and story.planned_at else None
        audit.log(story, SystemEvent.STORY_VOID_CLEARANCE, actor=actor, now=now, at=planned)
    _warn_of_names(story, after, actor, now)
    reassess_with_claims(story, now, also=[change["claim"] for change in changed_uses])
    return story


@atomic_action
def submit(*, story_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime) -> Story:
    """Submit the story for clearance."""
    story = lock_story(story_id, actor, Action.STORY_SUBMIT, expected_version)
    last = gates.last_revision(story)
    if not last.body.strip():
        raise Conflict("The story has no copy yet. Write it before you submit.", code="NO_COPY")
    story.submitted_at = now
    transition(story, Action.STORY_SUBMIT)
    log_and_reassess(story, Action.STORY_SUBMIT, actor, now)
    return story


@atomic_action
def clear(*, story_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime) -> Story:
    """Clear the copy for publication, as an editor who did not write it."""
    story = lock_story(story_id, actor, Action.STORY_CLEAR, expected_version)
    if str(actor.pk) in story_writers.writers_of(story):
        raise Forbidden("You wrote this story, so another editor must clear it.", code="FOUR_EYES")
    story.cleared_at, story.cleared_by = now, actor
    transition(story, Action.STORY_CLEAR)
    log_and_reassess(story, Action.STORY_CLEAR, actor, now)
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
    get_visible(Claim, claim_id, actor, field="claim")
    verdict = gates.evaluate(story, now=now)
    unconfirmed = {(claim, str(condition)) for claim, condition in verdict.unconfirmed}
    if (str(claim_id), str(code)) not in unconfirmed:
        raise Conflict(
            "The gate does not require this condition, or it is already confirmed.", code="CONDITION_NOT_REQUIRED"
        )
    revision = gates.last_revision(story)
    check = ConditionCheck.objects.create(
        story=story, revision=revision, claim_id=claim_id, code=code, confirmed_by=actor, confirmed_at=now
    )
    log_and_reevaluate(story, Action.STORY_CONFIRM_CONDITION, actor, now, claim=str(claim_id), code=str(code))
    return check


@atomic_action
def confirm_no_claims(
    *, story_id: UUID | str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> NoClaimsCheck:
    """Confirm under your name that the copy makes no claims that need checking. A change of the copy voids this."""
    story = lock_story(story_id, actor, Action.STORY_CONFIRM_NO_CLAIMS, expected_version)
    if str(actor.pk) in story_writers.writers_of(story):
        raise Forbidden("You wrote this story. Somebody else must confirm this.", code="FOUR_EYES")
    verdict = gates.evaluate(story, now=now)
    if verdict.lists_claims:
        raise Conflict("The story lists claims. The gate checks them.", code="CLAIMS_LISTED")
    if verdict.no_claims_confirmed:
        raise Conflict("The current copy is already confirmed.", code="ALREADY_CONFIRMED")
    check = NoClaimsCheck.objects.create(revision=gates.last_revision(story), confirmed_by=actor, confirmed_at=now)
    log_and_reevaluate(story, Action.STORY_CONFIRM_NO_CLAIMS, actor, now, revision=check.revision.number)
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
    if code not in wire_items.OVERRIDABLE:
        raise Conflict(
            f"Only these codes can be overridden: {', '.join(wire_items.OVERRIDABLE)}.", code="NOT_OVERRIDABLE"
        )
    reason = checked_text(story, reason, "Give the reason, so that a reviewer can follow it.", actor=actor, now=now)
    verdict = gates.evaluate(story, now=now)
    if code not in {*verdict.result.codes, *(block.code for block in verdict.wire_item_refusals)}:
        raise Conflict("The gate does not hold the story for this reason now.", code="CONDITION_NOT_REQUIRED")
    gate_override = GateOverride.objects.create(
        story=story,
        revision=gates.last_revision(story),
        code=code,
        reason=reason,
        overridden_by=actor,
        overridden_at=now,
    )
    log_and_reevaluate(story, Action.STORY_OVERRIDE, actor, now, code=code, reason=reason)
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
    publish_at = states.future_time(at, time_zone, now)
    gates.require_usable_wire_item(story, at=publish_at)
    story.publish_at, story.publish_time_zone, story.planned_at = publish_at, time_zone, None
    transition(story, Action.STORY_SCHEDULE)
    log_and_reassess(story, Action.STORY_SCHEDULE, actor, now, at=publish_at.isoformat(), time_zone=time_zone)
    return story


@atomic_action
def spike(
    *, story_id: UUID | str, reason: str, expected_version: ExpectedVersion = None, actor: User, now: datetime
) -> Story:
    """Spike a story before it runs."""
    story = lock_story(story_id, actor, Action.STORY_SPIKE, expected_version)
    reason = checked_text(story, reason, "Tell its authors why.", actor=actor, now=now)
    void_clearance(story)
    transition(story, Action.STORY_SPIKE)
    log_and_reassess(story, Action.STORY_SPIKE, actor, now, reason=reason)
    return story


def _warn_of_names(story: Story, copy: tuple[str, str], actor: User, now: datetime) -> None:
    """Record and announce that the copy contains a confidential name. It is not refused: it may be a namesake's."""
    texts = dict(zip(("headline", "body"), copy, strict=True))
    fields_by_desk = name_guard.names_in_copy(texts, claims=name_guard.claims_of(story), actor=actor, now=now)
    for desk, fields in fields_by_desk.items():
        audit.log(story, SystemEvent.NAME_IN_COPY, actor=None, now=now, desk_id=desk, fields=fields)


def _add_revision(story: Story, headline: str, body: str, actor: User, now: datetime) -> None:
    revision = StoryRevision(
        story=story, number=story.revisions.count() + 1, headline=headline, body=body, revised_by=actor, revised_at=now
    )
    validate_and_save(revision)


def _correct_byline(story: Story, changed: bool, note: str, actor: User, now: datetime) -> Correction | None:
    """Put other authors of a story that readers have seen on record; None if nobody has read it."""
    note = note.strip()
    if StoryStatus(story.status) not in transitions.READ:
        if note:
            raise ValidationFailed(Reason("NOT_PUBLISHED", "The story has not been published. Omit the note.", "note"))
        return None
    if not changed:
        raise Conflict("These people are already its authors.", code="SAME_AUTHORS")
    if not note:
        raise ValidationFailed(Reason("NOTE_REQUIRED", "Add a note for readers about the byline.", "note"))
    name_guard.check_story({"note": note}, story=story, actor=actor, now=now)
    published_versions.issue(story, now)
    return Correction.objects.create(
        story=story,
        remedy=RemedyKind.CORRECTION.value,
        because="The authors were corrected.",
        opened_at=now,
        due_at=now,
        text=note,
        closed_at=now,
        closed_by=actor,
    )
