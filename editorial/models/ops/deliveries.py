"""Deliveries: emails, webhook requests and chat messages, and every attempt at them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.models.ops.chat_channels import ChatChannel
from editorial.models.ops.webhooks import WebhookEndpoint
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.vocabulary import ChoiceEnum


class Channel(ChoiceEnum):
    """An external delivery channel."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    CHAT = "chat"


class DeliveryState(ChoiceEnum):
    """The state of a delivery. `uncertain`: a crash fell between sending and recording it."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class AttemptOutcome(ChoiceEnum):
    """How an attempt ended. `unknown`: its worker died, or the connection broke after the text was sent."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    UNKNOWN = "unknown"


UNDELIVERED_STATES = (DeliveryState.FAILED.value, DeliveryState.UNCERTAIN.value)
"""Deliveries that did not arrive, or of which nobody knows whether they did."""


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries, by who may see them."""

    def visible_to(self, actor: ActorFacts) -> DeliveryQuerySet:
        """Those to the webhooks that the actor manages. Never emails: an email's id ends emails of its kind."""
        return self.filter(endpoint__in=WebhookEndpoint.objects.managed_by(actor))


class Delivery(UUIDModel):
    """One notification over one external channel, with a stable id by which the receiver can drop a repeat."""

    notification = models.ForeignKey(
        "editorial.Notification",
        on_delete=models.CASCADE,
        db_index=False,
        null=True,
        blank=True,
        related_name="deliveries",
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, null=True, blank=True, related_name="deliveries", db_index=False
    )
    chat = models.ForeignKey(
        ChatChannel, models.CASCADE, null=True, blank=True, related_name="deliveries", db_index=False
    )
    event = models.ForeignKey("editorial.Event", on_delete=models.PROTECT, db_index=False, related_name="deliveries")
    channel = enum_field(Channel)
    collects = models.CharField(
        max_length=32, blank=True, default="", db_default="", editable=False,
        help_text="An opaque key. While a message with it waits, its chat channel gets no second one.",
    )  # fmt: skip
    state = enum_field(DeliveryState, default=DeliveryState.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="The number of attempts.")
    attempted_at = models.DateTimeField(null=True, blank=True, help_text="When it was last attempted.")
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was accepted, or when it failed permanently; null before that."
    )
    error = models.CharField(
        max_length=300, blank=True, default="", help_text="The last error, such as HTTP_503; empty if there was none."
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["state"], condition=~Q(state=DeliveryState.DELIVERED.value), name="delivery_undelivered"
            ),
            models.Index(fields=["id"], condition=Q(settled_at=None), name="delivery_unsettled"),
            models.Index(fields=["endpoint", "-id"], condition=Q(endpoint__isnull=False), name="delivery_by_endpoint"),
            models.Index(fields=["chat", "-id"], condition=Q(chat__isnull=False), name="delivery_by_chat"),
        ]
        constraints = [
            enum_check("delivery", "channel", Channel),
            enum_check("delivery", "state", DeliveryState),
            models.UniqueConstraint(fields=["notification", "channel"], name="delivery_once"),
            models.UniqueConstraint(fields=["event", "endpoint"], name="delivery_once_per_endpoint"),
            models.UniqueConstraint(
                fields=["event", "chat"], condition=Q(chat__isnull=False), name="delivery_once_per_chat"
            ),
            models.UniqueConstraint(
                fields=["chat", "collects"],
                condition=Q(state=DeliveryState.WAITING.value, attempts=0) & ~Q(collects=""),
                name="delivery_collects_once",
            ),
            models.CheckConstraint(
                condition=Q(notification__isnull=False, endpoint=None, chat=None)
                | Q(notification=None, endpoint__isnull=False, chat=None)
                | Q(notification=None, endpoint=None, chat__isnull=False),
                name="delivery_has_one_receiver",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_state_display()}"

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: those of its webhook or chat channel. An email concerns the whole organisation."""
        receiver = self.endpoint or self.chat
        return receiver.access_facts() if receiver else SubjectFacts()


class DeliveryAttempt(UUIDModel):
    """One attempt at a delivery and how it ended, by kind: never an address or content. Append-only."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="history", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="Numbers the attempts from 1.")
    started_at = models.DateTimeField(help_text="When it was made.")
    outcome = enum_field(AttemptOutcome)
    error = models.CharField(
        max_length=300, blank=True, default="", help_text="The kind of failure, such as HTTP_503; empty if accepted."
    )
    status = models.PositiveSmallIntegerField(
        null=True, help_text="The status of the response; null for email, and if there was none."
    )
    milliseconds = models.PositiveIntegerField(null=True, help_text="How long it took; null if its worker died.")
    position = history.position_field()

    class Meta:
        ordering = ["delivery", "number"]
        indexes = [history.position_index("position")]
        constraints = [
            enum_check("deliveryattempt", "outcome", AttemptOutcome),
            models.UniqueConstraint(fields=["delivery", "number"], name="deliveryattempt_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="deliveryattempt_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_outcome_display()}"
