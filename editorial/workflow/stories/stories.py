"""Stories from pitch to retraction: the verbs people carry out on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from editorial import outbox
from editorial.models import (
    ConditionTick,
    Desk,
    GateOverride,
    MessageKind,
    Story,
    StoryAuthor,
    StoryRevision,
    User,
)
from editorial.policy.access import SubjectFacts, Verb
from editorial.policy.publication import transitions
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import Code
from editorial.workflow.core import audit
from editorial.workflow.core.actions import (
    Conflict,
    Forbidden,
    Invalid,
    Reason,
    act,
    find,
    lock,
    permit,
    reason_given,
    save,
)
from editorial.workflow.stories import claim_uses, embargoes, gates


@act
def pitch(*, desk_id: UUID | str, headline: str, body: str = "", actor: User, now: datetime) -> Story:
    """Propose a story. Whoever pitches it is its first author."""
    desk = find(Desk, desk_id, None, field="desk")
    permit(actor, Verb.STORY_PITCH, SubjectFacts(desks=frozenset({str(desk.pk)})))
    story = Story(headline=headline.strip(), desk=desk, pitched_by=actor, pitched_at=now)
    save(story)
    StoryAuthor.objects.create(story=story, user=actor)
    _write(story, story.headline, body, actor, now)
    audit.event(story, Verb.STORY_PITCH, actor=actor, now=now)
    return story


@act
def assign(*, story_id: UUID | str, authors: Iterable[UUID | str], actor: User, now: datetime) -> Story:
    """Give the story to whoever shall write it. They replace the authors it had."""
    story = _lock(story_id, actor, Verb.STORY_ASSIGN)
    people = [_author(key, story) for key in dict.fromkeys(str(key) for key in authors)]
    if not people:
        raise Invalid(Reason("NO_AUTHOR", "Name at least one author.", "authors"))
    before = sorted(str(user) for user in story.author_links.values_list("user_id", flat=True))
    story.author_links.exclude(user__in=people).delete()
    for person in people:
        StoryAuthor.objects.get_or_create(story=story, user=person)
    _move(story, Verb.STORY_ASSIGN)
    _note(story, Verb.STORY_ASSIGN, actor, now, authors=[before, sorted(str(person.pk) for person in people)])
    _review_claims(story, now)
    return story


@act
def revise(
    *,
    story_id: UUID | str,
    headline: str | None = None,
    body: str | None = None,
    uses: Iterable[Mapping[str, Any]] | None = None,
    version: int | None = None,
    actor: User,
    now: datetime,
) -> Story:
    """Change the words, or how the story uses claims. What was cleared has to be cleared again.

    `uses`, where given, is the whole list: each names `claim` and `mode`, and may give `central`, `relies`
    (statement ids) and `says_sources`. What is not listed is no longer used.
    """
    story = _lock(story_id, actor, Verb.STORY_REVISE, version=version)
    last = gates.last_revision(story)
    before = (last.headline, last.body)
    after = (before[0] if headline is None else headline.strip(), before[1] if body is None else body)
    if after != before:
        story.headline = after[0]
        _write(story, after[0], after[1], actor, now)
    changed_uses = claim_uses.replace(story, uses, actor) if uses is not None else []
    if after == before and not changed_uses:
        return story
    if after == before:
        # A revision of its own, so that ticks and overrides made for the old uses do not stand for the new ones.
        _write(story, after[0], after[1], actor, now)
    _move(story, Verb.STORY_REVISE)
    _note(story, Verb.STORY_REVISE, actor, now, words=after != before, uses=changed_uses)
    _review_claims(story, now)
    return story


@act
def submit(*, story_id: UUID | str, actor: User, now: datetime) -> Story:
    """Hand the story in for clearing."""
    story = _lock(story_id, actor, Verb.STORY_SUBMIT)
    last = gates.last_revision(story)
    if not last.body.strip():
        raise Conflict("There is no copy yet; write it before you submit.", code="NO_COPY")
    story.submitted_at = now
    _move(story, Verb.STORY_SUBMIT)
    _note(story, Verb.STORY_SUBMIT, actor, now)
    _review_claims(story, now)
    return story


@act
def clear(*, story_id: UUID | str, actor: User, now: datetime) -> Story:
    """Clear the copy for publication, as an editor who did not write it."""
    story = _lock(story_id, actor, Verb.STORY_CLEAR)
    if story.author_links.filter(user=actor).exists():
        raise Forbidden("You wrote this story; another editor has to clear it.", code="FOUR_EYES")
    story.cleared_at, story.cleared_by = now, actor
    _move(story, Verb.STORY_CLEAR)
    _note(story, Verb.STORY_CLEAR, actor, now)
    _review_claims(story, now)
    return story


@act
def tick(*, story_id: UUID | str, claim_id: UUID | str, code: str, actor: User, now: datetime) -> ConditionTick:
    """Put a copy editor's name under one condition: the copy, as it stands, meets it."""
    story = _lock(story_id, actor, Verb.STORY_TICK)
    verdict = gates.judge(story, now=now)
    owed = {(claim, str(condition)) for claim, condition in verdict.unticked}
    if (str(claim_id), str(code)) not in owed:
        raise Conflict("The gate asks for no such condition, or it is ticked off already.", code="NOT_OWED")
    revision = gates.last_revision(story)
    ticked = ConditionTick.objects.create(
        story=story, revision=revision, claim_id=claim_id, code=code, ticked_by=actor, ticked_at=now
    )
    _note(story, Verb.STORY_TICK, actor, now, claim=str(claim_id), code=str(code))
    return ticked


