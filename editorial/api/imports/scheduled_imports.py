"""API of scheduled imports: feeds and pages that are fetched again and again."""

from __future__ import annotations

from django.db.models import Q
from django_filters import rest_framework as filters
from rest_framework import serializers

from editorial.api.framework.endpoints import action_endpoint, create_endpoint, update_endpoint
from editorial.api.framework.fields import EnumField, IdField, TextField
from editorial.api.framework.filtering import FlagFilter, ListFilterSet
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import ScheduledImport
from editorial.policy.imports import MAX_INTERVAL, MIN_INTERVAL, SCHEDULED_KINDS, ImportKind
from editorial.workflow.imports import scheduled_imports

_FAILING = Q(failures__gt=0)
_PAUSED = Q(next_fetch_at=None)


class ScheduledImportUpdateSerializer(InputSerializer):
    """Changes of a scheduled import."""

    url = TextField(max_length=2000, help_text="Its https URL.")
    outlet = IdField(
        source="outlet_id",
        required=False,
        allow_null=True,
        help_text="The source of type outlet that published the items; by default it is found by the name in them.",
    )
    interval_minutes = serializers.IntegerField(
        min_value=MIN_INTERVAL,
        max_value=MAX_INTERVAL,
        required=False,
        help_text="Minutes between two fetches; 15 by default.",
    )


class ScheduledImportCreateSerializer(ScheduledImportUpdateSerializer):
    """A new scheduled import."""

    desk = IdField(source="desk_id", help_text="The desk that it is for.")
    kind = EnumField(ImportKind, help_text="The kind of import: feed or page.")


class ScheduledImportSerializer(OutputSerializer):
    """A scheduled import and its health: it works if `failures` is 0, and is paused if `next_fetch_at` is null."""

    scheduled_by = UserRefField(help_text="The user in whose name items are filed.")
    select_related = ("scheduled_by",)

    class Meta:
        model = ScheduledImport
        fields = (
            "id", "desk", "kind", "url", "outlet", "interval_minutes", "scheduled_by", "scheduled_at", "next_fetch_at",
            "fetched_at", "succeeded_at", "failures", "problem", "version",
        )  # fmt: skip
        help_texts = {"desk": "The desk that it is for."}


class ScheduledImportFilter(ListFilterSet):
    desk = filters.UUIDFilter(help_text="Scheduled imports of this desk.")
    kind = filters.MultipleChoiceFilter(
        choices=[(kind.value, kind.label) for kind in SCHEDULED_KINDS], help_text="The kind; repeatable."
    )
    failing = FlagFilter(lambda me: _FAILING, help_text="Those whose last fetch failed (true), or did not (false).")
    paused = FlagFilter(lambda me: _PAUSED, help_text="Paused ones (true), or others (false).")


class ScheduledImportViewSet(ResourceViewSet):
    """Feeds and pages that are fetched on a schedule. New items become an import.

    Fetches are conditional (RFC 9110). Each failure doubles the pause, up to a day or the interval if longer.
    """

    pk_kwarg = "scheduled_import_id"
    output_serializer = ScheduledImportSerializer
    filterset_class = ScheduledImportFilter

    create = create_endpoint(scheduled_imports.add, ScheduledImportCreateSerializer)
    partial_update = update_endpoint(scheduled_imports.revise, ScheduledImportUpdateSerializer)
    pause = action_endpoint(scheduled_imports.pause)
    resume = action_endpoint(scheduled_imports.resume)
    run = action_endpoint(scheduled_imports.run)
