"""Notifications: who must be notified of an event, and the channels that delivered it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.models.encryption import EncryptedField, Purpose
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import NotificationKind
from editorial.policy.vocabulary import ChoiceEnum


class Channel(ChoiceEnum):
    """An external delivery channel."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class DeliveryState(ChoiceEnum):
    """The state of a delivery. `uncertain`: a crash fell between sending and recording it."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications, by what their recipient has still to read."""

    def unread(self) -> NotificationQuerySet:
        """Those that head a bundle and are neither read nor retired."""
        return self.filter(bundle=None, read_at=None, retired_at=None)


class Notification(UUIDModel):
    """One person's notification of one event. A constraint makes it appear exactly once in the newsroom.

    What happens to one object in a short time is bundled: the most important notification heads the others.
    """

    event = models.ForeignKey("editorial.Event", on_delete=models.PROTECT, related_name="notifications")
    user = models.ForeignKey("editorial.User", on_delete=models.CASCADE, related_name="notifications", db_index=False)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    path = models.CharField(
        max_length=200, blank=True, default="", help_text="The path of the object's page in the newsroom."
    )
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    thread = models.CharField(
        max_length=80, blank=True, default="", db_default="",
        help_text="An opaque key of what it is about. Notifications and emails with the same key belong together.",
    )  # fmt: skip
    bundle = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="bundled",
        help_text="The notification that heads its bundle; empty if it heads one.",
    )  # fmt: skip
    retired_at = models.DateTimeField(null=True, blank=True, help_text="When somebody did what it asks for.")
    email_after = models.DateTimeField(
        null=True, blank=True, help_text="When it is to be emailed; empty if it has been, or is not to be."
    )
    email = models.ForeignKey(
        "Delivery", on_delete=models.SET_NULL, null=True, blank=True, related_name="contents",
        help_text="The email that contains it.",
    )  # fmt: skip

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_by_user"),
            models.Index(fields=["user", "-id"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["user", "thread"], condition=Q(bundle=None), name="notification_by_thread"),
            models.Index(
                fields=["email_after", "user"], condition=Q(email_after__isnull=False), name="notification_to_email"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="notification_once")]

    def __str__(self) -> str:
        return self.subject


class Delivery(UUIDModel):
    """One notification over one external channel, with a stable id by which the receiver can drop a repeat."""

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    endpoint = models.ForeignKey(
        "WebhookEndpoint", on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    event = models.ForeignKey("editorial.Event", on_delete=models.PROTECT, related_name="deliveries")
    channel = enum_field(Channel)
    state = enum_field(DeliveryState, default=DeliveryState.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["state"], condition=~Q(state=DeliveryState.DELIVERED.value), name="delivery_undelivered"
            ),
            models.Index(fields=["id"], condition=Q(settled_at=None), name="delivery_unsettled"),
        ]
        constraints = [
            enum_check("delivery", "channel", Channel),
            enum_check("delivery", "state", DeliveryState),
            models.UniqueConstraint(fields=["notification", "channel"], name="delivery_once"),
            models.UniqueConstraint(fields=["event", "endpoint"], name="delivery_once_per_endpoint"),
            models.CheckConstraint(
                condition=Q(notification__isnull=False) ^ Q(endpoint__isnull=False), name="delivery_has_one_receiver"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_state_display()}"


class NotificationFanout(models.Model):
    """The number of rows an event's fan-out produced, so that missing ones can be detected."""

    event = models.OneToOneField("editorial.Event", on_delete=models.PROTECT, primary_key=True, related_name="fanout")
    notification_count = models.PositiveIntegerField(help_text="The number of notifications.")
    delivery_count = models.PositiveIntegerField(help_text="The number of webhook deliveries.")
    fanned_out_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.notification_count} notified"


