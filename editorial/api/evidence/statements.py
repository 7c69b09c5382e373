"""API of statements: what sources said about claims, relays between statements, and how they ended."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django_filters import rest_framework as filters
from rest_framework import serializers

from editorial.api.framework.endpoints import action_endpoint, create_endpoint, update_endpoint
from editorial.api.framework.exports import ExportMixin
from editorial.api.framework.fields import EnumField, IdField
from editorial.api.framework.filtering import FlagFilter, ListFilterSet, SyncedFilterSet, VisibleRowFilter
from editorial.api.framework.references import SourceRefField, UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer, ReasonSerializer
from editorial.api.framework.statement_fields import StatementInputBase
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Briefing, Exhibit, Relay, ReplyRequest, Source, Statement
from editorial.models.evidence.statements import STANDING
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import (
    Directness,
    Ending,
    Stance,
    Terms,
)
from editorial.workflow.evidence import statement_repairs, statements
from editorial.workflow.evidence.confidentiality import disclosure


class StatementCreateSerializer(StatementInputBase):
    """A new statement by a source on a claim."""

    claim = IdField(source="claim_id", help_text="The claim it is about; for a compound, the part.")
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


class StatementReassignSerializer(ReasonSerializer):
    """The source who made the statement."""

    source = IdField(source="source_id", help_text="The correct source.")  # type: ignore[assignment]


class StatementEndSerializer(ReasonSerializer):
    """How the statement ended. A second request corrects the first."""

    ended = EnumField(
        Ending,
        help_text="Withdrawn by its source, retracted by its publisher, corrected, or superseded by a newer statement "
        "because the facts have changed.",
    )
    ended_by = IdField(
        required=False,
        allow_null=True,
        help_text="The statement that replaced it, if it was corrected or superseded; it may be on another claim.",
    )


class StatementSerializer(OutputSerializer):
    """A statement by one source on one claim."""

    source = SourceRefField(help_text="The source.")  # type: ignore[assignment]
    informant = SourceRefField(allow_null=True, help_text="The source it heard this from; null if unknown.")
    ended = EnumField(Ending, read_only=True, allow_null=True, help_text="How it ended; null while it stands.")
    ended_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="When it ended.")
    ended_by = serializers.UUIDField(
        source="visible_successor",
        read_only=True,
        allow_null=True,
        help_text="The statement that replaced it; null if none is recorded, if you may not see its claim, or if only "
        "custodians may know that both are by one source.",
    )
    briefing = serializers.UUIDField(
        source="visible_briefing",
        read_only=True,
        allow_null=True,
        help_text="The briefing, call or release at which it was made; null if there is none that you may see.",
    )
    exhibit = serializers.UUIDField(
        source="visible_exhibit",
        read_only=True,
        allow_null=True,
        help_text="The archived copy; null if there is none that you may see.",
    )
    reply_request = serializers.UUIDField(
        source="visible_reply_request",
        read_only=True,
        allow_null=True,
        help_text="The request that it answers; null if there is none that you may see.",
    )
    repeats = serializers.SerializerMethodField(help_text="Statements that this one repeats.")
    collected_by = UserRefField(help_text="The user who recorded it.")
    select_related = ("source", "informant", "collected_by")
    prefetch_related = ("relays",)
    relations: ClassVar[dict[str, Any]] = {"briefing": Briefing, "exhibit": Exhibit}

    class Meta:
        model = Statement
        fields = (
            "id", "claim", "source", "stance", "directness", "informant", "terms", "obtained_by",
            "briefing", "benefits_if", "embargo_until", "ended", "ended_at", "ended_by",
            "struck_at", "inducement", "collector_conflict", "translation", "quote", "said_at", "exhibit",
            "credibility", "reply_request", "repeats", "collected_by", "recorded_at", "version",
        )  # fmt: skip
        help_texts = {
            "claim": "The claim it is about.",
            "struck_at": "When it was struck because it was recorded by mistake; null otherwise. It no longer counts.",
            "recorded_at": "When it was recorded.",
        }

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """Include what it refers to, if the caller may see it."""
        successor = disclosure.shown_replacements(caller).filter(pk=OuterRef("pk")).values("ended_by")[:1]
        related = {
            f"visible_{name}": Subquery(rows.visible_to(caller).filter(pk=OuterRef(name)).order_by().values("pk")[:1])
            for name, rows in (
                ("exhibit", Exhibit.objects.all()),
                ("briefing", Briefing.objects.all()),
                ("reply_request", ReplyRequest.objects.all()),
            )
        }
        return super().prepare_queryset(queryset, caller).annotate(visible_successor=Subquery(successor), **related)

    def get_repeats(self, statement: Statement) -> list[str]:
        return [str(relay.origin_id) for relay in statement.relays.all()]


class StatementFilter(SyncedFilterSet):
    claim = filters.UUIDFilter(help_text="Statements on this claim.")
    desk = filters.UUIDFilter(field_name="claim__desk", help_text="Statements on claims of this desk.")
    source = VisibleRowFilter(Source, "source", help_text="Statements of this source, if you may see it.")
    informant = VisibleRowFilter(Source, "informant", help_text="Statements heard from this source, if you may see it.")
    reply_request = VisibleRowFilter(ReplyRequest, "reply_request", help_text="Statements that answer this request.")
    stance = filters.MultipleChoiceFilter(choices=Stance.choices(), help_text="What they say about the claim.")
    directness = filters.MultipleChoiceFilter(choices=Directness.choices(), help_text="How the source knows.")
    terms = filters.MultipleChoiceFilter(choices=Terms.choices(), help_text="The terms.")
    live = FlagFilter(
        lambda me: STANDING,
        help_text="Statements that have neither ended nor been struck (true), or the others (false).",
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
    end = action_endpoint(statements.end, StatementEndSerializer)
    reassign = action_endpoint(statement_repairs.reassign, StatementReassignSerializer)
    strike = action_endpoint(statement_repairs.strike, ReasonSerializer)
    reopen = action_endpoint(statement_repairs.reopen, ReasonSerializer)


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


class RelayFilter(ListFilterSet):
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
