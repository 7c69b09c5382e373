"""API of the notification log: who was notified of what and when, and whether it arrived and was read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from editorial.api.framework.endpoints import action_endpoint
from editorial.api.framework.exports import ExportMixin
from editorial.api.framework.fields import EnumField
from editorial.api.framework.filtering import ListFilterSet
from editorial.api.framework.references import ObjectRefField, UserRefField
from editorial.api.framework.serializers import OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.ops.webhook_deliveries import DeliveryAttemptSerializer
from editorial.models import DeliveryState, NotificationRecord
from editorial.policy.access import ActorFacts
from editorial.workflow.ops import resending

_NARROWING = {"ids", "story", "claim", "event", "user"}
_DISCLOSED_FIELDS = ("event", "type", "object")


class NotificationRecordSerializer(OutputSerializer):
    """A notification to anybody, without its text: shown in the newsroom from `created_at`, perhaps emailed."""

    user = UserRefField(help_text="Who was notified.")
    type = serializers.CharField(
        source="event.action", read_only=True, allow_null=True,
        help_text="The type of event; null if you may not see the event.",
    )  # fmt: skip
    object = ObjectRefField(
        source="event.stream", allow_null=True, help_text="The object it is about; null if you may not see it."
    )
    email_state = EnumField(
        DeliveryState, source="email.state", read_only=True, default=None, allow_null=True,
        help_text="The state of the email that contains it; null if there is none.",
    )  # fmt: skip
    email_attempts = serializers.IntegerField(
        source="email.attempts", read_only=True, default=0, help_text="The number of attempts at the email."
    )
    email_attempted_at = serializers.DateTimeField(
        source="email.attempted_at", read_only=True, default=None, allow_null=True,
        help_text="When the email was last attempted; null if it was not.",
    )  # fmt: skip
    email_error = serializers.CharField(
        source="email.error", read_only=True, default="", help_text="The last error of the email; empty if none."
    )
    select_related = ("event", "user", "email")

    class Meta:
        model = NotificationRecord
        fields: tuple[str, ...] = (
            "id", "event", "type", "object", "user", "created_at", "read_at", "retired_at",
            "email_state", "email_attempts", "email_attempted_at", "email_error",
        )  # fmt: skip
        help_texts = {
            "event": "The event; null if you may not see it.",
            "created_at": "When the user was notified in the newsroom.",
            "read_at": "When the user read it; null if unread.",
            "retired_at": "When somebody did what it asks for; null if it is still to be done.",
        }
        extra_kwargs = {"event": {"allow_null": True}}

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """The rows, each with whether the caller may see what it is about."""
        rows: Any = queryset
        if "is_disclosed" not in rows.query.annotations:
            rows = rows.disclosing_to(caller)
        return super().prepare_queryset(rows, caller)

    def to_representation(self, instance: NotificationRecord) -> dict[str, Any]:
        """The record, with its object only if the caller may see that, too."""
        fields = super().to_representation(instance)
        if not instance.is_disclosed:  # type: ignore[attr-defined]
            fields |= dict.fromkeys(_DISCLOSED_FIELDS)
        return fields


class NotificationRecordDetailSerializer(NotificationRecordSerializer):
    """A notification to anybody, with every attempt at its email."""

    email_history = DeliveryAttemptSerializer(
        source="email.history", many=True, read_only=True, default=[],
        help_text="Every attempt at the email, the first one first.",
    )  # fmt: skip
    prefetch_related = ("email__history",)

    class Meta(NotificationRecordSerializer.Meta):
        fields = (*NotificationRecordSerializer.Meta.fields, "email_history")


class NotificationRecordFilter(ListFilterSet):
    story = filters.UUIDFilter(method="of_story", help_text="Notifications about this story.")
    claim = filters.UUIDFilter(
        method="of_claim", help_text="Notifications about this claim, its statements, tasks and reply requests."
    )
    event = filters.UUIDFilter(method="of_event", help_text="Notifications of this event.")
    user = filters.UUIDFilter(help_text="Notifications to this user.")
    undelivered = filters.BooleanFilter(
        method="of_delivery", help_text="Those whose email failed or may not have arrived (true), or all (false)."
    )
    unread = filters.BooleanFilter(
        field_name="read_at", lookup_expr="isnull", help_text="Unread notifications (true), or read ones (false)."
    )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The list for one object or person; otherwise the undelivered emails, because nobody needs all records."""
        rows: Any = super().filter_queryset(queryset)
        return rows if _NARROWING & self.form.cleaned_data.keys() else rows.undelivered()

    def of_story(self, rows: Any, name: str, value: UUID) -> Any:
        return rows.about_story(value)

    def of_claim(self, rows: Any, name: str, value: UUID) -> Any:
        return rows.about_claim(value)

    def of_event(self, rows: Any, name: str, value: UUID) -> Any:
        return rows.about_event(value)

    def of_delivery(self, rows: Any, name: str, value: bool) -> Any:
        return rows.undelivered() if value else rows


class NotificationRecordViewSet(ExportMixin, ResourceViewSet):
    """Who was notified of what, when, by which channel, and whether it arrived and was read. Never the text.

    Editors see what happened at their desks, and which of their colleagues were notified. Administrators of the whole
    organisation also see the emails that did not arrive, and send them again. Without a story, claim, event, user or
    ids, the list has these emails only.
    """

    pk_kwarg = "record_id"
    output_serializer = NotificationRecordDetailSerializer
    list_serializer = NotificationRecordSerializer
    filterset_class = NotificationRecordFilter

    resend = action_endpoint(resending.resend_email, name="resend")
