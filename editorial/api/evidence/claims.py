"""API of claims: file, update, carry, split, merge, drop and sign them, and read findings."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from editorial import replica
from editorial.api.evidence import claim_reviews
from editorial.api.evidence.claim_reviews import ClaimReviewSerializer
from editorial.api.evidence.related_claims import (
    ClaimDistinguishSerializer,
    ClaimRelationsSerializer,
    ClaimUndistinguishSerializer,
    relations_of,
)
from editorial.api.evidence.weights import ClaimWeightsSerializer, weights_data
from editorial.api.framework.endpoints import action_endpoint, create_endpoint, read_endpoint, update_endpoint
from editorial.api.framework.exports import ExportMixin
from editorial.api.framework.fields import EnumField, IdField, ListField, TextField, id_list, read_only_list
from editorial.api.framework.filtering import BeforeFilter, FlagFilter, SearchFilter, SyncedFilterSet, VisibleRowFilter
from editorial.api.framework.publisher import JSONLDRenderer
from editorial.api.framework.references import SourceRefField, UserRefField
from editorial.api.framework.serializers import (
    InputSerializer,
    OptionalReasonSerializer,
    OutputSerializer,
    ReasonSerializer,
)
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.review.assessments import AssessmentSerializer
from editorial.api.review.restrictions import (
    RestrictionCreateSerializer,
    RestrictionLiftSerializer,
    RestrictionSerializer,
    prefetch_unlifted,
)
from editorial.api.review.signoffs import SignoffSerializer
from editorial.models import Assessment, CarriedClaim, Claim, CompoundMember, Source, Story
from editorial.models.review.tasks import LIVE_STATES
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import ClaimKind, FindingValue, Risk
from editorial.workflow.core.errors import NotFound
from editorial.workflow.evidence import claim_distinctions, claims
from editorial.workflow.evidence import weights as statement_weights
from editorial.workflow.review import signoffs
from editorial.workflow.stories import published_versions, restrictions


class ClaimCreateSerializer(InputSerializer):
    """A new claim."""

    desk = IdField(source="desk_id", help_text="The desk it belongs to.")
    text = TextField(help_text="The proposition, in one sentence. “S said P” and “P” are two claims.")
    kind = EnumField(ClaimKind, required=False, help_text="The kind; content by default.")
    risk = EnumField(Risk, required=False, help_text="How much harm it does if it is wrong; serious by default.")
    needs_context = serializers.BooleanField(
        required=False, help_text="True, but misleading on its own. The gate then requires context in the copy."
    )
    adverse_to = id_list(required=False, help_text="Sources that it accuses; they are owed a reply.")
    carries = id_list(
        required=False, help_text="Only for an utterance: the claims that it passes on. “S said P” carries P."
    )


class ClaimUpdateSerializer(InputSerializer):
    """Changes to a claim. They void its sign-offs, which cover the previous text."""

    text = TextField(help_text="The proposition.")
    kind = EnumField(ClaimKind, help_text="Its kind.")
    risk = EnumField(Risk, help_text="Its risk.")
    needs_context = serializers.BooleanField(
        help_text="True, but misleading on its own. Changing only this field voids no sign-off."
    )
    adverse_to = id_list(help_text="The complete list of sources it accuses.")


class ClaimCarrySerializer(InputSerializer):
    """What an utterance carries."""

    carries = id_list(help_text="The complete list of claims that it passes on, none of them an utterance.")


class ClaimSplitSerializer(InputSerializer):
    """The new claims."""

    texts = ListField(child=TextField(), max_length=50, help_text="Two or more propositions.")


class ClaimMergeSerializer(InputSerializer):
    """The claim to merge into."""

    into = IdField(source="into_id", help_text="The claim that stays and takes over evidence and uses.")


class ClaimSerializer(OutputSerializer):
    """A proposition that a story may assert, attribute or debunk."""

    adverse_to = read_only_list(
        SourceRefField(), source="accused", help_text="The parties it accuses, who are owed a reply."
    )
    parts = read_only_list(serializers.UUIDField(), source="part_ids", help_text="The parts, if it is a compound.")
    compounds = read_only_list(
        serializers.UUIDField(), source="compound_ids", help_text="Compounds that it is a part of."
    )
    carries = read_only_list(
        serializers.UUIDField(),
        source="carried_ids",
        help_text="The claims that it passes on, if it is an utterance. A story that uses it also uses these.",
    )
    restrictions = RestrictionSerializer(
        source="unlifted_restrictions", many=True, read_only=True, help_text="Restrictions that nobody has lifted."
    )
    filed_by = UserRefField(help_text="The user who filed it.")
    select_related = ("filed_by",)
    relations: ClassVar[dict[str, Any]] = {"parts": Claim, "compounds": Claim, "carries": Claim}

    class Meta:
        model = Claim
        fields = (
            "id", "text", "kind", "risk", "needs_context", "desk", "status", "contested", "adverse_to", "parts",
            "compounds", "carries", "restrictions", "filed_by", "filed_at", "dropped_at", "merged_into", "version",
        )  # fmt: skip
        help_texts = {
            "kind": "The kind of proposition; “S said P” is an utterance, “P” itself is content.",
            "desk": "The desk it belongs to.",
            "filed_at": "When it was filed.",
        }

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """Include accused parties, parts, compounds and carried claims."""
        parts = CompoundMember.objects.filter(compound=OuterRef("pk")).order_by("member").values("member")
        visible = Exists(Claim.objects.visible_to(caller).filter(pk=OuterRef("compound")))
        in_compounds = CompoundMember.objects.filter(visible, member=OuterRef("pk"))
        compounds = in_compounds.order_by("compound").values("compound")
        carried = CarriedClaim.objects.filter(utterance=OuterRef("pk")).order_by("carried").values("carried")
        queryset = queryset.annotate(
            part_ids=ArraySubquery(parts), compound_ids=ArraySubquery(compounds), carried_ids=ArraySubquery(carried)
        )
        parties = Source.objects.order_by("pk")  # not by name, which would order a protected one among the others
        return (
            super()
            .prepare_queryset(queryset, caller)
            .prefetch_related(Prefetch("adverse_to", parties, to_attr="accused"), prefetch_unlifted())
        )


class ClaimFilter(SyncedFilterSet):
    status = filters.MultipleChoiceFilter(choices=FindingValue.choices(), help_text="The status; repeatable.")
    finding = filters.MultipleChoiceFilter(
        choices=FindingValue.choices(),
        method="filter_finding",
        help_text="The engine's latest finding; repeatable.",
    )
    kind = filters.MultipleChoiceFilter(choices=ClaimKind.choices(), help_text="The kind of proposition.")
    risk = filters.MultipleChoiceFilter(choices=Risk.choices(), help_text="How much harm it does if it is wrong.")
    contested = filters.BooleanFilter(help_text="Claims with a live denial (true), or without (false).")
    desk = filters.UUIDFilter(help_text="Claims of this desk.")
    story = VisibleRowFilter(Story, "uses__story", help_text="Claims that this story uses.")
    adverse_to = VisibleRowFilter(Source, "adverse_to", help_text="Claims that accuse this source, if you may see it.")
    source = VisibleRowFilter(
        Source, "statements__source", help_text="Claims with a statement by this source, if you may see it."
    )
    carries = VisibleRowFilter(Claim, "carries", help_text="Utterances that carry this claim, if you may see it.")
    mine = FlagFilter(
        lambda me: Q(filed_by=me),
        lambda me: Q(statements__collected_by=me),
        help_text="Claims that you filed or recorded a statement on (true), or others (false).",
    )
    live = filters.BooleanFilter(
        method="filter_live", help_text="Claims neither dropped nor merged (true), or all others (false)."
    )
    due_before = BeforeFilter(
        "tasks__due_at",
        condition=Q(tasks__state__in=LIVE_STATES),
        help_text="Claims with a task due before this time.",
    )
    overdue = FlagFilter(
        lambda me: Q(tasks__state__in=LIVE_STATES, tasks__overdue_at__isnull=False),
        help_text="Claims with an overdue task (true), or without (false).",
    )
    q = SearchFilter("text", help_text="Phrase to find, in any case.")

    def filter_live(self, rows: QuerySet[Claim], name: str, value: bool) -> QuerySet[Claim]:
        live = {"dropped_at": None, "merged_into": None}
        return rows.filter(**live) if value else rows.exclude(**live)

    def filter_finding(self, rows: QuerySet[Claim], name: str, value: list[str]) -> QuerySet[Claim]:
        """Claims whose latest assessment has one of these findings."""
        since = Assessment.objects.filter(claim=OuterRef("claim"), number__gt=OuterRef("number"))
        last = Assessment.objects.filter(~Exists(since), finding__in=value)
        return rows.filter(pk__in=last.values("claim")) if value else rows


class ClaimViewSet(ExportMixin, ResourceViewSet):
    """Propositions with their findings and their status in the newsroom.

    A claim is visible to its own desk, to desks whose stories use it, and wherever a compound of it, or an utterance
    that carries it, is visible. The engine finds; verified and refuted take
    effect once people have signed.
    """

    pk_kwarg = "claim_id"
    output_serializer = ClaimSerializer
    filterset_class = ClaimFilter

    create = create_endpoint(claims.file, ClaimCreateSerializer)
    partial_update = update_endpoint(claims.revise, ClaimUpdateSerializer)
    carry = action_endpoint(claims.carry, ClaimCarrySerializer)
    split = action_endpoint(claims.split, ClaimSplitSerializer)
    merge = action_endpoint(claims.merge, ClaimMergeSerializer)
    drop = action_endpoint(claims.drop, ReasonSerializer)
    mark_distinct = action_endpoint(claim_distinctions.mark_distinct, ClaimDistinguishSerializer)
    unmark_distinct = action_endpoint(claim_distinctions.unmark_distinct, ClaimUndistinguishSerializer)
    restrict = action_endpoint(restrictions.restrict_claim, RestrictionCreateSerializer, name="restrict")
    lift_restriction = action_endpoint(restrictions.lift_from_claim, RestrictionLiftSerializer, name="lift_restriction")
    propose = action_endpoint(
        signoffs.propose, OptionalReasonSerializer, output_serializer=SignoffSerializer, status=201
    )
    read_standards = action_endpoint(
        signoffs.read_standards, OptionalReasonSerializer, output_serializer=SignoffSerializer, status=201
    )
    read_legal = action_endpoint(
        signoffs.read_legal, OptionalReasonSerializer, output_serializer=SignoffSerializer, status=201
    )

    @read_endpoint(AssessmentSerializer)
    def assessment(self, request: Request, pk: UUID) -> Response:
        """Show the latest assessment: its finding, missing requirements, dependencies and groups of statements."""
        last = Assessment.objects.filter(claim=self.get_visible(pk)).order_by("-number").first()
        if last is None:
            raise NotFound(
                "This claim has not been assessed yet. That takes a moment after filing; try again.",
                code="NOT_ASSESSED_YET",
            )
        return self.row_response(last.pk, AssessmentSerializer)

    @read_endpoint(ClaimWeightsSerializer)
    def weights(self, request: Request, pk: UUID) -> Response:
        """Show which statements on the claim count now, and why the others do not."""
        return Response(weights_data(statement_weights.of_claim(self.get_visible(pk), self.caller, now=timezone.now())))

    @read_endpoint(ClaimRelationsSerializer)
    def related(self, request: Request, pk: UUID) -> Response:
        """Show the existing claims closest to this one, and those that were marked as not the same."""
        claim = self.get_visible(pk)
        return Response(replica.read(lambda: relations_of(claim, self.caller)))

    @read_endpoint(ClaimReviewSerializer, error_statuses=(409,), renderers=(JSONLDRenderer, JSONRenderer))
    def claim_review(self, request: Request, pk: UUID) -> Response:
        """Show the published version of a signed claim as schema.org ClaimReview in JSON-LD, for syndication.

        It contains what was last published, as published; the maker of the claim appears only as far as the copy names
        one.
        """
        return Response(
            claim_reviews.claim_review_document(published_versions.latest_of_claim(self.get_visible(pk), self.caller))
        )
