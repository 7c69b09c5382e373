"""Audiences: the people behind each name in the tables of actions and system events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from editorial.models import (
    Claim,
    Comment,
    ConditionCheck,
    DutyShift,
    EmailedComment,
    Event,
    Membership,
    NoClaimsCheck,
    ReceivedAnswer,
    ReplyRequest,
    ReviewTask,
    Signoff,
    Source,
    Statement,
    Story,
    StoryAuthor,
)
from editorial.models.review.signoffs import LIVE_STATES
from editorial.models.stories.stories import stories_using
from editorial.models.unions import keys_of_any
from editorial.notifications import mentions
from editorial.notifications.subjects import EventContext
from editorial.policy import access
from editorial.policy.actions import Action
from editorial.policy.people.account_changes import ALERT_GRACE, OVERSIGHT_ROLES
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.roles import Audience, Role
from editorial.policy.vocabulary import TaskKind, TaskState

Ids = QuerySet[Any, UUID]
"""A query of ids of users."""
Members = Iterable[Ids | UUID]


def members(audiences: Iterable[Audience], context: EventContext) -> set[UUID]:
    """The ids of the users who belong to one of these audiences of the event. One query for all audiences but a few."""
    ids: set[UUID] = set()
    queries: list[Ids] = []
    for audience in sorted(audiences):
        for each in _RESOLVERS[audience](context):
            if isinstance(each, QuerySet):
                queries.append(each.order_by())
            elif each:
                ids.add(each)
    if queries:
        ids.update(key for key in (queries[0].union(*queries[1:]) if queries[1:] else queries[0]) if key)
    return ids


def stories_of(context: EventContext) -> QuerySet[Story]:
    """The event's own stories, or those that use its claims or what contains them, now or as published."""
    if context.stories:
        return Story.objects.filter(pk__in=[story.pk for story in context.stories])
    return stories_using(list(context.containing_claims)).exclude(status=StoryStatus.SPIKED.value)


def _claims(context: EventContext) -> Iterable[Any]:
    """The claims concerned and what contains them: those that caused the event of a story, or else all that it uses."""
    if not context.stories:
        return list(context.containing_claims)
    if "claims" in context.data:
        return context.data["claims"]
    used = Q(uses__story__in=context.stories), Q(published_uses__story__in=context.stories)
    return keys_of_any(Claim.objects.all(), *used)


def _authors(context: EventContext) -> Members:
    """Authors of the stories, and authors whom this event removed."""
    yield StoryAuthor.objects.filter(story__in=stories_of(context)).values_list("user_id", flat=True)
    if context.event.action == Action.STORY_ASSIGN:
        yield from map(UUID, context.data.get("authors", [[]])[0])


def _collectors(context: EventContext) -> Members:
    on_claims = Q(claim__in=context.claims), Q(claim__compounds__in=context.claims)
    statements = Statement.objects.filter(pk__in=keys_of_any(Statement.objects.all(), *on_claims))
    yield statements.values_list("collected_by_id", flat=True)


def _signatories(context: EventContext) -> Members:
    """Those whose signature stands under a claim concerned, or fell with this event."""
    standing = Q(state__in=LIVE_STATES) | Q(voided_at__gte=context.event.at)
    signoffs = Signoff.objects.filter(standing, claim__in=_claims(context))
    yield signoffs.values_list("proposed_by_id", flat=True)
    yield signoffs.values_list("decided_by_id", flat=True)


def _confirmers(context: EventContext) -> Members:
    """Those who confirmed a condition for a claim concerned or, of a story, that it makes no claims."""
    stories = stories_of(context)
    checks = ConditionCheck.objects.filter(claim__in=_claims(context), story__in=stories)
    yield checks.values_list("confirmed_by_id", flat=True)
    if context.stories:
        without_claims = NoClaimsCheck.objects.filter(revision__story__in=stories)
        yield without_claims.values_list("confirmed_by_id", flat=True)


def _holders(context: EventContext) -> Members:
    tasks = ReviewTask.objects.filter(claim__in=context.claims, state=TaskState.TAKEN.value)
    yield tasks.values_list("taken_by_id", flat=True)


def _reviewers(context: EventContext) -> Members:
    """Members who may do one of the tasks that opened with this one, except second reviews of their own work."""
    kinds = {TaskKind(kind) for kind in opened_tasks(context).values_list("kind", flat=True)}
    roles = {role for kind in kinds for role in access.roles_for_task(kind)}
    able = _with_role(*roles)(context)
    if kinds != {TaskKind.SECOND_REVIEW}:
        return able
    involved = members((Audience.SIGNATORIES, Audience.AUTHORS, Audience.COLLECTORS), context)
    return (each.exclude(user__in=involved) for each in able)


