"""API of statements: what sources said about claims, relays between statements, withdrawals and retractions."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from editorial.api.framework.endpoints import action_endpoint, create_endpoint, update_endpoint
from editorial.api.framework.exports import ExportMixin
from editorial.api.framework.fields import EnumField, IdField, TextField, TimestampField
from editorial.api.framework.filtering import FlagFilter, VisibleRowFilter
from editorial.api.framework.references import SourceRefField, UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer, ReasonSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Relay, Source, Statement
from editorial.policy.vocabulary import BenefitsIf, Directness, ObtainedBy, Stance, Terms
from editorial.workflow.evidence import statements


class StatementInputBase(InputSerializer):
    """How the statement was made, and on what terms."""

    terms = EnumField(
        Terms, required=False, help_text="The terms; by default on record, or on background for an unnamed source."
    )
    informant = IdField(required=False, allow_null=True, help_text="The source of a second-hand statement.")
    obtained_by = EnumField(ObtainedBy, required=False, help_text="Collected by us, by default.")
    briefing = IdField(required=False, allow_null=True, help_text="The briefing, call or release at which it was made.")
    benefits_if = EnumField(
        BenefitsIf, required=False, allow_null=True, help_text="Overrides what the source gains, for this statement."
    )
    embargo_until = TimestampField(
        required=False, allow_null=True, help_text="Must not be used before this time; with its offset."
    )
    quote = TextField(max_length=100_000, required=False, help_text="Verbatim.")
    said_at = TimestampField(required=False, allow_null=True, help_text="When it was made; with its offset.")
    exhibit = IdField(required=False, allow_null=True, help_text="The archived copy.")
    credibility = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=6,
        help_text="Admiralty scale 1 (confirmed) to 6 (cannot be judged). Not weighed.",
    )  # fmt: skip
    reply_request = IdField(required=False, allow_null=True, help_text="The reply request that it answers.")


class StatementCreateSerializer(StatementInputBase):
    """A new statement by a source on a claim."""

    claim = IdField(source="claim_id", help_text="The claim it is about; for a compound, the member.")
    source = IdField(source="source_id", help_text="The source.")  # type: ignore[assignment]
    stance = EnumField(Stance, help_text="Only affirms and denies weigh; nothing else may be written up as a denial.")
    directness = EnumField(Directness, help_text="How the source knows.")


class StatementUpdateSerializer(StatementInputBase):
    """Corrections of a wrongly recorded statement. The previous values stay in its history."""

    stance = EnumField(Stance, help_text="What it says about the claim.")
    directness = EnumField(Directness, help_text="How the source knows.")


class StatementMoveSerializer(InputSerializer):
    """The claim to move the statement to."""

    claim = IdField(source="claim_id", help_text="The claim it is about.")


class StatementSerializer(OutputSerializer):
    """A statement by one source on one claim."""

    source = SourceRefField(help_text="The source.")  # type: ignore[assignment]
    informant = SourceRefField(allow_null=True, help_text="The source it heard this from; null if unknown.")
    repeats = serializers.SerializerMethodField(help_text="Statements that this one repeats.")
    collected_by = UserRefField(help_text="The user who recorded it.")
    select_related = ("source", "informant", "collected_by")
    prefetch_related = ("relays",)

    class Meta:
        model = Statement
        fields = (
            "id", "claim", "source", "stance", "directness", "informant", "terms", "obtained_by",
            "briefing", "benefits_if", "embargo_until", "withdrawn_at", "retracted_at", "quote", "said_at", "exhibit",
            "credibility", "reply_request", "repeats", "collected_by", "recorded_at", "version",
        )  # fmt: skip
        help_texts = {
            "claim": "The claim it is about.",
            "briefing": "The briefing, call or release at which it was made.",
            "recorded_at": "When it was recorded.",
        }

    def get_repeats(self, statement: Statement) -> list[str]:
        return [str(relay.origin_id) for relay in statement.relays.all()]


class StatementFilter(filters.FilterSet):
    claim = filters.UUIDFilter(help_text="Statements on this claim.")
    desk = filters.UUIDFilter(field_name="claim__desk", help_text="Statements on claims of this desk.")
    source = VisibleRowFilter(Source, "source", help_text="Statements of this source, if you may see it.")
    informant = VisibleRowFilter(Source, "informant", help_text="Statements heard from this source, if you may see it.")
    stance = filters.MultipleChoiceFilter(choices=Stance.choices(), help_text="What they say about the claim.")
    directness = filters.MultipleChoiceFilter(choices=Directness.choices(), help_text="How the source knows.")
    terms = filters.MultipleChoiceFilter(choices=Terms.choices(), help_text="The terms.")
    live = FlagFilter(
        lambda me: Q(withdrawn_at=None, retracted_at=None),
        help_text="Statements neither withdrawn nor retracted (true), or all others (false).",
    )
    embargoed = FlagFilter(
        lambda me: Q(embargo_until__isnull=False, embargo_lifted_at=None),
        help_text="Statements under an embargo (true), or without (false).",
    )
    mine = FlagFilter(
        lambda me: Q(collected_by=me), help_text="Statements that you recorded (true), or others (false)."
    )


class StatementViewSet(ExportMixin, ResourceViewSet):
    """What sources say about claims, how they know, and on what terms."""

    pk_kwarg = "statement_id"
    output_serializer = StatementSerializer
    filterset_class = StatementFilter

    create = create_endpoint(statements.record, StatementCreateSerializer)
    partial_update = update_endpoint(statements.revise, StatementUpdateSerializer)
    move = action_endpoint(statements.move, StatementMoveSerializer)
    withdraw = action_endpoint(statements.withdraw, ReasonSerializer)
    retract = action_endpoint(statements.retract, ReasonSerializer)


class RelayCreateSerializer(InputSerializer):
    """The two statements of the relay."""

    derived = IdField(source="derived_id", help_text="The statement that repeats.")
    origin = IdField(source="origin_id", help_text="The statement that it repeats.")


class RelaySerializer(OutputSerializer):
    """The derived statement repeats the origin."""

    recorded_by = UserRefField(help_text="The user who recorded it.")
    select_related = ("recorded_by",)

    class Meta:
        model = Relay
        fields = ("id", "derived", "origin", "recorded_by", "recorded_at")
        help_texts = {
            "derived": "The statement that repeats.",
            "origin": "The statement that it repeats.",
            "recorded_at": "When it was recorded.",
        }


class RelayFilter(filters.FilterSet):
    claim = filters.UUIDFilter(field_name="derived__claim", help_text="Relays between statements on this claim.")


class RelayViewSet(ResourceViewSet):
    """Which statement repeats which, within one claim and one stance. Repeats add no independent voice."""

    pk_kwarg = "relay_id"
    output_serializer = RelaySerializer
    filterset_class = RelayFilter

    create = create_endpoint(statements.relay, RelayCreateSerializer)
    undo = action_endpoint(
        statements.undo_relay,
        ReasonSerializer,
        name="undo",
        status=204,
        no_content_description="The relay was removed.",
    )

    def get_visible_queryset(self) -> QuerySet[Any]:
        """Relays between statements that the caller may see."""
        return Relay.objects.filter(derived__in=Statement.objects.visible_to(self.caller))
