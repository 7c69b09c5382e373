"""API of stories: pitch, write, publish, and correct what was published."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import action_endpoint, create_endpoint, read_endpoint, update_endpoint
from editorial.api.framework.exports import ExportMixin
from editorial.api.framework.fields import (
    read_only_list,
)
from editorial.api.framework.filtering import BeforeFilter, FlagFilter, SearchFilter, SyncedFilterSet, VisibleRowFilter
from editorial.api.framework.pagination import DEFAULT_ORDERINGS
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import OutputSerializer, ReasonSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.review.restrictions import (
    RestrictionCreateSerializer,
    RestrictionLiftSerializer,
    RestrictionSerializer,
    prefetch_unlifted,
)
from editorial.api.stories import ninjs
from editorial.api.stories.gates import VerdictSerializer, verdict_data
from editorial.api.stories.ninjs import NinjsSerializer
from editorial.api.stories.story_input import (
    GateOverrideSerializer,
    StoryAssignSerializer,
    StoryConfirmConditionSerializer,
    StoryCorrectSerializer,
    StoryCreateSerializer,
    StoryMergeSerializer,
    StoryMoveSerializer,
    StoryScheduleCorrectionSerializer,
    StoryScheduleSerializer,
    StoryUpdateSerializer,
)
from editorial.models import Claim, ClaimUse, Correction, Story, StoryRevision, WireItem
from editorial.policy.access import ActorFacts
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.vocabulary import Gate, RemedyKind
from editorial.workflow.stories import (
    desks,
    gates,
    merging,
    publication,
    published_versions,
    restrictions,
    returns,
    scheduled_corrections,
    stories,
)

_HAS_PENDING_REMEDY = Q(corrections__isnull=False, corrections__closed_at=None)
_SCHEDULED = Q(status=StoryStatus.SCHEDULED.value)


class ClaimUseSerializer(OutputSerializer):
    """How the story uses a claim."""

    class Meta:
        model = ClaimUse
        fields = ("claim", "mode", "central", "relies_on", "stated_source_count")
        help_texts = {"claim": "The claim."}


class PendingRemedySerializer(OutputSerializer):
    """The remedy that the published story owes its readers."""

    class Meta:
        model = Correction
        fields = ("remedy", "because", "claims", "opened_at", "due_at", "overdue_at")
        help_texts = {
            "remedy": "The remedy to publish.",
            "opened_at": "When the remedy fell due.",
            "overdue_at": "When the deadline was found to have passed; null before that.",
        }


class WireItemSerializer(OutputSerializer):
    """The outlet's item from which the story was drafted. `exhibit` can be cited as a statement's archived copy."""

    class Meta:
        model = WireItem
        fields = (
            "uri", "link", "outlet", "exhibit", "pub_status", "edition", "published_at", "published_on", "revised_at",
            "embargo_until", "embargo_as_stated", "received_at", "changed_at", "held_at",
        )  # fmt: skip


class StorySummarySerializer(OutputSerializer):
    """A story without its copy."""

    authors = read_only_list(UserRefField(), source="writers", help_text="The authors.")
    pitched_by = UserRefField(help_text="The user who pitched it.")
    cleared_by = UserRefField(
        allow_null=True, help_text="The user who cleared it; null before, and once the copy is revised."
    )
    select_related: ClassVar[tuple[str, ...]] = ("pitched_by", "cleared_by")

    class Meta:
        model = Story
        fields: tuple[str, ...] = (
            "id", "headline", "desk", "status", "gate", "remedy", "authors", "pitched_by", "pitched_at",
            "submitted_at", "cleared_at", "cleared_by", "publish_at", "publish_time_zone", "planned_at", "published_at",
            "published_version", "published_version_at", "merged_into", "version",
        )  # fmt: skip
        help_texts = {
            "headline": "Its headline.",
            "desk": "The desk it belongs to.",
            "status": "The story's status.",
            "gate": "The gate when it was last recomputed; `…/gate` computes it now.",
            "remedy": "The remedy owed since publication; null before publication.",
            "pitched_at": "When it was pitched.",
            "submitted_at": "When it was last submitted.",
            "cleared_at": "When it was cleared.",
        }

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        return super().prepare_queryset(queryset, caller).prefetch_related(Prefetch("authors", to_attr="writers"))


class StorySerializer(StorySummarySerializer):
    """A story with its copy and its uses of claims."""

    body = serializers.CharField(read_only=True, help_text="The current copy.")
    revision = serializers.IntegerField(read_only=True, help_text="The number of the current revision.")
    restrictions = RestrictionSerializer(
        source="unlifted_restrictions",
        many=True,
        read_only=True,
        help_text="Restrictions on the story as a whole that nobody has lifted.",
    )
    uses = ClaimUseSerializer(many=True, read_only=True, help_text="How the story uses claims.")
    correction_by = UserRefField(allow_null=True, help_text="The user who scheduled the correction; null without one.")
    pending_remedy = serializers.SerializerMethodField(help_text="The remedy owed to readers now; null if none.")
    wire_items = WireItemSerializer(
        many=True,
        read_only=True,
        help_text="The wire items it was drafted from: none if it was written here, several after drafts were merged.",
    )

    select_related = ("pitched_by", "cleared_by", "correction_by")

    class Meta(StorySummarySerializer.Meta):
        fields = (
            *StorySummarySerializer.Meta.fields,
            "body",
            "revision",
            "restrictions",
            "uses",
            "correction_at",
            "correction_text",
            "correction_by",
            "pending_remedy",
            "wire_items",
        )

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """Include the latest revision, the uses of claims, and the remedy owed."""
        last = StoryRevision.objects.filter(story=OuterRef("pk")).order_by("-number")
        uses = ClaimUse.objects.order_by("id").prefetch_related("relies_on")
        corrections = Correction.objects.filter(closed_at=None).prefetch_related("claims")
        related = (
            Prefetch("uses", uses),
            Prefetch("corrections", corrections, to_attr="open_corrections"),
            Prefetch("wire_items", WireItem.objects.order_by("id")),
            prefetch_unlifted(),
        )
        queryset = queryset.annotate(
            body=Subquery(last.values("body")[:1]), revision=Subquery(last.values("number")[:1])
        )
        return super().prepare_queryset(queryset, caller).prefetch_related(*related)

    @extend_schema_field(PendingRemedySerializer(allow_null=True))
    def get_pending_remedy(self, story: Any) -> Any:
        correction = next(iter(story.open_corrections), None)
        return PendingRemedySerializer(correction, context=self.context).data if correction else None


class StoryFilter(SyncedFilterSet):
    status = filters.MultipleChoiceFilter(choices=StoryStatus.choices(), help_text="Story status; repeatable.")
    gate = filters.MultipleChoiceFilter(choices=Gate.choices(), help_text="The gate when it was last recomputed.")
    remedy = filters.MultipleChoiceFilter(choices=RemedyKind.choices(), help_text="The remedy owed to readers.")
    has_pending_remedy = FlagFilter(
        lambda me: _HAS_PENDING_REMEDY, help_text="Stories that owe their readers a remedy (true), or none (false)."
    )
    overdue = FlagFilter(
        lambda me: _HAS_PENDING_REMEDY & Q(corrections__overdue_at__isnull=False),
        help_text="Stories whose remedy is overdue (true), or not (false).",
    )
    due_before = BeforeFilter(
        "publish_at", condition=_SCHEDULED, help_text="Stories scheduled to run before this time."
    )
    desk = filters.UUIDFilter(help_text="Stories of this desk.")
    claim = VisibleRowFilter(Claim, "uses__claim", help_text="Stories that use this claim.")
    mine = FlagFilter(
        lambda me: Q(author_links__user=me), help_text="Stories that you write (true), or others (false)."
    )
    q = SearchFilter("headline", help_text="Phrase to find in the headline, in any case.")


class StoryViewSet(ExportMixin, ResourceViewSet):
    """Stories from pitch to retraction. The gate decides which may run; later changes of evidence flag them."""

    pk_kwarg = "story_id"
    output_serializer = StorySerializer
    list_serializer = StorySummarySerializer
    orders = {**DEFAULT_ORDERINGS, "due": ("publish_at", "id")}
    filterset_class = StoryFilter

    create = create_endpoint(stories.pitch, StoryCreateSerializer)
    partial_update = update_endpoint(stories.revise, StoryUpdateSerializer)
    assign = action_endpoint(stories.assign, StoryAssignSerializer)
    submit = action_endpoint(stories.submit)
    send_back = action_endpoint(returns.send_back, ReasonSerializer)
    clear = action_endpoint(stories.clear)
    confirm_condition = action_endpoint(
        stories.confirm_condition,
        StoryConfirmConditionSerializer,
        output_serializer=VerdictSerializer,
        respond_with="gate",
    )
    confirm_no_claims = action_endpoint(
        stories.confirm_no_claims, output_serializer=VerdictSerializer, respond_with="gate"
    )
    override = action_endpoint(
        stories.override, GateOverrideSerializer, output_serializer=VerdictSerializer, respond_with="gate"
    )
    schedule = action_endpoint(stories.schedule, StoryScheduleSerializer)
    unschedule = action_endpoint(returns.unschedule)
    publish = action_endpoint(publication.publish)
    correct = action_endpoint(publication.correct, StoryCorrectSerializer)
    schedule_correction = action_endpoint(scheduled_corrections.schedule_correction, StoryScheduleCorrectionSerializer)
    cancel_correction = action_endpoint(scheduled_corrections.cancel_correction)
    withhold = action_endpoint(publication.withhold, ReasonSerializer)
    restore = action_endpoint(publication.restore, ReasonSerializer)
    retract = action_endpoint(publication.retract, ReasonSerializer)
    move = action_endpoint(desks.move, StoryMoveSerializer)
    restrict = action_endpoint(restrictions.restrict_story, RestrictionCreateSerializer, name="restrict")
    lift_restriction = action_endpoint(restrictions.lift_from_story, RestrictionLiftSerializer, name="lift_restriction")
    spike = action_endpoint(stories.spike, ReasonSerializer)
    unspike = action_endpoint(returns.unspike, ReasonSerializer)
    merge = action_endpoint(merging.merge, StoryMergeSerializer, output_serializer=StorySerializer)
    unmerge = action_endpoint(merging.unmerge, ReasonSerializer)

    @read_endpoint(VerdictSerializer)
    def gate(self, request: Request, pk: UUID) -> Response:
        """Evaluate the gate now: whether the story may run and what blocks it, claim by claim."""
        return Response(verdict_data(gates.evaluate(self.get_visible(pk), now=timezone.now()), self.caller))

    @read_endpoint(NinjsSerializer, error_statuses=(409,))
    def ninjs(self, request: Request, pk: UUID) -> Response:
        """Show the published version of the story as ninjs 3.1 (IPTC), for syndication.

        Later revisions are not included. A withheld or retracted story says so and omits its copy.
        """
        return Response(ninjs.ninjs_document(published_versions.latest_of_story(self.get_visible(pk))))
