"""Authors of a story: who may become one. Part of assigning, and of four eyes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from editorial.models import Event, NoClaimsCheck, Story, User
from editorial.policy.actions import Action
from editorial.policy.publication.transitions import CLEARED, READ, StoryStatus
from editorial.workflow.core.audit import stream_of
from editorial.workflow.core.errors import Forbidden, Reason, ValidationFailed
from editorial.workflow.core.locking import get_visible
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
    people = [get_visible(User, key, None, field="authors") for key in dict.fromkeys(str(key) for key in keys)]
    if not people:
        raise ValidationFailed(Reason("NO_AUTHOR", "Name at least one author.", "authors"))
    newcomers = [person for person in people if person.pk not in before]
    for person in newcomers:
        if not person.is_active or not person.facts().roles_at(frozenset({str(story.desk_id)})):
            raise ValidationFailed(
                Reason("NOT_AT_DESK", f"{person} has no role at this desk. Choose somebody who has.", "authors")
            )
    approvers = _approvers(story)
    for person in newcomers:
        if person.pk in approvers:
            raise Forbidden(
                Reason("FOUR_EYES", f"{person} cleared or published this story, so cannot be its author.", "authors")
            )
    return people


def _approvers(story: Story) -> set[UUID | None]:
    """Those who stand for the copy: who cleared it, who published it, who confirmed that it makes no claims."""
    status = StoryStatus(story.status)
    revisions = {gates.last_revision(story).pk, story.published_revision_id}
    people: set[UUID | None] = set(
        NoClaimsCheck.objects.filter(revision__in=revisions).values_list("confirmed_by_id", flat=True)
    )
    if status in CLEARED:
        people.add(story.cleared_by_id)
    if status in READ:
        approvals = Event.objects.filter(stream=stream_of(story), action__in=[action.value for action in _APPROVALS])
        people.update(approvals.values_list("actor_id", flat=True))
    return people
