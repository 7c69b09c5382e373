"""Claims: file, revise, split, merge, drop, sign, and see what was found of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.exports import Exporting
from editorial.api.framework.fields import (
    Id,
    PersonField,
    Shown,
    SourceField,
    Stated,
    Text,
    Why,
    WhyOrNot,
    Word,
    each,
    ids,
)
from editorial.api.framework.filtering import Before, Is, OfRow, Words
from editorial.api.framework.publisher import LinkedData
from editorial.api.framework.viewsets import Resource, creates, revises, shows, verb
from editorial.api.review.assessments import AssessmentShown
from editorial.api.review.signoffs import SignoffShown
from editorial.api.stories import claim_reviews
from editorial.api.stories.claim_reviews import ClaimReview
from editorial.models import Assessment, Claim, ClaimPart, Source, Story
from editorial.models.review.tasks import LIVE
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import ClaimKind, FindingValue, Risk
from editorial.workflow.core.actions import NotFound
from editorial.workflow.evidence import claims
from editorial.workflow.review import signoffs
from editorial.workflow.stories import published_versions


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A serious claim",
            {
                "desk": "019f7c52-6f0a-7d33-9d3e-5a4a1c9b2e10",
                "text": "The businessman has spoken secretly with the head of state since 2022.",
                "risk": "serious",
                "adverse_to": ["019f7c53-02c1-7a55-8a35-6ad1b7a4d1f0"],
            },
        )
    ]
)
class Filing(Stated):
    """A proposition to be put on file."""

    desk = Id(source="desk_id", help_text="The desk it belongs to.")
    text = Text(help_text="The proposition, in one sentence. What somebody said and whether it is so are two claims.")
    kind = Word(ClaimKind, required=False, help_text="Content unless stated otherwise.")
    risk = Word(Risk, required=False, help_text="How much harm it does if it is wrong; serious unless stated.")
    adverse_to = ids(required=False, help_text="Sources that it accuses; they are owed a reply.")


class ClaimRevision(Stated):
    """What shall be different. What people signed was the claim as it read then: their signatures are void."""

    text = Text(help_text="The proposition.")
    kind = Word(ClaimKind, help_text="Its kind.")
    risk = Word(Risk, help_text="Its risk.")
    adverse_to = ids(help_text="The whole list of those it accuses.")


class Propositions(Stated):
    """What it is split into."""

    texts = serializers.ListField(child=Text(), max_length=50, help_text="Two or more propositions.")


class Same(Stated):
    """The claim that it turned out to be."""

    into = Id(source="into_id", help_text="The claim that stays and takes over evidence and uses.")


class ClaimShown(Shown):
    """A proposition that a story may state, attribute or debunk."""

    adverse_to = each(SourceField(), source="accused", help_text="Those it accuses, who are owed a reply.")
    parts = each(serializers.UUIDField(), source="part_ids", help_text="Claims that it is the compound of.")
    wholes = each(serializers.UUIDField(), source="whole_ids", help_text="Compounds that it is a part of.")
    filed_by = PersonField(help_text="Who filed it.")
    together = ("filed_by",)

    class Meta:
        model = Claim
        fields = (
            "id", "text", "kind", "risk", "desk", "status", "contested", "adverse_to", "parts", "wholes",
            "filed_by", "filed_at", "dropped_at", "merged_into", "version",
        )  # fmt: skip
        extra_kwargs = {
            "id": {"help_text": "The claim's id."},
            "kind": {"help_text": "What sort of proposition it is; “S said P” is an utterance, “P” itself content."},
            "desk": {"help_text": "The desk it belongs to."},
            "filed_at": {"help_text": "When it was filed."},
        }

    @classmethod
    def reading(cls, rows: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """With those it accuses, what it is made of and what it is part of."""
        parts = ClaimPart.objects.filter(whole=OuterRef("pk")).order_by("part").values("part")
        wholes = ClaimPart.objects.filter(part=OuterRef("pk")).order_by("whole").values("whole")
        rows = rows.annotate(part_ids=ArraySubquery(parts), whole_ids=ArraySubquery(wholes))
        return super().reading(rows, caller).prefetch_related(Prefetch("adverse_to", to_attr="accused"))


class ClaimFilter(filters.FilterSet):
    """Which claims to list."""

    status = filters.MultipleChoiceFilter(choices=FindingValue.choices(), help_text="What holds; may be repeated.")
    finding = filters.MultipleChoiceFilter(
        choices=FindingValue.choices(), method="found", help_text="What the engine found last; may be repeated."
    )
    kind = filters.MultipleChoiceFilter(choices=ClaimKind.choices(), help_text="What sort of proposition.")
    risk = filters.MultipleChoiceFilter(choices=Risk.choices(), help_text="How much harm it does if it is wrong.")
    contested = filters.BooleanFilter(help_text="Those with a live denial, or without.")
    desk = filters.UUIDFilter(field_name="desk", help_text="Claims of this desk.")
    story = OfRow(Story, "uses__story", help_text="Claims that this story uses.")
    adverse_to = OfRow(Source, "adverse_to", help_text="Those that accuse this source, if you may see it.")
    source = OfRow(Source, "statements__source", help_text="Those it made a statement on, if you may see it.")
    mine = Is(
        lambda me: Q(filed_by=me),
        lambda me: Q(statements__collected_by=me),
        help_text="Those that you filed, or recorded a statement on.",
    )
    live = filters.BooleanFilter(method="still_live", help_text="Those neither dropped nor merged; or only the others.")
    due_before = Before(
        "tasks__due_at", among=Q(tasks__state__in=LIVE), help_text="Those with a task that is due before then."
    )
    overdue = Is(
        lambda me: Q(tasks__state__in=LIVE, tasks__overdue_at__isnull=False),
        help_text="Those with a task whose time is up, or without.",
    )
    q = Words("text", help_text="Words in the text.")

    def still_live(self, rows: QuerySet[Claim], name: str, value: bool) -> QuerySet[Claim]:
        """Those that are worked on, or those that are not any more."""
        live = {"dropped_at": None, "merged_into": None}
        return rows.filter(**live) if value else rows.exclude(**live)

    def found(self, rows: QuerySet[Claim], name: str, value: list[str]) -> QuerySet[Claim]:
        """Those of which this was found, and nothing since."""
        since = Assessment.objects.filter(claim=OuterRef("claim"), number__gt=OuterRef("number"))
        last = Assessment.objects.filter(~Exists(since), finding__in=value)
        return rows.filter(pk__in=last.values("claim")) if value else rows


class Claims(Exporting, ListModelMixin, RetrieveModelMixin, Resource):
    """Propositions: what is claimed, what was found of it, and what holds for the newsroom.

    A claim is seen at its own desk and wherever a story uses it. The engine finds; verified and refuted take effect
    once people have signed.
    """

    key = "claim_id"
    shown = ClaimShown
    filterset_class = ClaimFilter

    create = creates(claims.file, Filing)
    partial_update = revises(claims.revise, ClaimRevision)
    split = verb(claims.split, Propositions)
    merge = verb(claims.merge, Same)
    drop = verb(claims.drop, Why)
    propose = verb(signoffs.propose, WhyOrNot, answers=SignoffShown, status=201)
    read_standards = verb(signoffs.read_standards, WhyOrNot, answers=SignoffShown, status=201)
    read_legal = verb(signoffs.read_legal, WhyOrNot, answers=SignoffShown, status=201)

    @shows(AssessmentShown)
    def assessment(self, request: Request, pk: UUID) -> Response:
        """Show what was found last: the finding, what is missing, what it hangs on, and who fell together with whom."""
        last = Assessment.objects.filter(claim=self.seen(pk)).order_by("-number").first()
        if last is None:
            raise NotFound(
                "Nothing was found of this claim yet; that takes a moment after it was filed.", code="NONE_YET"
            )
        return self.show(last.pk, AssessmentShown)

    @shows(ClaimReview, refuses=(409,), as_media=(LinkedData, JSONRenderer))
    def claim_review(self, request: Request, pk: UUID) -> Response:
        """Show what is in print of a signed claim as schema.org's ClaimReview, in JSON-LD, to be passed on.

        Of what was printed last, in the words that were printed; of who made the claim only what the copy tells.
        """
        return Response(claim_reviews.review(published_versions.of_claim(self.seen(pk), self.caller)))
