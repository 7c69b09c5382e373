"""Authors of a story: who may become one. Part of assigning, and of four eyes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from editorial.models import Event, NoClaimsCheck, Signoff, Story, User
from editorial.policy.actions import Action
from editorial.policy.publication.transitions import CLEARED, READ, SignoffKind, SignoffState, StoryStatus
from editorial.policy.vocabulary import Mode
from editorial.workflow.core.audit import stream_of
from editorial.workflow.core.errors import Forbidden, Reason, ValidationFailed
from editorial.workflow.core.locking import get_all_visible
from editorial.workflow.evidence import carried_claims
from editorial.workflow.stories import gates

# These make a person stand for what readers were given.
_APPROVALS = (
    Action.STORY_CLEAR,
    Action.STORY_SCHEDULE,
    Action.STORY_PUBLISH,
    Action.STORY_CORRECT,
    Action.STORY_SCHEDULE_CORRECTION,
    Action.STORY_RESTORE,
)


def resolve(story: Story, keys: Iterable[UUID | str], before: set[UUID]) -> list[User]:
    """The users with these ids, if they may be authors. Authors stay, even if they have left the desk since."""
    people = list(dict.fromkeys(get_all_visible(User, keys, None, field="authors")))
    if not people:
        raise ValidationFailed(Reason("NO_AUTHOR", "Name at least one author.", "authors"))
    newcomers = [person for person in people if person.pk not in before]
    for person in newcomers:
        if not person.is_active or not person.facts().roles_at(frozenset({str(story.desk_id)})):
            raise ValidationFailed(
                Reason("NOT_AT_DESK", f"{person} has no role at this desk. Choose somebody who has one.", "authors")
            )
    approvers = _approvers(story)
    signers = _lock_signers(story) if newcomers and StoryStatus(story.status) in READ else set()
    for person in newcomers:
        if person.pk in approvers | signers:
            did = "cleared or published this story" if person.pk in approvers else "signed a finding that it rests on"
            raise Forbidden(Reason("FOUR_EYES", f"{person} {did} and therefore cannot become its author.", "authors"))
    return people


def _approvers(story: Story) -> set[UUID | None]:
    """Those who stand for the copy: who cleared it, who published it, who confirmed that it makes no claims."""
    status = StoryStatus(story.status)
    revisions = {gates.last_revision(story).pk, story.published_revision_id}
    people: set[UUID | None] = set(
        NoClaimsCheck.objects.filter(revision__in=revisions).values_list("confirmed_by_id", flat=True)
    )
    actions = Event.objects.filter(stream=stream_of(story))
    if status in CLEARED:
        people.add(story.cleared_by_id)
    if status is StoryStatus.SCHEDULED:
        scheduled = actions.filter(action=Action.STORY_SCHEDULE.value).order_by("-number")
        people.update(scheduled.values_list("actor_id", flat=True)[:1])
    if status in READ:
        approvals = actions.filter(action__in=[action.value for action in _APPROVALS])
        people.update(approvals.values_list("actor_id", flat=True))
    return people


def _lock_signers(story: Story) -> set[UUID | None]:
    """Those who approved a finding that the printed copy, or its draft, rests on, as `E_FOUR_EYES` defines it.

    Before print, the gate itself holds such a story. The claims are locked, so that nobody signs them meanwhile.
    """
    rests_on = {
        claim
        for uses in (story.uses, story.published_uses)
        for claim in uses.exclude(mode=Mode.ATTRIBUTED.value).values_list("claim_id", flat=True)
    }
    carried_claims.lock_contained(rests_on)
    signed = Signoff.objects.filter(kind=SignoffKind.FINDING.value, state=SignoffState.APPROVED.value)
    signed = signed.filter(Q(claim__in=rests_on) | Q(claim__compounds__in=rests_on))
    return set(signed.values_list("decided_by_id", flat=True))
