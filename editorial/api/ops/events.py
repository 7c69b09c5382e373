"""API of the audit log, limited to events of objects that the caller may see."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from editorial.api.framework import sync
from editorial.api.framework.filtering import FlagFilter, ListFilterSet, PatternFilter
from editorial.api.framework.references import ObjectRefField, UserRefField
from editorial.api.framework.serializers import OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Event
from editorial.policy.events import RULES
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.evidence.confidentiality.redaction import Redaction

EVENT_TYPES = [(name, rule.sentence) for name, rule in sorted(RULES.items())]
_FOR_CUSTODIANS = "Null unless you are a custodian of the whole organisation."


class EventListSerializer(serializers.ListSerializer[Any]):
    """A page of events, with what their reader may not learn looked up once for all of them."""

    def to_representation(self, data: Any) -> list[Any]:
        events = list(data.all() if isinstance(data, models.Manager) else data)
        child: Any = self.child
        child.redaction = Redaction(events, self.context["caller"])
        return super().to_representation(events)


class EventSerializer(OutputSerializer):
    """An event of one object. Its hash covers its content, before ids are left out, and the previous hash."""

    object = ObjectRefField(source="stream")
    actor = UserRefField(allow_null=True, help_text="The user who did it; null for the system itself.")
    data = serializers.SerializerMethodField(  # type: ignore[assignment]
        help_text="Ids, codes and reasons; protected ids are left out."
    )
    number = serializers.IntegerField(
        read_only=True,
        allow_null=True,
        help_text="Numbers the events of one object from 1 without gaps. " + _FOR_CUSTODIANS,
    )
    previous = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text="Hash of the previous event; empty for the first one. " + _FOR_CUSTODIANS,
    )
    hash = serializers.CharField(
        read_only=True, allow_null=True, help_text="SHA-256 of the stored event. " + _FOR_CUSTODIANS
    )
    select_related = ("actor",)
    redaction: Redaction | None = None

    class Meta:
        model = Event
        list_serializer_class = EventListSerializer
        fields = ("id", "stream", "object", "number", "action", "actor", "desk", "at", "data", "previous", "hash")
        help_texts = {
            "desk": "The desk concerned.",
            "at": "When it happened.",
        }

    def to_representation(self, instance: Event) -> dict[str, Any]:
        """The event, without its place in the chain for readers who may not verify it."""
        fields = super().to_representation(instance)
        if not disclosure.may_verify_chains(self.context["caller"]):
            fields |= dict.fromkeys(disclosure.CHAIN_FIELDS)
        return fields

    @extend_schema_field(serializers.DictField())
    def get_data(self, event: Event) -> Any:
        """The event's data without what the caller may not learn."""
        redaction = self.redaction or Redaction([event], self.context["caller"])
        return redaction.data(event)


class EventFilter(ListFilterSet):
    stream = PatternFilter(
        r"^[a-z]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        help_text="Events of this object: its type and id, such as claim:0198….",
    )
    action = filters.MultipleChoiceFilter(choices=EVENT_TYPES, help_text="Events of this type; repeatable.")
    desk = filters.UUIDFilter(help_text="Events that concern this desk.")
    mine = FlagFilter(lambda me: Q(actor=me), help_text="Your own actions (true), or those of others (false).")


class EventViewSet(ResourceViewSet):
    """The audit log, newest first: append-only, each object's events chained by hashes."""

    output_serializer = EventSerializer
    filterset_class = EventFilter
    sync_pagination_class = sync.EventFeedPagination