class Subscription(UUIDModel):
    """A person's choice to follow a claim, a story or a whole desk."""

    user = models.ForeignKey("editorial.User", on_delete=models.CASCADE, related_name="subscriptions")
    desk = models.ForeignKey("editorial.Desk", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    claim = models.ForeignKey("editorial.Claim", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    story = models.ForeignKey("editorial.Story", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    by_mail = models.BooleanField(default=True, help_text="Also by email, not only in the newsroom.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(desk__isnull=False, claim=None, story=None)
                | Q(desk=None, claim__isnull=False, story=None)
                | Q(desk=None, claim=None, story__isnull=False),
                name="subscription_single_target",
            ),
            models.UniqueConstraint(
                fields=["user", "desk", "claim", "story"], nulls_distinct=False, name="subscription_once"
            ),
        ]

    def __str__(self) -> str:
        return "A desk" if self.desk_id else "A claim" if self.claim_id else "A story"


class EndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    """Webhook endpoints, filtered by who manages them."""

    def managed_by(self, actor: ActorFacts) -> EndpointQuerySet:
        """Endpoints of desks the actor manages. Others must not see them: a URL may contain the receiver's password."""
        if not actor.sees_anything():
            return self.none()
        manager_roles = ACTIONS[Action.WEBHOOK_ADD].by
        desks = {desk for role, desk in actor.memberships if role in manager_roles}
        return self if None in desks else self.filter(desk__in=desks)


class EmailTiming(ChoiceEnum):
    """When the notifications of one kind are emailed."""

    IMMEDIATELY = "immediately"
    HOURLY = "hourly"
    DAILY = "daily"
    NEVER = "never"


class EmailPreferenceQuerySet(models.QuerySet["EmailPreference"]):
    """When to email what, by who may see it."""

    def visible_to(self, actor: ActorFacts) -> EmailPreferenceQuerySet:
        """The actor's own, and the defaults of their desks."""
        if not actor.sees_anything():
            return self.none()
        desks = {desk for _, desk in actor.memberships}
        return self.filter(Q(user=actor.id) | (Q(desk__isnull=False) if None in desks else Q(desk__in=desks)))


class EmailPreference(UUIDModel):
    """When a person, or by default a desk, gets email about notifications of one kind."""

    user = models.ForeignKey("editorial.User", models.CASCADE, null=True, blank=True, related_name="email_preferences")
    desk = models.ForeignKey("editorial.Desk", models.CASCADE, null=True, blank=True, related_name="email_preferences")
    kind = enum_field(NotificationKind)
    timing = enum_field(EmailTiming)

    objects = EmailPreferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            enum_check("emailpreference", "kind", NotificationKind),
            enum_check("emailpreference", "timing", EmailTiming),
            models.CheckConstraint(
                condition=~Q(kind__in=[kind.value for kind in NotificationKind if kind.mandatory]),
                name="emailpreference_is_not_mandatory",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) ^ Q(desk__isnull=False), name="emailpreference_of_a_user_or_a_desk"
            ),
            models.UniqueConstraint(fields=["user", "desk", "kind"], nulls_distinct=False, name="emailpreference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_timing_display()}"


class QuietHours(UUIDModel):
    """Hours of the day, in the person's time zone, at which optional emails wait. They may span midnight."""

    user = models.OneToOneField("editorial.User", on_delete=models.CASCADE, related_name="quiet_hours")
    starts_at = models.TimeField(help_text="When they start, in the person's time zone.")
    ends_at = models.TimeField(help_text="When they end.")

    class Meta:
        verbose_name_plural = "quiet hours"
        constraints = [
            models.CheckConstraint(condition=~Q(starts_at=F("ends_at")), name="quiethours_end_at_another_time")
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}"


GONE_ERROR = "HTTP_410"
"""The error of a delivery whose receiver answers 410 Gone."""

_GONE_THRESHOLD = 3  # consecutive deliveries


class WebhookEndpoint(UUIDModel):
    """An external URL that receives a desk's events, signed according to Standard Webhooks."""

    desk = models.ForeignKey("editorial.Desk", on_delete=models.CASCADE, related_name="endpoints")
    url = models.URLField(max_length=500)
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
    added_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = EndpointQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["desk", "url"], name="endpoint_once")]

    def __str__(self) -> str:
        return self.url

    @property
    def reports_gone(self) -> bool:
        """Whether its last deliveries were all answered 410 Gone."""
        deliveries = Delivery.objects.filter(endpoint=self, settled_at__isnull=False).order_by("-settled_at", "-id")
        last = list(deliveries.values_list("state", "error")[:_GONE_THRESHOLD])
        return last == [(DeliveryState.FAILED.value, GONE_ERROR)] * _GONE_THRESHOLD

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: its desk, and the user who added it; private to them."""
        return SubjectFacts(
            desks=frozenset({str(self.desk_id)}), owners=frozenset({str(self.added_by_id)}), private=True
        )
