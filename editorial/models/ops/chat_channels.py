"""Chat channels: where a person, or a desk's room, gets messages by chat or phone."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.models.encryption import EncryptedField, Purpose
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import NotificationKind
from editorial.policy.vocabulary import ChoiceEnum

MAX_PER_OWNER = 5


class ChatService(ChoiceEnum):
    """A service that carries messages."""

    BULKSMS = "bulksms", "BulkSMS"
    CLICKSEND = "clicksend", "ClickSend"
    DISCORD = "discord"
    GOOGLE_CHAT = "google_chat", "Google Chat"
    GOTIFY = "gotify"
    MATRIX = "matrix"
    MATTERMOST = "mattermost"
    MESSAGEBIRD = "messagebird", "MessageBird"
    NTFY = "ntfy", "ntfy"
    PUSHOVER = "pushover"
    ROCKET_CHAT = "rocket_chat", "Rocket.Chat"
    SINCH = "sinch"
    SLACK = "slack"
    TEAMS = "teams", "Microsoft Teams"
    TELEGRAM = "telegram"
    TWILIO = "twilio"
    VONAGE = "vonage"
    WEBEX = "webex"
    ZULIP = "zulip"


class ChatChannelQuerySet(models.QuerySet["ChatChannel"]):
    """Chat channels, by who may see them and what they carry."""

    def visible_to(self, actor: ActorFacts) -> ChatChannelQuerySet:
        """Those in use: the actor's own, and those of desks where they may add one."""
        if not actor.sees_anything():
            return self.none()
        desks = {desk for role, desk in actor.memberships if role in ACTIONS[Action.CHAT_CHANNEL_ADD].by}
        return self.in_use().filter(Q(user=actor.id) | (Q(desk__isnull=False) if None in desks else Q(desk__in=desks)))

    def in_use(self) -> ChatChannelQuerySet:
        """Those that were not removed."""
        return self.filter(removed_at=None)

    def carrying(self, kind: NotificationKind) -> ChatChannelQuerySet:
        """Those in use that carry notifications of this kind."""
        return self.in_use().filter(Q(kinds=[]) | Q(kinds__contains=[kind.value]))


class ChatChannel(UUIDModel):
    """Where a person or a desk gets messages. Its URL is a secret, and is erased when it is removed."""

    user = models.ForeignKey("editorial.User", models.CASCADE, null=True, blank=True, related_name="chat_channels")
    desk = models.ForeignKey("editorial.Desk", models.CASCADE, null=True, blank=True, related_name="chat_channels")
    service = enum_field(ChatService, help_text="The service that carries its messages.")
    kinds = ArrayField(
        models.CharField(max_length=32, choices=NotificationKind.choices()), default=list, blank=True,
        help_text="The kinds of notification that it carries; empty: all.",
    )  # fmt: skip
    # Bound to its owner: by moving the row, nobody makes one desk's messages go to another's room.
    encrypted_url = EncryptedField(
        purpose=Purpose.WEBHOOK, binds=("user_id", "desk_id"), padded_to=512, null=True, help_text="Its URL, encrypted."
    )
    added_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(help_text="When it was added.")
    removed_at = models.DateTimeField(null=True, editable=False, help_text="When it was removed; null if it is in use.")

    objects = ChatChannelQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "chat and phone"
        constraints = [
            enum_check("chatchannel", "service", ChatService),
            models.CheckConstraint(
                condition=Q(kinds__contained_by=[kind.value for kind in NotificationKind]),
                name="chatchannel_kinds_known",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) ^ Q(desk__isnull=False), name="chatchannel_of_a_user_or_a_desk"
            ),
            models.CheckConstraint(
                condition=Q(encrypted_url=None) ^ Q(removed_at=None), name="chatchannel_removed_without_url"
            ),
        ]

    def __str__(self) -> str:
        return self.get_service_display()

    def carries(self, kind: NotificationKind) -> bool:
        """Whether it carries notifications of this kind."""
        return not self.kinds or kind.value in self.kinds

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: its desk, or the person whose own it is; private to them."""
        if self.desk_id:
            return SubjectFacts.of_desk(self.desk_id)
        return SubjectFacts(owners=frozenset({str(self.user_id)}), private=True)
