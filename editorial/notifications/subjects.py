"""What an event is about: its object, the desks concerned, and as much of it as one person may see."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from editorial.models import (
    Claim,
    Event,
    IntegrityFinding,
    OutboxMessage,
    ReplyRequest,
    ReviewTask,
    Source,
    Statement,
    Story,
    Token,
    WebhookEndpoint,
)
from editorial.policy import access
from editorial.policy.access import Action, ActorFacts, SubjectFacts

# Nouns that somebody is told of. Of what happens to anything else, nobody is.
_MODELS: dict[str, type[models.Model]] = {
    model._meta.model_name or "": model
    for model in (
        Story,
        Claim,
        Statement,
        ReviewTask,
        ReplyRequest,
        Source,
        OutboxMessage,
        IntegrityFinding,
        Token,
        WebhookEndpoint,
    )
}

SubjectPart = Story | Claim | Source | OutboxMessage | IntegrityFinding | Token | WebhookEndpoint
"""What people may see or not, and see an event by."""


@dataclass(frozen=True, slots=True)
class EventContext:
    """An event, the object it happened to, and the stories, claims or other parts by which people may see it."""

    event: Event
    row: Any
    parts: tuple[tuple[SubjectPart, SubjectFacts], ...]

    @property
    def stories(self) -> list[Story]:
        """The story it is about, if it is about one."""
        return [part for part, _ in self.parts if isinstance(part, Story)]

    @property
    def claims(self) -> list[Claim]:
        """The claims it is about."""
        return [part for part, _ in self.parts if isinstance(part, Claim)]

    @property
    def concerns_source(self) -> bool:
        """Whether it is about who talks to us: that is for the few whose duty it is."""
        return any(isinstance(part, Source) for part, _ in self.parts)

    @property
    def private(self) -> bool:
        """Whether it is for its owners alone, and for those who look after the house."""
        return any(subject.private for _, subject in self.parts)

    @property
    def owners(self) -> frozenset[UUID]:
        """Whose it is."""
        return frozenset(UUID(owner) for _, subject in self.parts for owner in subject.owners)

    @property
    def data(self) -> dict[str, Any]:
        """The event's ids, codes and reasons."""
        return self.event.data

    @property
    def desks(self) -> frozenset[UUID]:
        """The desks concerned: the event's own, and each at which the object is at home or used."""
        own = {self.event.desk_id} if self.event.desk_id else set()
        return frozenset(own.union(UUID(desk) for _, subject in self.parts for desk in subject.desks))

    @property
    def path(self) -> str:
        """Where to look at the object, within the newsroom."""
        return f"/admin/editorial/{self.row._meta.model_name}/{self.row.pk}/change/"

    @property
    def is_duplicate_of_merge(self) -> bool:
        """Whether this is the other half of a merger, which is told once, of the one that remains."""
        return "into" in self.data and self.data["into"] != str(self.row.pk)

    def visible_to(self, person: ActorFacts) -> EventContext | None:
        """As much of it as this person may see; None for nothing."""
        seen = tuple((part, subject) for part, subject in self.parts if access.may(person, Action.SEE, subject))
        return dataclasses.replace(self, parts=seen) if seen else None


def context_of(event: Event) -> EventContext | None:
    """What the event is about; None if it is nothing that anybody is told of."""
    noun, _, key = event.stream.partition(":")
    model = _MODELS.get(noun)
    row = model._default_manager.filter(pk=key).first() if model else None
    return EventContext(event, row, tuple((part, part.access_facts()) for part in _parts(row))) if row else None


def _parts(row: Any) -> Iterable[SubjectPart]:
    match row:
        case Statement() | ReviewTask():
            return [row.claim]
        case ReplyRequest():
            return row.covers.order_by("pk")
        case _:
            return [row]
