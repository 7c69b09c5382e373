"""Briefings, calls and releases: those who spoke at one are one voice on what they said there."""

from __future__ import annotations

from django_filters import rest_framework as filters
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from editorial.api.framework.fields import Id, Moment, Shown, Stated, Title
from editorial.api.framework.viewsets import Resource, creates
from editorial.models import Briefing
from editorial.workflow.evidence import briefings


class Occasion(Stated):
    """An occasion at which several spoke."""

    desk = Id(source="desk_id", help_text="The desk that notes it.")
    name = Title(help_text="Such as: White House press call, Friday noon.")
    held_at = Moment(required=False, allow_null=True, help_text="When it was, with its offset.")


class BriefingShown(Shown):
    """One briefing, call or release."""

    class Meta:
        model = Briefing
        fields = ("id", "name", "desk", "held_at")
        extra_kwargs = {
            "id": {"help_text": "The briefing's id."},
            "desk": {"help_text": "The desk that noted it."},
            "held_at": {"help_text": "When it was; null where that is not known."},
        }


class BriefingFilter(filters.FilterSet):
    """Which briefings to list."""

    desk = filters.UUIDFilter(field_name="desk", help_text="Those of this desk.")


class Briefings(ListModelMixin, RetrieveModelMixin, Resource):
    """Occasions at which several spoke: what they all said there counts once."""

    key = "briefing_id"
    shown = BriefingShown
    filterset_class = BriefingFilter

    create = creates(briefings.hold, Occasion)
