"""Webhook endpoints: external URLs that receive a desk's events."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from editorial.models.base_fields import VersionedModel
from editorial.models.encryption import EncryptedField, Purpose
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import ACTIONS, Action

GONE_ERROR = "HTTP_410"
"""The error of a delivery whose receiver answers 410 Gone."""

OWN_ERRORS = ("KEY_UNAVAILABLE", "CIPHERTEXT_INVALID")
"""Errors of deliveries that are not the receiver's fault."""

_GONE_THRESHOLD = 3  # consecutive deliveries


class EndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    """Webhook endpoints, filtered by who manages them."""

    def managed_by(self, actor: ActorFacts) -> EndpointQuerySet:
        """Endpoints of desks the actor manages. Others must not see them: a URL may contain the receiver's password."""
        if not actor.sees_anything():
            return self.none()
        manager_roles = ACTIONS[Action.WEBHOOK_ADD].by
        desks = {desk for role, desk in actor.memberships if role in manager_roles}
        return self if None in desks else self.filter(desk__in=desks)

    def receiving(self, action: str) -> EndpointQuerySet:
        """Those that receive events of this type now."""
        return self.filter(Q(event_types=[]) | Q(event_types__contains=[action]), active=True, paused_at=None)


class WebhookEndpoint(VersionedModel):
    """An external URL that receives a desk's events, signed according to Standard Webhooks."""

    version = models.PositiveIntegerField(
        default=1, db_default=1, editable=False,
        help_text="Counts revisions; an update names the revision it is based on.",
    )  # fmt: skip
    desk = models.ForeignKey("editorial.Desk", on_delete=models.CASCADE, db_index=False, related_name="endpoints")
    url = models.URLField(max_length=500)
    event_types = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, db_default=[],
        help_text="The types of event that it receives; empty: all.",
    )  # fmt: skip
    # Bound to the URL: by changing the URL alone, nobody receives signed deliveries.
    encrypted_secret = EncryptedField(
        purpose=Purpose.WEBHOOK, binds=("desk_id", "url"), padded_to=128, help_text="Signing secret, encrypted."
    )
    previous_secret = EncryptedField(
        purpose=Purpose.WEBHOOK,
        binds=("desk_id", "url"),
        padded_to=128,
        null=True,
        help_text="The previous secret, which also signs deliveries until it expires; encrypted.",
    )
    previous_secret_expires_at = models.DateTimeField(
        null=True, editable=False, help_text="When the previous secret expires."
    )
    active = models.BooleanField(default=True)
    paused_at = models.DateTimeField(
        null=True, editable=False, help_text="When it was paused, because its receiver failed for days; null otherwise."
    )
    added_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = EndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["desk", "url"], name="endpoint_once"),
            models.CheckConstraint(condition=Q(paused_at=None) | Q(active=True), name="endpoint_paused_is_active"),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def reports_gone(self) -> bool:
        """Whether its last deliveries were all answered 410 Gone."""
        deliveries = self.deliveries.filter(settled_at__isnull=False).order_by("-settled_at", "-id")
        last = list(deliveries.values_list("state", "error")[:_GONE_THRESHOLD])
        return last == [("failed", GONE_ERROR)] * _GONE_THRESHOLD

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: its desk, and the user who added it; private to them."""
        return SubjectFacts(
            desks=frozenset({str(self.desk_id)}), owners=frozenset({str(self.added_by_id)}), private=True
        )
