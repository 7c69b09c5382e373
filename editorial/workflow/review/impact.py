"""Impact reports: which findings would change in a hypothetical case, and which stories use them. Read-only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from editorial.models import Claim, Source, Statement, Story, User
from editorial.policy.facts import CaseFacts
from editorial.policy.review import impact
from editorial.policy.verification import finding
from editorial.policy.verification.finding import Finding
from editorial.workflow.core.locking import get_visible
from editorial.workflow.evidence import facts
from editorial.workflow.review import policies


@dataclass(frozen=True, slots=True)
class ChangedFinding:
    """A claim whose finding or contested flag would change, and the stories that use or published it."""

    claim: Claim
    before: Finding
    after: Finding
    stories: list[Story]


@dataclass(frozen=True, slots=True)
class ImpactReport:
    """The changes that the actor may see, and the number of changed claims that they may not."""

    changes: list[ChangedFinding]
    hidden_count: int


def of_withdrawal(*, statement_id: UUID | str, actor: User, now: datetime) -> ImpactReport:
    """Report the impact of withdrawing a statement."""
    statement = get_visible(Statement, statement_id, actor)
    gone = {str(statement.pk)}
    return _compute([statement.claim_id], lambda case: impact.with_withdrawn(case, gone), actor, now)


def of_merger(*, source_id: UUID | str, into_id: UUID | str, actor: User, now: datetime) -> ImpactReport:
    """Report the impact of merging two sources."""
    one, other = get_visible(Source, source_id, actor), get_visible(Source, into_id, actor, field="into")
    both = {str(one.pk), str(other.pk)}
    token = other.key or one.key or str(other.pk)
    spoken = Q(statements__source__in=both) | Q(statements__informant__in=both)
    concerned = Claim.objects.filter(spoken | Q(adverse_links__source__in=both)).values_list("pk", flat=True)
    return _compute(
        set(concerned), lambda case: impact.with_merged(case, both & case.sources.keys(), token), actor, now
    )


def _compute(
    claims: Iterable[UUID], change: Callable[[CaseFacts], CaseFacts], actor: User, now: datetime
) -> ImpactReport:
    _, policy = policies.in_force(now)
    case = facts.case(claims, now=now)
    before = finding.assess(case, policy, hangs_on=False)
    after = finding.assess(change(case), policy, hangs_on=False)
    changes = {UUID(one.claim): one for one in impact.finding_changes(before, after)}
    person = actor.facts()
    seen = Claim.objects.visible_to(person).in_bulk(list(changes))
    stories = list(
        Story.objects.visible_to(person)
        .filter(Q(uses__claim__in=list(seen)) | Q(published_uses__claim__in=list(seen)))
        .prefetch_related("uses", "published_uses")
        .distinct()
    )
    falls = [
        ChangedFinding(claim, changes[key].before, changes[key].after, _stories_using(key, stories))
        for key, claim in seen.items()
    ]
    return ImpactReport(falls, len(changes) - len(seen))


def _stories_using(claim: UUID, stories: list[Story]) -> list[Story]:
    def stands_on(story: Story) -> bool:
        used = {use.claim_id for use in story.uses.all()}
        return claim in used | {use.claim_id for use in story.published_uses.all()}

    return [story for story in stories if stands_on(story)]
