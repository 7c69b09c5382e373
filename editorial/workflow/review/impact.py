"""Impact reports: which findings would change in a hypothetical case, and which stories use them. Read-only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from editorial.models import Claim, Source, Statement, Story, User
from editorial.models.evidence import containment
from editorial.models.stories.stories import stories_using
from editorial.models.unions import keys_of_any
from editorial.policy import disclosure
from editorial.policy.actions import Action
from editorial.policy.facts import CaseFacts
from editorial.policy.review import impact
from editorial.policy.verification import finding
from editorial.policy.verification.finding import Finding
from editorial.workflow.core.actions import require_permission
from editorial.workflow.core.locking import get_visible
from editorial.workflow.evidence import facts
from editorial.workflow.review import policies


@dataclass(frozen=True, slots=True)
class ChangedFinding:
    """A claim whose finding or contested flag would change, and stories that use or published it, directly or not."""

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
    case = facts.case([statement.claim_id], now=now)
    return _compare(case, impact.with_withdrawn(case, {str(statement.pk)}), actor, now)


def of_merger(*, source_id: UUID | str, into_id: UUID | str, actor: User, now: datetime) -> ImpactReport:
    """Report the impact of merging two sources.

    Only custodians get it with what the vault knows: for all others, the changes would reveal whether a named person is
    also an unnamed source.
    """
    source, into = get_visible(Source, source_id, actor), get_visible(Source, into_id, actor, field="into")
    for each in (source, into):
        require_permission(actor, Action.SOURCE_MERGE, each.access_facts())
    source_ids = {str(source.pk), str(into.pk)}
    claim_ids = keys_of_any(
        Claim.objects.all(),
        Q(statements__source__in=source_ids),
        Q(statements__informant__in=source_ids),
        Q(adverse_links__source__in=source_ids),
    )
    case = facts.case({row["pk"] for row in claim_ids}, now=now)
    key = into.key or source.key
    if not _is_custodian_of({*case.sources, *source_ids}, actor):
        case = impact.without_vault(case)
        key = "" if into.unnamed else key  # a token of unnamed sources would bring back what was left out
    return _compare(case, impact.with_merged(case, source_ids & case.sources.keys(), key or str(into.pk)), actor, now)


def _compare(case: CaseFacts, changed_case: CaseFacts, actor: User, now: datetime) -> ImpactReport:
    _, policy = policies.in_force(now)
    before = finding.assess(case, policy, hangs_on=False)
    after = finding.assess(changed_case, policy, hangs_on=False)
    changes = {UUID(item.claim): item for item in impact.finding_changes(before, after)}
    reader = actor.facts()
    visible = Claim.objects.visible_to(reader).in_bulk(list(changes))
    containers = defaultdict(set)
    for claim_id, container in containment.containers_by_claim(visible):
        containers[claim_id].add(container)
    used_claims = {container for keys in containers.values() for container in keys}
    using: Any = stories_using(used_claims)
    stories = list(using.visible_to(reader).prefetch_related("uses", "published_uses"))
    changed = [
        ChangedFinding(claim, changes[key].before, changes[key].after, _stories_using(containers[key], stories))
        for key, claim in visible.items()
    ]
    return ImpactReport(changed, len(changes) - len(visible))


def _is_custodian_of(source_ids: Iterable[str], actor: User) -> bool:
    """Whether the user is a custodian of every unnamed one of these sources."""
    desks = Source.objects.filter(pk__in=source_ids, unnamed=True).values_list("desk_id", flat=True)
    return disclosure.is_custodian(actor.facts(), desks)


def _stories_using(claim_ids: set[UUID], stories: list[Story]) -> list[Story]:
    def uses_one(story: Story) -> bool:
        used = {use.claim_id for use in story.uses.all()} | {use.claim_id for use in story.published_uses.all()}
        return not used.isdisjoint(claim_ids)

    return [story for story in stories if uses_one(story)]
