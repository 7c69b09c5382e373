"""Impact reports: which findings would change in a hypothetical case, and which stories use them. Read-only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from editorial.models import Claim, Source, Statement, Story, User
from editorial.policy import disclosure
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
    statement_ids = {str(statement.pk)}
    return _compute([statement.claim_id], lambda case: impact.with_withdrawn(case, statement_ids), actor, now)


def of_merger(*, source_id: UUID | str, into_id: UUID | str, actor: User, now: datetime) -> ImpactReport:
    """Report the impact of merging two sources.

    Only for custodians with what the vault knows: to all others it would tell, by what changes, whether a named person
    is also an unnamed source.
    """
    source, into = get_visible(Source, source_id, actor), get_visible(Source, into_id, actor, field="into")
    source_ids = {str(source.pk), str(into.pk)}
    token = into.key or source.key or str(into.pk)
    speaking = Q(statements__source__in=source_ids) | Q(statements__informant__in=source_ids)
    claim_ids = Claim.objects.filter(speaking | Q(adverse_links__source__in=source_ids)).values_list("pk", flat=True)
    return _compute(
        set(claim_ids),
        lambda case: impact.with_merged(case, source_ids & case.sources.keys(), token),
        actor,
        now,
        merger=True,
    )


def _compute(
    claims: Iterable[UUID],
    change: Callable[[CaseFacts], CaseFacts],
    actor: User,
    now: datetime,
    *,
    merger: bool = False,
) -> ImpactReport:
    _, policy = policies.in_force(now)
    case = facts.case(claims, now=now)
    if merger and not _keeps_identities(case, actor):
        case = impact.without_vault(case)
    before = finding.assess(case, policy, hangs_on=False)
    after = finding.assess(change(case), policy, hangs_on=False)
    changes = {UUID(item.claim): item for item in impact.finding_changes(before, after)}
    reader = actor.facts()
    visible = Claim.objects.visible_to(reader).in_bulk(list(changes))
    stories = list(
        Story.objects.visible_to(reader)
        .filter(Q(uses__claim__in=list(visible)) | Q(published_uses__claim__in=list(visible)))
        .prefetch_related("uses", "published_uses")
        .distinct()
    )
    changed = [
        ChangedFinding(claim, changes[key].before, changes[key].after, _stories_using(key, stories))
        for key, claim in visible.items()
    ]
    return ImpactReport(changed, len(changes) - len(visible))


def _keeps_identities(case: CaseFacts, actor: User) -> bool:
    """Whether the user is a custodian of every unnamed source of the case."""
    ids = [name for name, source in case.sources.items() if source.unnamed]
    desks = Source.objects.filter(pk__in=ids).values_list("desk_id", flat=True)
    return disclosure.is_custodian(actor.facts(), desks)


def _stories_using(claim: UUID, stories: list[Story]) -> list[Story]:
    def uses_claim(story: Story) -> bool:
        claim_ids = {use.claim_id for use in story.uses.all()}
        return claim in claim_ids | {use.claim_id for use in story.published_uses.all()}

    return [story for story in stories if uses_claim(story)]
