"""Notifications: who was notified of which event, and how each person wants to be."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.policy.access import ActorFacts
from editorial.policy.roles import NotificationKind
from editorial.policy.vocabulary import ChoiceEnum


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications, by what their recipient has still to read."""

    def unread(self) -> NotificationQuerySet:
        """Those that head a bundle and are neither read nor retired."""
        return self.filter(bundle=None, read_at=None, retired_at=None)


class Notification(UUIDModel):
    """One person's notification of one event. A constraint makes it appear exactly once in the newsroom.

    What happens to one object in a short time is bundled: the most important notification heads the others.
    """

    event = models.ForeignKey("editorial.Event", on_delete=models.PROTECT, db_index=False, related_name="notifications")
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

    user = models.ForeignKey("editorial.User", on_delete=models.CASCADE, db_index=False, related_name="subscriptions")
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

    user = models.ForeignKey(
        "editorial.User", models.CASCADE, db_index=False, null=True, blank=True, related_name="email_preferences"
    )
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
