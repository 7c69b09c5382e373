"""API of briefings, calls and releases: speakers at the same one count as one voice on what they said there."""

from __future__ import annotations

from django_filters import rest_framework as filters

from editorial.api.framework.endpoints import create_endpoint
from editorial.api.framework.fields import IdField, TimestampField, TitleField
from editorial.api.framework.filtering import ListFilterSet
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Briefing
from editorial.workflow.evidence import briefings


class BriefingCreateSerializer(InputSerializer):
    """A briefing, call or release with several speakers."""

    desk = IdField(source="desk_id", help_text="The desk that records it.")
    name = TitleField(help_text="Such as: White House press call, Friday noon.")
    held_at = TimestampField(required=False, allow_null=True, help_text="When it took place, with its offset.")


class BriefingSerializer(OutputSerializer):
    """A briefing, call or release."""

    class Meta:
        model = Briefing
        fields = ("id", "name", "desk", "held_at")
        help_texts = {
            "desk": "The desk that recorded it.",
            "held_at": "When it took place; null if unknown.",
        }


class BriefingFilter(ListFilterSet):
    desk = filters.UUIDFilter(help_text="Briefings of this desk.")


class BriefingViewSet(ResourceViewSet):
    """Briefings, calls and releases: what several speakers said at the same one counts once."""

    pk_kwarg = "briefing_id"
    output_serializer = BriefingSerializer
    filterset_class = BriefingFilter

    create = create_endpoint(briefings.record, BriefingCreateSerializer)
