"""Stories: pitch, write, bring to print, and mend what ran."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.exports import ExportMixin
from editorial.api.framework.fields import (
    EnumField,
    IdField,
    TextField,
    TimestampField,
    TitleField,
    UserRefField,
    id_list,
    read_only_list,
)
from editorial.api.framework.filtering import BeforeFilter, FlagFilter, SearchFilter, VisibleRowFilter
from editorial.api.framework.pagination import DEFAULT_ORDERINGS
from editorial.api.framework.serializers import InputSerializer, OutputSerializer, ReasonSerializer
from editorial.api.framework.viewsets import (
    ResourceViewSet,
    action_endpoint,
    create_endpoint,
    read_endpoint,
    update_endpoint,
)
from editorial.api.stories import ninjs
from editorial.api.stories.gates import VerdictSerializer, verdict_data
from editorial.api.stories.ninjs import NinjsSerializer
from editorial.models import Claim, ClaimUse, Correction, Story, StoryRevision, WireItem
from editorial.policy.access import ActorFacts
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import Code, Gate, Mode, RemedyKind
from editorial.workflow.stories import gates, publication, published_versions, stories

_HAS_PENDING_REMEDY = Q(corrections__isnull=False, corrections__closed_at=None)
_SCHEDULED = Q(status=StoryStatus.SCHEDULED.value)
_DESK = "019f7c52-6f0a-7d33-9d3e-5a4a1c9b2e10"
_CLAIM = "019f7c54-0b7e-7c1f-b7a4-0c8b8a2f9d11"


@extend_schema_serializer(
    examples=[OpenApiExample("Pitch", {"desk": _DESK, "headline": "Secret talks with a foreign leader"})]
)
class StoryCreateSerializer(InputSerializer):
    """A story that one proposes."""

    desk = IdField(source="desk_id", help_text="The desk it is for.")
    headline = TitleField(help_text="What it is about.")
    body = TextField(max_length=1_000_000, required=False, help_text="The copy, as far as there is any.")


class ClaimUseCreateSerializer(InputSerializer):
    """How a story uses a claim."""

    claim = IdField(help_text="The claim.")
    mode = EnumField(Mode, help_text="Stated as a fact, attributed to somebody, called false, or left out.")
    central = serializers.BooleanField(required=False, help_text="Whether the story falls if the claim does.")
    relies_on = id_list(required=False, help_text="Statements that the copy openly leans on, beyond those that count.")
    stated_source_count = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=32767,
        help_text="How many people the copy says it has for this.",
    )  # fmt: skip


@extend_schema_serializer(
    examples=[
        OpenApiExample("New words", {"body": "The *Journal* reports …"}),
        OpenApiExample(
            "How it uses claims", {"uses": [{"claim": _CLAIM, "mode": "attributed", "stated_source_count": 2}]}
        ),
    ]
)
class StoryUpdateSerializer(InputSerializer):
    """What shall be different."""

    headline = TitleField(help_text="The headline.")
    body = TextField(max_length=1_000_000, help_text="The whole copy.")
    uses = serializers.ListField(
        child=ClaimUseCreateSerializer(),
        max_length=200,
        help_text="The whole list: a claim that is missing from it is no longer used.",
    )


class StoryAssignSerializer(InputSerializer):
    """Who shall write it."""

    authors = id_list(help_text="People of the desk; they replace the authors it had.")


class StoryConfirmConditionSerializer(InputSerializer):
    """A condition of the gate that the copy meets."""

    claim = IdField(source="claim_id", help_text="The claim it is about.")
    code = EnumField(
        [(code.value, code.label) for code in Code if code.value.startswith("C_")], help_text="The condition."
    )


class GateOverrideSerializer(ReasonSerializer):
    """A code to run in spite of."""

    code = EnumField(Code, help_text="E_REPLY_PENDING or E_REPLY_WINDOW; no other can be overridden.")


class StoryScheduleSerializer(InputSerializer):
    """When it shall run."""

    at = TimestampField(help_text="When; without an offset it is read in `time_zone`.")
    time_zone = TextField(max_length=64, help_text="IANA name, such as Europe/London.")


class StoryCorrectSerializer(InputSerializer):
    """What readers are told."""

    text = TextField(help_text="What was changed, in words for readers.")


class ClaimUseSerializer(OutputSerializer):
    """How the story uses a claim."""

    class Meta:
        model = ClaimUse
        fields = ("claim", "mode", "central", "relies_on", "stated_source_count")
        extra_kwargs = {"claim": {"help_text": "The claim."}}


class PendingRemedySerializer(OutputSerializer):
    """What the published story owes its readers."""

    class Meta:
        model = Correction
        fields = ("remedy", "because", "claims", "opened_at", "due_at", "overdue_at")
        extra_kwargs = {
            "remedy": {"help_text": "What has to be printed."},
            "opened_at": {"help_text": "Since when it is owed."},
            "overdue_at": {"help_text": "When its time was found to be up; null while there is time."},
        }


class WireItemSerializer(OutputSerializer):
    """The item of another outlet from which a story was drafted. `exhibit` can be cited as the copy of a statement."""

    class Meta:
        model = WireItem
        fields = (
            "uri", "link", "outlet", "exhibit", "published_at", "revised_at", "embargo_until", "received_at",
            "changed_at",
        )  # fmt: skip


class StorySummarySerializer(OutputSerializer):
    """A story, without its copy."""

    authors = read_only_list(UserRefField(), source="writers", help_text="Who writes it.")
    pitched_by = UserRefField(help_text="Who pitched it.")
    cleared_by = UserRefField(allow_null=True, help_text="Who cleared it last.")
    select_related = ("pitched_by", "cleared_by")

    class Meta:
        model = Story
        fields: tuple[str, ...] = (
            "id", "headline", "desk", "status", "gate", "remedy", "authors", "pitched_by", "pitched_at",
            "submitted_at", "cleared_at", "cleared_by", "publish_at", "publish_time_zone", "published_at", "version",
        )  # fmt: skip
        extra_kwargs = {
            "id": {"help_text": "The story's id."},
            "headline": {"help_text": "Its headline."},
            "desk": {"help_text": "The desk it belongs to."},
            "status": {"help_text": "Where it stands."},
            "gate": {"help_text": "The gate when it was last recomputed; `…/gate` computes it as things stand now."},
            "remedy": {"help_text": "What it owes its readers since it ran; null before."},
            "pitched_at": {"help_text": "When it was pitched."},
            "submitted_at": {"help_text": "When it was last handed in."},
            "cleared_at": {"help_text": "When it was last cleared."},
        }

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """With those who write it."""
        return super().prepare_queryset(queryset, caller).prefetch_related(Prefetch("authors", to_attr="writers"))


class StorySerializer(StorySummarySerializer):
    """A story with its copy and how it uses claims."""

    body = serializers.CharField(read_only=True, help_text="The copy as it stands.")
    revision = serializers.IntegerField(read_only=True, help_text="The number of this revision of the copy.")
    uses = ClaimUseSerializer(many=True, read_only=True, help_text="How it uses claims.")
    pending_remedy = serializers.SerializerMethodField(
        help_text="What it owes its readers at present; null if nothing."
    )
    wire_item = serializers.SerializerMethodField(help_text="What it was drafted from; null if it was written here.")

    class Meta(StorySummarySerializer.Meta):
        fields = (*StorySummarySerializer.Meta.fields, "body", "revision", "uses", "pending_remedy", "wire_item")

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """With the last revision of the copy, how it uses claims, and what it owes."""
        last = StoryRevision.objects.filter(story=OuterRef("pk")).order_by("-number")
        uses = ClaimUse.objects.order_by("id").prefetch_related("relies_on")
        owed = Correction.objects.filter(closed_at=None).prefetch_related("claims")
        along = (Prefetch("uses", uses), Prefetch("corrections", owed, to_attr="open_corrections"))
        queryset = queryset.annotate(
            body=Subquery(last.values("body")[:1]), revision=Subquery(last.values("number")[:1])
        )
        return super().prepare_queryset(queryset, caller).prefetch_related(*along).select_related("wire_item")

    @extend_schema_field(WireItemSerializer(allow_null=True))
    def get_wire_item(self, story: Any) -> Any:
        """The original, of which there is one at most."""
        original = getattr(story, "wire_item", None)
        return WireItemSerializer(original, context=self.context).data if original else None

    @extend_schema_field(PendingRemedySerializer(allow_null=True))
    def get_pending_remedy(self, story: Any) -> Any:
        """The open correction, of which there is one at most."""
        return next((PendingRemedySerializer(owed, context=self.context).data for owed in story.open_corrections), None)


class StoryFilter(filters.FilterSet):
    """Which stories to list."""

    status = filters.MultipleChoiceFilter(choices=StoryStatus.choices(), help_text="Where it stands; may be repeated.")
    gate = filters.MultipleChoiceFilter(choices=Gate.choices(), help_text="The gate when it was last recomputed.")
    remedy = filters.MultipleChoiceFilter(choices=RemedyKind.choices(), help_text="What it owes its readers.")
    has_pending_remedy = FlagFilter(
        lambda me: _HAS_PENDING_REMEDY, help_text="Those that owe their readers something, or nothing."
    )
    overdue = FlagFilter(
        lambda me: _HAS_PENDING_REMEDY & Q(corrections__overdue_at__isnull=False),
        help_text="Those that owe it beyond its time.",
    )
    due_before = BeforeFilter("publish_at", condition=_SCHEDULED, help_text="Those scheduled to run before then.")
    desk = filters.UUIDFilter(field_name="desk", help_text="Stories of this desk.")
    claim = VisibleRowFilter(Claim, "uses__claim", help_text="Those that use this claim.")
    mine = FlagFilter(lambda me: Q(author_links__user=me), help_text="Those that you write.")
    q = SearchFilter("headline", help_text="Words in the headline.")


class StoryViewSet(ExportMixin, ListModelMixin, RetrieveModelMixin, ResourceViewSet):
    """Items from pitch to retraction. The gate decides whether one may run; what ran and no longer holds is flagged."""

    pk_kwarg = "story_id"
    output_serializer = StorySerializer
    list_serializer = StorySummarySerializer
    orders = {**DEFAULT_ORDERINGS, "due": ("publish_at", "id")}
    filterset_class = StoryFilter

    create = create_endpoint(stories.pitch, StoryCreateSerializer)
    partial_update = update_endpoint(stories.revise, StoryUpdateSerializer)
    assign = action_endpoint(stories.assign, StoryAssignSerializer)
    submit = action_endpoint(stories.submit)
    clear = action_endpoint(stories.clear)
    confirm_condition = action_endpoint(
        stories.confirm_condition,
        StoryConfirmConditionSerializer,
        output_serializer=VerdictSerializer,
        respond_with="gate",
    )
    override = action_endpoint(
        stories.override, GateOverrideSerializer, output_serializer=VerdictSerializer, respond_with="gate"
    )
    schedule = action_endpoint(stories.schedule, StoryScheduleSerializer)
    publish = action_endpoint(publication.publish)
    correct = action_endpoint(publication.correct, StoryCorrectSerializer)
    withhold = action_endpoint(publication.withhold, ReasonSerializer)
    retract = action_endpoint(publication.retract, ReasonSerializer)
    spike = action_endpoint(stories.spike, ReasonSerializer)

    @read_endpoint(VerdictSerializer)
    def gate(self, request: Request, pk: UUID) -> Response:
        """Judge whether the story may run as everything stands now, and what keeps it, claim by claim."""
        return Response(verdict_data(gates.evaluate(self.get_visible(pk), now=timezone.now())))

    @read_endpoint(NinjsSerializer, error_statuses=(409,))
    def ninjs(self, request: Request, pk: UUID) -> Response:
        """Show the story as it was printed last, as ninjs 3.1 (IPTC), to be passed on.

        What was revised since is not in it. One that was withheld or retracted says so, and comes without its copy.
        """
        return Response(ninjs.ninjs_document(published_versions.latest_of_story(self.get_visible(pk))))
