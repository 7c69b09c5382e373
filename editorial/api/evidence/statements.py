"""Statements: what a source said about a claim, who repeats whom, and what was taken back."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from editorial.api.framework.exports import Exporting
from editorial.api.framework.fields import Id, Moment, PersonField, Shown, SourceField, Stated, Text, Why, Word
from editorial.api.framework.filtering import Is, OfRow
from editorial.api.framework.viewsets import Resource, creates, revises, verb
from editorial.models import Relay, Source, Statement
from editorial.policy.vocabulary import Directness, Gains, Got, Level, Stance
from editorial.workflow.evidence import statements


class StatementDetails(Stated):
    """How it was said, and on what terms."""

    level = Word(
        Level, required=False, help_text="Terms: on record, or background of an unnamed source, unless stated."
    )
    informant = Id(required=False, allow_null=True, help_text="From whom the source heard it, if second-hand.")
    got = Word(Got, required=False, help_text="Heard by us, unless stated otherwise.")
    briefing = Id(required=False, allow_null=True, help_text="The briefing, call or release at which it was said.")
    gains = Word(Gains, required=False, allow_null=True, help_text="Overrides what the source gains, for this.")
    embargo_until = Moment(required=False, allow_null=True, help_text="May not be used before; with its offset.")
    quote = Text(max_length=100_000, required=False, help_text="Verbatim.")
    said_at = Moment(required=False, allow_null=True, help_text="When it was said; with its offset.")
    exhibit = Id(required=False, allow_null=True, help_text="The archived copy.")
    credibility = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=6,
        help_text="Admiralty scale 1 (confirmed) to 6 (cannot be judged). Not weighed.",
    )  # fmt: skip
    reply_request = Id(required=False, allow_null=True, help_text="The request that it answers.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A first-hand denial",
            {
                "claim": "019f7c54-0b7e-7c1f-b7a4-0c8b8a2f9d11",
                "source": "019f7c53-02c1-7a55-8a35-6ad1b7a4d1f0",
                "stance": "denies",
                "direct": "first_hand",
                "quote": "I have not spoken to him since 2021.",
                "said_at": "2026-03-04T11:30:00Z",
            },
        )
    ]
)
class Saying(StatementDetails):
    """What a source said about a claim."""

    claim = Id(source="claim_id", help_text="The claim that it is about; of a compound, the part.")
    source = Id(source="source_id", help_text="Who said it.")  # type: ignore[assignment]
    stance = Word(Stance, help_text="Only affirms and denies weigh; nothing else may be written up as a denial.")
    direct = Word(Directness, help_text="How the source knows.")


class StatementRevision(StatementDetails):
    """What was recorded wrongly. What it said before stays in its history."""

    stance = Word(Stance, help_text="What it does to the claim.")
    direct = Word(Directness, help_text="How the source knows.")


class Belonging(Stated):
    """Where it belongs."""

    claim = Id(source="claim_id", help_text="The claim that it is about.")


class StatementShown(Shown):
    """What one source states about one claim."""

    source = SourceField(help_text="Who said it.")  # type: ignore[assignment]
    informant = SourceField(allow_null=True, help_text="From whom the source heard it; null if that is unknown.")
    repeats = serializers.SerializerMethodField(help_text="Statements that this one repeats.")
    collected_by = PersonField(help_text="Who recorded it.")
    together = ("source", "informant", "collected_by")
    along = ("relays",)

    class Meta:
        model = Statement
        fields = (
            "id", "claim", "source", "stance", "direct", "informant", "level", "got", "briefing", "gains",
            "embargo_until", "withdrawn_at", "retracted_at", "quote", "said_at", "exhibit", "credibility",
            "reply_request", "repeats", "collected_by", "recorded_at", "version",
        )  # fmt: skip
        extra_kwargs = {
            "id": {"help_text": "The statement's id."},
            "claim": {"help_text": "The claim that it is about."},
            "briefing": {"help_text": "Where it was said, together with others."},
            "recorded_at": {"help_text": "When it was recorded."},
        }

    def get_repeats(self, statement: Statement) -> list[str]:
        """The origins of its relays."""
        return [str(relay.origin_id) for relay in statement.relays.all()]


class StatementFilter(filters.FilterSet):
    """Which statements to list."""

    claim = filters.UUIDFilter(field_name="claim", help_text="Those about this claim.")
    desk = filters.UUIDFilter(field_name="claim__desk", help_text="Those about claims of this desk.")
    source = OfRow(Source, "source", help_text="Those of this source, if you may see it.")
    informant = OfRow(Source, "informant", help_text="Those heard from this source, if you may see it.")
    stance = filters.MultipleChoiceFilter(choices=Stance.choices(), help_text="What they do to the claim.")
    direct = filters.MultipleChoiceFilter(choices=Directness.choices(), help_text="How their sources know.")
    level = filters.MultipleChoiceFilter(choices=Level.choices(), help_text="On what terms they were given.")
    live = Is(
        lambda me: Q(withdrawn_at=None, retracted_at=None),
        help_text="Those neither withdrawn nor retracted; or only the others.",
    )
    embargoed = Is(
        lambda me: Q(embargo_until__isnull=False, embargo_lifted_at=None), help_text="Those that may not be used yet."
    )
    mine = Is(lambda me: Q(collected_by=me), help_text="Those that you recorded.")


class Statements(Exporting, ListModelMixin, RetrieveModelMixin, Resource):
    """What sources say about claims, how they know, and on what terms."""

    key = "statement_id"
    shown = StatementShown
    filterset_class = StatementFilter

    create = creates(statements.record, Saying)
    partial_update = revises(statements.revise, StatementRevision)
    move = verb(statements.move, Belonging)
    withdraw = verb(statements.withdraw, Why)
    retract = verb(statements.retract, Why)


class Repeat(Stated):
    """Which statement repeats which."""

    derived = Id(source="derived_id", help_text="The statement that repeats.")
    origin = Id(source="origin_id", help_text="The statement that it repeats.")


class RelayShown(Shown):
    """The derived statement repeats the origin."""

    recorded_by = PersonField(help_text="Who traced it.")
    together = ("recorded_by",)

    class Meta:
        model = Relay
        fields = ("id", "derived", "origin", "recorded_by", "recorded_at")
        extra_kwargs = {
            "id": {"help_text": "The relay's id."},
            "derived": {"help_text": "The statement that repeats."},
            "origin": {"help_text": "The statement that it repeats."},
            "recorded_at": {"help_text": "When it was traced."},
        }


class RelayFilter(filters.FilterSet):
    """Which relays to list."""

    claim = filters.UUIDFilter(field_name="derived__claim", help_text="Those among statements about this claim.")


class Relays(ListModelMixin, RetrieveModelMixin, Resource):
    """Who repeats whom, within one claim and one stance. Repeats add nothing to what is independent."""

    key = "relay_id"
    shown = RelayShown
    filterset_class = RelayFilter

    create = creates(statements.relay, Repeat)
    unrelay = verb(statements.unrelay, Why, at="take-back", status=204, nothing="It was taken back.")

    def visible(self) -> QuerySet[Any]:
        """Relays between statements that the caller may see."""
        return Relay.objects.filter(derived__in=Statement.objects.visible_to(self.caller))
