"""Which review tasks are offered to whom: by desk and role, without second reviews of their own work."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from editorial.models import ClaimVisibility, ReviewTask, Signoff, Statement, StoryAuthor, User
from editorial.models.evidence import containment
from editorial.policy import access
from editorial.policy.access import ActorFacts
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.publication.transitions import SignoffKind, SignoffState
from editorial.policy.vocabulary import TaskKind, TaskState
from editorial.workflow.evidence import story_writers


def doable_by(person: User, facts: ActorFacts | None = None) -> QuerySet[ReviewTask]:
    """Open tasks that the user may do. `facts`: the user's, if they have been read."""
    facts = facts or person.facts()
    by_desk = dict(access.takeable_task_kinds(facts))
    takeable = Q(kind__in=by_desk.pop(None, ()))
    if by_desk:
        # One subquery for all desks: with a top-level OR, PostgreSQL would first collect every desk's tasks.
        at_desks = Q(*(Q(desk=UUID(desk), asks__in=kinds) for desk, kinds in by_desk.items() if desk), _connector=Q.OR)
        visibility = ClaimVisibility.objects.alias(asks=ExpressionWrapper(OuterRef("kind"), output_field=CharField()))
        takeable |= Q(Exists(visibility.filter(at_desks, claim=OuterRef("claim"))))
    return ReviewTask.objects.filter(takeable, state=TaskState.OPEN.value).exclude(
        _not_own_second_review(person, facts)
    )


def offered_to(person: User, now: datetime) -> QuerySet[ReviewTask]:
    """The tasks that the user may do now: neither snoozed nor reserved for somebody else who still works here."""
    free = Q(assigned_to=None) | Q(assigned_to=person) | Q(assigned_to__is_active=False)
    return doable_by(person).filter(free, Q(snoozed_until=None) | Q(snoozed_until__lte=now))


def _not_own_second_review(person: User, facts: ActorFacts) -> Q:
    """Second reviews that the user may not do: one role proposes, another approves, and never its own work."""
    roles = {role for role, _ in facts.memberships}
    proposal = Signoff.objects.filter(
        claim=OuterRef("claim"), kind=SignoffKind.FINDING.value, state=SignoffState.PROPOSED.value
    )
    about_it = {"story__uses__claim__in": containment.all_containing(OuterRef("claim"))}
    own_work = (
        Exists(proposal.filter(proposed_by=person))
        | Exists(Statement.objects.filter(claim=OuterRef("claim"), collected_by=person))
        | Exists(StoryAuthor.objects.filter(user=person, **about_it))
        | Exists(story_writers.former_authors_revisions().filter(revised_by=person, **about_it))
    )
    allowed = Q(pk__in=[])
    if roles & ACTIONS[Action.SIGNOFF_PROPOSE].by:
        allowed |= ~Q(Exists(proposal))
    if roles & ACTIONS[Action.SIGNOFF_APPROVE].by:
        allowed |= Q(Exists(proposal)) & ~Q(own_work)
    return Q(kind=TaskKind.SECOND_REVIEW.value) & ~allowed