def opened_tasks(context: EventContext) -> QuerySet[ReviewTask]:
    """The tasks on the claim that opened with this event's and are still open."""
    return ReviewTask.objects.filter(claim__in=context.claims, state=TaskState.OPEN.value, opened_at=context.event.at)


def _duty_editors(context: EventContext) -> Members:
    shifts = DutyShift.objects.filter(desk__in=context.desks).on_duty(context.event.at)
    yield shifts.values_list("editor_id", flat=True)


def _with_role(*roles: Role) -> Callable[[EventContext], Iterable[Ids]]:
    """Members with one of these roles at a desk concerned, or in the whole organisation."""

    def holders(context: EventContext) -> Iterable[Ids]:
        at_desks = Q(desk__in=context.desks) | Q(desk=None)
        yield _active(at_desks, role__in=[role.value for role in roles])

    return holders


def _overseers(_: EventContext) -> Members:
    yield _active(role__in=[role.value for role in OVERSIGHT_ROLES])


def _former_overseers(context: EventContext) -> Members:
    """Custodians, standards editors and administrators who recently lost their role or their account."""
    roles, since = {role.value for role in (*OVERSIGHT_ROLES, Role.ADMIN)}, context.event.at - ALERT_GRACE
    yield from (user for user, role in Event.objects.revoked_roles(since) if role in roles)
    deactivations = Event.objects.filter(action=Action.USER_DEACTIVATE, at__gt=since).values_list("stream", flat=True)
    deactivated = [UUID(stream.partition(":")[2]) for stream in deactivations]
    yield Membership.objects.filter(user__in=deactivated, role__in=roles).values_list("user_id", flat=True)


def _active(*conditions: Q, **fields: Any) -> Ids:
    """Users with such a membership whose account is active."""
    memberships = Membership.objects.filter(*conditions, user__is_active=True, **fields)
    return memberships.values_list("user_id", flat=True)


def _proposer(context: EventContext) -> Members:
    yield Signoff.objects.filter(pk__in=_referenced_id(context, "signoff")).values_list("proposed_by_id", flat=True)


def _assignee(context: EventContext) -> Members:
    """Who has the task or job, and who had it assigned until now."""
    return [*_referenced_id(context, "holder"), *_referenced_id(context, "former")]


def _registrant(context: EventContext) -> Members:
    return [context.row.registered_by_id] if isinstance(context.row, Source) else []


def _requester(context: EventContext) -> Members:
    request = context.row.request if isinstance(context.row, ReceivedAnswer) else context.row
    return [request.sent_by_id] if isinstance(request, ReplyRequest) else []


def _mentioned(context: EventContext) -> Members:
    return mentions.mentioned_in(context.event)


def _commenters(context: EventContext) -> Members:
    """Those who wrote in the thread."""
    thread = Comment.objects.filter(Q(pk=context.row.pk) | Q(reply_to=context.row.pk))
    yield thread.values_list("written_by_id", flat=True)


def _owners(context: EventContext) -> Members:
    return [context.row.user_id] if isinstance(context.row, EmailedComment) else context.owners


def _referenced_id(context: EventContext, field: str) -> list[UUID]:
    """The id in this field of the event's data, if present."""
    return [UUID(str(context.data[field]))] if context.data.get(field) else []


_RESOLVERS: dict[Audience, Callable[[EventContext], Members]] = {
    Audience.AUTHORS: _authors,
    Audience.COLLECTORS: _collectors,
    Audience.SIGNATORIES: _signatories,
    Audience.CONFIRMERS: _confirmers,
    Audience.HOLDERS: _holders,
    Audience.REVIEWERS: _reviewers,
    Audience.DUTY_EDITORS: _duty_editors,
    Audience.EDITORS: _with_role(Role.EDITOR, Role.SENIOR_EDITOR),
    Audience.STANDARDS: _with_role(Role.STANDARDS_EDITOR),
    Audience.FACT_CHECKERS: _with_role(Role.FACT_CHECKER),
    Audience.COPY_EDITORS: _with_role(Role.COPY_EDITOR),
    Audience.LAWYERS: _with_role(Role.LAWYER),
    Audience.CUSTODIANS: _with_role(Role.CUSTODIAN),
    Audience.OVERSEERS: _overseers,
    Audience.FORMER_OVERSEERS: _former_overseers,
    Audience.PROPOSER: _proposer,
    Audience.ASSIGNEE: _assignee,
    Audience.REGISTRANT: _registrant,
    Audience.REQUESTER: _requester,
    Audience.ADMINS: _with_role(Role.ADMIN),
    Audience.MENTIONED: _mentioned,
    Audience.COMMENTERS: _commenters,
    Audience.OWNER: _owners,
}
