"""The record of notifications: who was notified of what, by which channel, and whether it arrived and was read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from editorial.models.evidence.claims import Claim
from editorial.models.evidence.statements import Statement
from editorial.models.ops.deliveries import UNDELIVERED_STATES
from editorial.models.ops.events import Event
from editorial.models.ops.notifications import Notification
from editorial.models.people.users import Membership
from editorial.models.review.replies import ReplyRequest
from editorial.models.review.tasks import ReviewTask
from editorial.models.visibility import exists_by_row
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.events import DESK_EVENTS
from editorial.policy.roles import Role

_EDITORS = ACTIONS[Action.STORY_CLEAR].by


class NotificationRecordQuerySet(models.QuerySet["NotificationRecord"]):
    """Notifications to anybody, by who may see that they were sent. Nobody sees their texts: each is for one reader."""

    def visible_to(self, actor: ActorFacts) -> NotificationRecordQuerySet:
        """To editors, what happened at their desks; to administrators, emails that did not arrive.

        An editor of one desk does not see that other desks were notified: it would tell which use a claim.
        """
        if not actor.sees_anything():
            return self.none()
        visible = Q(pk__in=[])
        if desks := {desk for role, desk in actor.memberships if role in _EDITORS}:
            visible |= Q(is_disclosed=True) & _of_desks(desks)
        if (Role.ADMIN, None) in actor.memberships:
            visible |= Q(email__state__in=UNDELIVERED_STATES)
        return self.disclosing_to(actor).filter(visible)

    def disclosing_to(self, actor: ActorFacts) -> NotificationRecordQuerySet:
        """With `is_disclosed`: whether the actor may also see what it is about."""
        return self.annotate(is_disclosed=_is_disclosed(actor))

    def about_story(self, story_id: UUID) -> NotificationRecordQuerySet:
        """Those of events of this story that the actor may see."""
        return self.filter(is_disclosed=True, event__stream=f"story:{story_id}")

    def about_claim(self, claim_id: UUID) -> NotificationRecordQuerySet:
        """Those of events of this claim, its statements, tasks and reply requests that the actor may see."""
        chains = [
            Claim.objects.filter(pk=claim_id),
            Statement.objects.filter(claim=claim_id),
            ReviewTask.objects.filter(claim=claim_id),
            ReplyRequest.objects.filter(covers=claim_id),
        ]
        first, *others = map(_streams, chains)
        return self.filter(is_disclosed=True, event__stream__in=first.union(*others))

    def about_event(self, event_id: UUID) -> NotificationRecordQuerySet:
        """Those of this event, if the actor may see it."""
        return self.filter(is_disclosed=True, event=event_id)

    def about_id(self, key: UUID) -> NotificationRecordQuerySet:
        """Those of the story, claim or event that has this id."""
        found = [self.about_story(key), self.about_claim(key), self.about_event(key)]
        first, *others = (rows.order_by().values("pk") for rows in found)
        return self.filter(pk__in=first.union(*others))

    def undelivered(self) -> NotificationRecordQuerySet:
        """Those whose email did not arrive, or may not have."""
        return self.filter(email__state__in=UNDELIVERED_STATES)


def _is_disclosed(actor: ActorFacts) -> Q:
    visible = Event.objects.visible_to(actor).filter(pk=OuterRef("event"))
    return Q(event__action__in=DESK_EVENTS) & Q(exists_by_row(visible))


def _of_desks(desks: set[str | None]) -> Q:
    """Events at these desks, and recipients who belong to one of them, to all desks, or to none any more."""
    if None in desks:
        return Q()
    keys = [UUID(desk) for desk in desks if desk]
    memberships = Membership.objects.filter(user=OuterRef("user"))
    colleague = Q(Exists(memberships.filter(Q(desk__in=keys) | Q(desk=None)))) | ~Q(Exists(memberships))
    return Q(event__desk__in=keys) & colleague


def _streams(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The names of the event chains of these rows."""
    prefix = Value(f"{rows.model._meta.model_name}:")
    return rows.order_by().annotate(stream=Concat(prefix, Cast("pk", models.CharField()))).values("stream")


class NotificationRecord(Notification):
    """A notification as its sender's side sees it: recipient, times and channels, without its text."""

    objects = NotificationRecordQuerySet.as_manager()  # type: ignore[assignment, misc]

    class Meta:
        proxy = True
        verbose_name = "notification record"
        verbose_name_plural = "notification log"

    def __str__(self) -> str:
        return f"Notification of {self.created_at:%Y-%m-%d %H:%M}"

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: sending an email again is for administrators of the whole organisation."""
        return SubjectFacts()
