"""API of duty shifts: which editor is on duty at a desk."""

from __future__ import annotations

from django_filters import rest_framework as filters

from editorial.api.framework.endpoints import action_endpoint, create_endpoint
from editorial.api.framework.fields import IdField, TimestampField
from editorial.api.framework.filtering import ListFilterSet
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import DutyShift
from editorial.workflow.people import duty_shifts


class DutyShiftCreateSerializer(InputSerializer):
    """Who is on duty, and when."""

    desk = IdField(source="desk_id", help_text="The desk.")
    editor = IdField(source="editor_id", help_text="An editor of the desk.")
    starts_at = TimestampField(help_text="When the shift starts, with a UTC offset.")
    ends_at = TimestampField(help_text="When it ends, with a UTC offset.")


class DutyShiftSerializer(OutputSerializer):
    """A shift of the editor on duty."""

    editor = UserRefField(help_text="The editor on duty.")
    assigned_by = UserRefField(help_text="The user who assigned it.")
    select_related = ("editor", "assigned_by")

    class Meta:
        model = DutyShift
        fields = ("id", "desk", "editor", "starts_at", "ends_at", "assigned_by", "assigned_at", "cancelled_at")
        help_texts = {
            "desk": "The desk.",
            "starts_at": "When it starts.",
            "ends_at": "When it ends.",
            "assigned_at": "When it was assigned.",
            "cancelled_at": "When it was cancelled; null if it was not.",
        }


class DutyShiftFilter(ListFilterSet):
    desk = filters.UUIDFilter(help_text="Shifts at this desk.")
    editor = filters.UUIDFilter(help_text="Shifts of this editor.")


class DutyShiftViewSet(ResourceViewSet):
    """Who is the editor on duty at a desk: the person notified of what readers are owed, at any hour."""

    pk_kwarg = "shift_id"
    output_serializer = DutyShiftSerializer
    filterset_class = DutyShiftFilter

    create = create_endpoint(duty_shifts.assign, DutyShiftCreateSerializer)
    cancel = action_endpoint(duty_shifts.cancel)
