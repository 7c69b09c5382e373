"""Recipients of an event: the audiences that policy names, resolved from its subject, followers, and webhooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from editorial.models import (
    Event,
    Membership,
    ReplyRequest,
    Signoff,
    Source,
    Statement,
    Story,
    StoryAuthor,
    Subscription,
    User,
    WebhookEndpoint,
)
from editorial.models.evidence import containment
from editorial.models.stories.stories import stories_using
from editorial.models.unions import keys_of_any
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.events import recipients_for
from editorial.policy.people.account_changes import ALERT_GRACE, OVERSIGHT_ROLES
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.roles import Audience, Role

# Notifications to these audiences also go to followers; all others are personal.
_SHARED_WITH_FOLLOWERS = {Audience.AUTHORS, Audience.EDITORS}


def mandatory_recipients(context: EventContext) -> set[UUID]:
    """Users who are notified whether or not they follow the subject."""
    groups = (_RESOLVERS[audience](context) for audience in recipients_for(context.event.action))
    return {person for group in groups for person in group}


def followers(context: EventContext) -> dict[UUID, bool]:
    """Users who follow the subject, with whether they also want email. Sources cannot be followed."""
    if context.concerns_source or not recipients_for(context.event.action) & _SHARED_WITH_FOLLOWERS:
        return {}
    followed = Q(desk__in=context.desks), Q(claim__in=context.claims), Q(story__in=_stories(context))
    subscriptions = Subscription.objects.filter(pk__in=keys_of_any(Subscription.objects.all(), *followed))
    by_mail: dict[UUID, bool] = {}
    for person, mail in subscriptions.values_list("user_id", "by_mail"):
        by_mail[person] = by_mail.get(person, False) or mail
    return by_mail


def readers(context: EventContext, user_ids: Iterable[UUID]) -> Iterator[tuple[User, EventContext]]:
    """Those of these users who may see the event, except its actor, by id, each with what they may see of it."""
    others = set(user_ids) - {context.event.actor_id}
    for person in User.objects.filter(pk__in=others).prefetch_related("memberships").order_by("pk"):
        visible_context = context.as_read_by(person)
        if visible_context is not None:
            yield person, visible_context


def webhooks(context: EventContext) -> QuerySet[WebhookEndpoint]:
    """The desks' endpoints that receive the event; none if it is about a source or a private object."""
    if context.concerns_source or context.private:
        return WebhookEndpoint.objects.none()
    return WebhookEndpoint.objects.filter(desk__in=context.desks, active=True)


def _stories(context: EventContext) -> QuerySet[Story]:
    """The event's own stories, or those that use its claims or what contains them, now or as published."""
    if context.stories:
        return Story.objects.filter(pk__in=[story.pk for story in context.stories])
    claim_ids = containment.containing_ids(claim.pk for claim in context.claims)
    return stories_using(claim_ids).exclude(status=StoryStatus.SPIKED.value)


def _authors(context: EventContext) -> Iterable[UUID]:
    """Authors of the stories, and authors whom this event removed."""
    authors = StoryAuthor.objects.filter(story__in=_stories(context)).values_list("user_id", flat=True)
    former = context.data.get("authors", [[]])[0] if context.event.action == Action.STORY_ASSIGN else []
    return {*authors, *map(UUID, former)}


def _collectors(context: EventContext) -> Iterable[UUID]:
    on_claims = Q(claim__in=context.claims), Q(claim__compounds__in=context.claims)
    statements = Statement.objects.filter(pk__in=keys_of_any(Statement.objects.all(), *on_claims))
    return statements.values_list("collected_by_id", flat=True)


def _with_role(*roles: Role) -> Callable[[EventContext], Iterable[UUID]]:
    """Members with one of these roles at a desk concerned, or in the whole organisation."""

    def holders(context: EventContext) -> Iterable[UUID]:
        at_desks = Q(desk__in=context.desks) | Q(desk=None)
        return _active(at_desks, role__in=[role.value for role in roles])

    return holders


def _overseers(_: EventContext) -> Iterable[UUID]:
    roles = [role.value for role in OVERSIGHT_ROLES]
    return _active(role__in=roles)


def _former_overseers(context: EventContext) -> Iterable[UUID]:
    """Custodians, standards editors and administrators who recently lost their role or their account."""
    roles, since = {role.value for role in (*OVERSIGHT_ROLES, Role.ADMIN)}, context.event.at - ALERT_GRACE
    revoked = {user for user, role in Event.objects.revoked_roles(since) if role in roles}
    deactivations = Event.objects.filter(action=Action.USER_DEACTIVATE, at__gt=since).values_list("stream", flat=True)
    deactivated = [UUID(stream.partition(":")[2]) for stream in deactivations]
    holders = Membership.objects.filter(user__in=deactivated, role__in=roles)
    return {*revoked, *holders.values_list("user_id", flat=True)}


def _active(*conditions: Q, **fields: Any) -> Iterable[UUID]:
    """Users with such a membership whose account is active."""
    memberships = Membership.objects.filter(*conditions, user__is_active=True, **fields)
    return memberships.values_list("user_id", flat=True)


def _proposer(context: EventContext) -> Iterable[UUID]:
    return Signoff.objects.filter(pk__in=_referenced_user(context, "signoff")).values_list("proposed_by_id", flat=True)


def _assignee(context: EventContext) -> Iterable[UUID]:
    """Who has the task or job, and who had it assigned until now."""
    return _referenced_user(context, "holder") + _referenced_user(context, "former")


def _registrant(context: EventContext) -> Iterable[UUID]:
    return [context.row.registered_by_id] if isinstance(context.row, Source) else []


def _requester(context: EventContext) -> Iterable[UUID]:
    return [context.row.sent_by_id] if isinstance(context.row, ReplyRequest) else []


def _owners(context: EventContext) -> Iterable[UUID]:
    return context.owners


def _referenced_user(context: EventContext, field: str) -> list[UUID]:
    """The id in this field of the event's data, if present."""
    return [UUID(str(context.data[field]))] if context.data.get(field) else []


_RESOLVERS: dict[Audience, Callable[[EventContext], Iterable[UUID]]] = {
    Audience.AUTHORS: _authors,
    Audience.COLLECTORS: _collectors,
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
    Audience.OWNER: _owners,
}
