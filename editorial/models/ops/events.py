"""The audit log: who did what, when and why. Append-only; the events of each object form a hash chain."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import Case, F, Func, OuterRef, Q, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from editorial.models.base_fields import SyncPosition, UUIDModel
from editorial.models.evidence.claims import Claim
from editorial.models.evidence.exhibits import Exhibit
from editorial.models.evidence.sources import Source
from editorial.models.evidence.statements import Briefing, Statement
from editorial.models.evidence.vault import MatchingAttempt
from editorial.models.review.comments import Comment
from editorial.models.review.received_answers import ReceivedAnswer
from editorial.models.review.replies import ReplyRequest
from editorial.models.review.tasks import ReviewTask
from editorial.models.stories.stories import Story
from editorial.models.visibility import exists_by_row
from editorial.policy.access import ActorFacts
from editorial.policy.actions import Action
from editorial.policy.events import CONFIDENTIAL_EVENTS, MERGE_EVENTS
from editorial.policy.roles import Role
from editorial.policy.system_events import SystemEvent

# Events of all other models are visible to administrators only.
_MODELS: tuple[Any, ...] = (
    Story, Claim, Source, Statement, ReplyRequest, ReceivedAnswer, ReviewTask, Comment, Exhibit, Briefing,
    MatchingAttempt,
)  # fmt: skip


class EventQuerySet(models.QuerySet["Event"]):
    """Events, filtered by who may read them."""

    def visible_to(self, actor: ActorFacts) -> EventQuerySet:
        """Events of objects that the actor may see, without those for custodians only."""
        stream_parts = {
            name: Func(F("stream"), Value(":"), Value(part), function="split_part", output_field=models.CharField())
            for name, part in (("model", 1), ("object", 2))
        }
        rows = self.alias(**stream_parts).alias(row=Cast("object", models.UUIDField()))
        visible = Q(pk__in=[])
        for model in _MODELS:
            visible_rows = model.objects.visible_to(actor).filter(pk=OuterRef("row"))
            visible |= Q(model=model._meta.model_name) & Q(exists_by_row(visible_rows))
        return rows.filter(visible).disclosed_to(actor)

    def disclosed_to(self, actor: ActorFacts) -> EventQuerySet:
        """Without events that reveal something of the vault, except the actor's own and those of desks they keep.

        Two merge events with one time would show that two unnamed sources are one person.
        """
        kept = {desk for role, desk in actor.memberships if role is Role.CUSTODIAN}
        if None in kept:
            return self
        if not actor.sees_anything():
            return self.none()
        pair = {name: _id_in_merge(name) for name in ("source", "into")}
        unnamed = Source.objects.filter(unnamed=True, pk__in=[OuterRef(name) for name in pair])
        rows = self.alias(**pair)
        confidential = Q(action__in=CONFIDENTIAL_EVENTS) | (Q(action__in=MERGE_EVENTS) & Q(exists_by_row(unnamed)))
        return rows.filter(~confidential | Q(actor=actor.id) | Q(desk__in=kept))

    def revoked_roles(self, since: datetime) -> set[tuple[UUID, str]]:
        """Roles revoked after `since` by administrators or the OpenID provider, each with its user."""
        revocations = self.filter(action__in=(Action.USER_REVOKE_ROLE, SystemEvent.USER_MAP_ROLES), at__gt=since)
        return {
            (UUID(stream.partition(":")[2]), role)
            for stream, data in revocations.values_list("stream", "data")
            for role in ([data["role"]] if "role" in data else [role for role, _ in data["removed"]])
        }


def _id_in_merge(name: str) -> Case:
    """The id that a merge event has under this name; empty for other events."""
    return Case(When(action__in=MERGE_EVENTS, then=Cast(KeyTextTransform(name, "data"), models.UUIDField())))


class Event(UUIDModel):
    """One event of one object. Its hash covers its content and the previous hash.

    There is a chain per object, so that desks never wait for each other; `manage.py verify_audit_log` checks them all.
    """

    stream = models.CharField(max_length=80, help_text="The object: its model and id, such as claim:0198….")
    number = models.PositiveIntegerField(help_text="Numbers the events of one object from 1 without gaps.")
    action = models.CharField(max_length=60, help_text="The action, such as story.publish or claim.merge.")
    actor = models.ForeignKey(
        "editorial.User", models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: the system itself."
    )
    desk = models.ForeignKey("editorial.Desk", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    data = models.JSONField(default=dict, help_text="Ids, codes and reasons. Never a confidential name.")
    previous = models.CharField(max_length=64, blank=True, default="", help_text="Hash of the previous event.")
    hash = models.CharField(max_length=64)
    position = models.BigIntegerField(
        db_default=SyncPosition(), editable=False, help_text="Position for incremental sync; not part of the chain."
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["action"], name="event_by_kind"),
            models.Index(fields=["position"], name="event_by_position"),
        ]
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="event_once")]
        triggers = [pgtrigger.Protect(name="event_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.action

    def compute_hash(self) -> str:
        """The SHA-256 (hex) that this event must have."""
        content: dict[str, Any] = {
            "id": str(self.pk),
            "stream": self.stream,
            "number": self.number,
            "action": self.action,
            "actor": str(self.actor_id or ""),
            "desk": str(self.desk_id or ""),
            "at": self.at.astimezone(UTC).isoformat(),
            "data": self.data,
            "previous": self.previous,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