@act
def override(*, story_id: UUID | str, code: str, reason: str, actor: User, now: datetime) -> GateOverride:
    """Run before a reply's time is up, on a senior editor's word. Only the two codes about time can be overridden."""
    story = _lock(story_id, actor, Verb.STORY_OVERRIDE)
    if code not in [known for known in Code if known.overridable]:
        raise Conflict("Only E_REPLY_PENDING and E_REPLY_WINDOW can be overridden.", code="NOT_OVERRIDABLE")
    reason = reason_given(reason, "an override is read afterwards.")
    if code not in gates.judge(story, now=now).result.codes:
        raise Conflict("The gate does not ask for this at present.", code="NOT_OWED")
    overridden = GateOverride.objects.create(
        story=story,
        revision=gates.last_revision(story),
        code=code,
        reason=reason,
        overridden_by=actor,
        overridden_at=now,
    )
    _note(story, Verb.STORY_OVERRIDE, actor, now, code=code, reason=reason)
    return overridden


@act
def schedule(*, story_id: UUID | str, at: datetime, time_zone: str, actor: User, now: datetime) -> Story:
    """Let a cleared story run at a time. A time without offset is read in `time_zone`, which is kept beside it."""
    story = _lock(story_id, actor, Verb.STORY_SCHEDULE)
    publish_at = _in_utc(at, time_zone)
    if publish_at <= now:
        raise Invalid(Reason("IN_THE_PAST", "That time has passed; publish it now instead.", "at"))
    embargoes.keep(story, at=publish_at)
    story.publish_at, story.publish_time_zone = publish_at, time_zone
    _move(story, Verb.STORY_SCHEDULE)
    _note(story, Verb.STORY_SCHEDULE, actor, now, at=publish_at.isoformat(), time_zone=time_zone)
    _review_claims(story, now)
    return story


@act
def spike(*, story_id: UUID | str, reason: str, actor: User, now: datetime) -> Story:
    """Give the story up before it ran."""
    story = _lock(story_id, actor, Verb.STORY_SPIKE)
    reason = reason_given(reason, "its authors will ask.")
    story.publish_at = None
    _move(story, Verb.STORY_SPIKE)
    _note(story, Verb.STORY_SPIKE, actor, now, reason=reason)
    _review_claims(story, now)
    return story


def _lock(story_id: UUID | str, actor: User, verb: Verb, *, version: int | None = None) -> Story:
    """The story, locked, if the actor may do this to it and it stands where this can be done."""
    story = lock(Story, story_id, actor, version=version)
    permit(actor, verb, story.access_facts())
    allowed = transitions.story(verb, StoryStatus(story.status))
    if not allowed:
        raise Conflict(*allowed.reasons, code="WRONG_STATE")
    return story


def _move(story: Story, verb: Verb) -> None:
    story.status = transitions.leads_to(verb, StoryStatus(story.status)).value
    save(story)


def _note(story: Story, verb: Verb, actor: User, now: datetime, **data: Any) -> None:
    audit.event(story, verb, actor=actor, now=now, **data)
    outbox.send(MessageKind.REVIEW_STORY, story.pk, now=now)


def _review_claims(story: Story, now: datetime) -> None:
    """How urgent a claim is, and who may sign it, depends on the stories that use it."""
    for claim in story.uses.values_list("claim_id", flat=True):
        outbox.send(MessageKind.REVIEW_CLAIM, claim, now=now)


def _write(story: Story, headline: str, body: str, actor: User, now: datetime) -> None:
    revision = StoryRevision(
        story=story,
        number=story.revisions.count() + 1,
        headline=headline,
        body=body,
        revised_by=actor,
        revised_at=now,
    )
    save(revision)


def _author(key: str, story: Story) -> User:
    person = find(User, key, None, field="authors")
    if not person.is_active or not person.facts().roles_at(frozenset({str(story.desk_id)})):
        raise Invalid(Reason("NOT_AT_DESK", f"{person} does not work at this desk.", "authors"))
    return person


def _in_utc(at: datetime, time_zone: str) -> datetime:
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise Invalid(Reason("UNKNOWN_ZONE", "Give an IANA time zone such as Europe/London.", "time_zone")) from problem
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    local = at.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at:
        raise Invalid(Reason("NO_SUCH_TIME", f"The clocks of {time_zone} skip that time; choose another.", "at"))
    return local.astimezone(UTC)
