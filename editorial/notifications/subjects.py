"""The subject of an event: its object, the desks concerned, and the parts that one person may see."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from editorial.models import (
    AccountChange,
    Claim,
    Comment,
    DutyShift,
    EmailedComment,
    Event,
    IntegrityFinding,
    MatchingAttempt,
    MatchingLock,
    OutboxMessage,
    Passkey,
    ReceivedAnswer,
    ReplyRequest,
    Restriction,
    ReviewTask,
    SavedSearch,
    ScheduledImport,
    Source,
    Statement,
    Story,
    Token,
    User,
    WebhookEndpoint,
)
from editorial.models.evidence import containment
from editorial.models.review.comments import seen_through
from editorial.notifications import mentions
from editorial.policy import access, disclosure
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.events import ALERT_EVENTS, CONFIDENTIAL_EVENTS, FAREWELL_EVENTS, MERGE_EVENTS

# Models whose events notify people; all others notify nobody.
_MODELS: dict[str, type[models.Model]] = {
    model._meta.model_name or "": model
    for model in (
        Story,
        Claim,
        Statement,
        ReviewTask,
        Comment,
        EmailedComment,
        ReplyRequest,
        ReceivedAnswer,
        Source,
        OutboxMessage,
        IntegrityFinding,
        Token,
        Passkey,
        WebhookEndpoint,
        ScheduledImport,
        SavedSearch,
        DutyShift,
        MatchingAttempt,
        MatchingLock,
        AccountChange,
        User,
    )
}

SubjectPart = (
    Story
    | Claim
    | Source
    | OutboxMessage
    | IntegrityFinding
    | Token
    | Passkey
    | WebhookEndpoint
    | ScheduledImport
    | SavedSearch
    | DutyShift
    | MatchingAttempt
    | MatchingLock
    | AccountChange
    | User
)
"""An object that decides who may see an event."""


@dataclass(frozen=True)
class EventContext:
    """An event, its object, and the stories, claims or other objects that decide who may see it."""

    event: Event
    row: Any
    parts: tuple[tuple[SubjectPart, SubjectFacts], ...]
    mentions_reader: bool = False

    @property
    def stories(self) -> list[Story]:
        """The story it is about, if any."""
        return [part for part, _ in self.parts if isinstance(part, Story)]

    @property
    def claims(self) -> list[Claim]:
        """The claims it is about."""
        return [part for part, _ in self.parts if isinstance(part, Claim)]

    @cached_property
    def containing_claims(self) -> frozenset[UUID]:
        """The claims it is about, and all that contain them."""
        return frozenset(containment.containing_ids(claim.pk for claim in self.claims))

    @property
    def concerns_source(self) -> bool:
        """Whether it is about a source or a vault: those notifications reach only the few with that duty."""
        return self.event.action in CONFIDENTIAL_EVENTS or any(
            isinstance(part, Source | MatchingLock) for part, _ in self.parts
        )

    @property
    def private(self) -> bool:
        """Whether only its owners and administrators may see it."""
        return any(subject.private for _, subject in self.parts)

    @property
    def owners(self) -> frozenset[UUID]:
        """The users who own its private objects."""
        return frozenset(UUID(owner) for _, subject in self.parts for owner in subject.owners)

    def is_protected(self) -> bool:
        """Whether its texts may endanger somebody: an unnamed source speaks on it, or a restriction is in force."""
        claims = [claim.pk for claim in self.claims]
        stories = [story.pk for story in self.stories]
        if not claims and not stories:
            return False
        in_force = Restriction.objects.in_force(self.event.at)
        if in_force.filter(Q(claim__in=claims) | Q(claim__uses__story__in=stories) | Q(story__in=stories)).exists():
            return True
        concerned = Q(claim__in=claims) | Q(claim__uses__story__in=stories)
        return Statement.objects.filter(concerned, source__unnamed=True).exists()

    @property
    def data(self) -> dict[str, Any]:
        """The event's ids, codes and reasons."""
        return self.event.data

    @property
    def desks(self) -> frozenset[UUID]:
        """The desks concerned: the event's own, and those that own or use the object.

        What reveals something of the vault concerns only the desk of the event, wherever the story has moved since.
        """
        own = {self.event.desk_id} if self.event.desk_id else set()
        if self.event.action in CONFIDENTIAL_EVENTS:
            return frozenset(own)
        return frozenset(own.union(UUID(desk) for _, subject in self.parts for desk in subject.desks))

    @property
    def path(self) -> str:
        """The object's page in the admin, or what stands in for it."""
        if isinstance(self.row, User):  # its page is for administrators
            return "/admin/editorial/secondfactor/"
        if isinstance(self.row, Comment):
            return f"{_page_of(self.row.target)}#comment-{self.data.get('comment', self.row.pk)}"
        if isinstance(self.row, EmailedComment):
            return f"{_page_of(self.row.target)}#comments"
        return _page_of(self.event if isinstance(self.row, MatchingAttempt) else self.row)

    @property
    def is_duplicate_of_merge(self) -> bool:
        """Whether this is the merged-away half of a merger; only the event of the remaining object notifies."""
        return "into" in self.data and self.data["into"] != str(self.row.pk)

    def as_read_by(self, recipient: User) -> EventContext | None:
        """The event as this recipient may read it; None if they may not. Alert events need no access."""
        if self.event.action in ALERT_EVENTS:
            return self
        reader = recipient.facts()
        if self.event.action in CONFIDENTIAL_EVENTS:
            return self if self._is_of_desk_of(reader) else None
        if self.event.action in FAREWELL_EVENTS and self._is_of_desk_of(reader):  # which saw it until then
            return self
        visible = self.visible_to(reader) if self._may_explain_merge(reader) else None
        if visible is not None and recipient.pk in self._mentioned:
            return dataclasses.replace(visible, mentions_reader=True)
        return visible

    @cached_property
    def _mentioned(self) -> frozenset[UUID]:
        """The users whom the comment mentions."""
        return mentions.mentioned_in(self.event)

    def _is_of_desk_of(self, reader: ActorFacts) -> bool:
        """Whether the reader sees the desk at which the event happened."""
        return bool(access.may(reader, Action.SEE, SubjectFacts.of_desk(self.event.desk_id)))

    def _may_explain_merge(self, reader: ActorFacts) -> bool:
        """Whether the reader may know that two records are or were one person: of unnamed sources only custodians."""
        if self.event.action not in MERGE_EVENTS or not self.row.unnamed:
            return True
        return disclosure.is_custodian(reader, [self.row.desk_id])

    def visible_to(self, person: ActorFacts) -> EventContext | None:
        """The event reduced to the parts this person may see; None if there are none."""
        visible = tuple((part, subject) for part, subject in self.parts if access.may(person, Action.SEE, subject))
        return dataclasses.replace(self, parts=visible) if visible else None


def _page_of(row: models.Model) -> str:
    return f"/admin/editorial/{row._meta.model_name}/{row.pk}/change/"


def context_of(event: Event) -> EventContext | None:
    """The subject of the event; None if its model notifies nobody."""
    model_name, _, key = event.stream.partition(":")
    model = _MODELS.get(model_name)
    if model is None:
        return None
    rows = model._default_manager.filter(pk=key)
    row = (rows.select_related("claim") if model in (Statement, ReviewTask) else rows).first()
    return of_row(event, row) if row else None


def of_row(event: Event, row: Any) -> EventContext:
    """The subject of an event of this row."""
    return EventContext(event, row, tuple((part, part.access_facts()) for part in _parts(row)))


def _parts(row: Any) -> Iterable[SubjectPart]:
    match row:
        case Statement() | ReviewTask():
            return [row.claim]
        case ReplyRequest():
            return row.covers.order_by("pk")
        case ReceivedAnswer():
            return row.request.covers.order_by("pk")
        case Comment() | EmailedComment():
            return [seen_through(row.target)]
        case _:
            return [row]
