"""API of email preferences: when the caller gets email, and the defaults of desks."""

from __future__ import annotations

from editorial.api.framework.endpoints import action_endpoint, create_endpoint
from editorial.api.framework.fields import EnumField, IdField, LocalTimeField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import EmailPreference, EmailTiming, QuietHours
from editorial.policy.roles import NotificationKind
from editorial.workflow.people import email_preferences


class EmailPreferenceCreateSerializer(InputSerializer):
    """When to get email about one kind of notification."""

    kind = EnumField(
        NotificationKind, help_text="The kind of notification; `alert` and `obligation` cannot be changed."
    )
    timing = EnumField(EmailTiming, help_text="Immediately, with the hourly or the daily digest, or never.")
    desk = IdField(
        source="desk_id", required=False, help_text="Set the default of this desk instead of your own choice."
    )


class EmailPreferenceSerializer(OutputSerializer):
    """When you, or by default the members of a desk, get email about one kind of notification."""

    class Meta:
        model = EmailPreference
        fields = ("id", "desk", "kind", "timing")
        help_texts = {
            "desk": "The desk whose default it is; null if it is your own choice.",
            "kind": "The kind of notification.",
            "timing": "When it is emailed.",
        }


class QuietHoursSetSerializer(InputSerializer):
    """Hours of the day in your time zone. They may span midnight."""

    starts_at = LocalTimeField(required=False, allow_null=True, help_text="When they start, such as 22:00.")
    ends_at = LocalTimeField(
        required=False, allow_null=True, help_text="When they end; without both, they are removed."
    )


class QuietHoursSerializer(OutputSerializer):
    """Hours at which your optional emails wait."""

    starts_at = LocalTimeField(read_only=True, help_text="When they start, in your time zone.")
    ends_at = LocalTimeField(read_only=True, help_text="When they end.")

    class Meta:
        model = QuietHours
        fields = ("id", "starts_at", "ends_at")


class EmailPreferenceViewSet(ResourceViewSet):
    """When notifications are emailed to you. Setting a kind again changes it."""

    output_serializer = EmailPreferenceSerializer

    create = create_endpoint(email_preferences.set_timing, EmailPreferenceCreateSerializer)
    set_quiet_hours = action_endpoint(
        email_preferences.set_quiet_hours,
        QuietHoursSetSerializer,
        output_serializer=QuietHoursSerializer,
        on_collection=True,
        no_content_description="You have no quiet hours.",
    )
