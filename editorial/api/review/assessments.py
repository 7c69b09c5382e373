"""API of assessments: findings in plain words, without revealing who our sources are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from editorial.api.framework.fields import EnumField
from editorial.api.framework.references import PROTECTED_SOURCE_NAME, SourceRefSerializer, can_see_source, source_ref
from editorial.api.framework.serializers import OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Assessment, Source, Statement
from editorial.policy.access import ActorFacts
from editorial.policy.review import explain
from editorial.policy.vocabulary import FindingValue, Join, Requirement, Stance
from editorial.workflow.evidence import identities

_JOIN_PROTECTED = "They count as one voice; the reason is protected."


class MissingRequirementSerializer(serializers.Serializer[Any]):
    """A requirement of the nearest policy row that is not met."""

    requirement = EnumField(Requirement, help_text="What is counted.")
    need = serializers.IntegerField(help_text="The number of independent groups required.")
    have = serializers.IntegerField(help_text="The number found so far.")
    text = serializers.CharField(help_text="The requirement in plain words.")


class DependencySerializer(serializers.Serializer[Any]):
    """A person or document without which the finding would change."""

    sources = SourceRefSerializer(many=True, help_text="The sources under which it speaks on this claim.")


class StatementRefSerializer(serializers.Serializer[Any]):
    """A statement and its source."""

    id = serializers.UUIDField(help_text="The statement.")
    source = SourceRefSerializer(help_text="The source.")  # type: ignore[assignment]
    stance = EnumField(Stance, help_text="What it does to the claim.")


class StatementJoinSerializer(serializers.Serializer[Any]):
    """Why two statements count as one voice."""

    between = serializers.ListField(child=serializers.UUIDField(), help_text="The two statements.")
    by = EnumField(Join, allow_null=True, help_text="The rule; null if it would reveal an identity.")
    text = serializers.CharField(help_text="The reason in plain words.")


class EvidenceGroupSerializer(serializers.Serializer[Any]):
    """Statements that count as one voice."""

    statements = StatementRefSerializer(many=True, help_text="The statements of the group.")
    joins = StatementJoinSerializer(many=True, help_text="Why they were grouped; empty for very large groups.")


class EvidenceGroupsSerializer(serializers.Serializer[Any]):
    """The groups behind the three counts."""

    independent = EvidenceGroupSerializer(many=True, help_text="Groups that count for the claim.")
    against = EvidenceGroupSerializer(many=True, help_text="Groups that count against it.")
    origins = EvidenceGroupSerializer(many=True, help_text="All groups that affirm it, heard by us or by others.")


class AssessmentSummarySerializer(OutputSerializer):
    """The summary of an assessment."""

    policy_version = serializers.IntegerField(
        source="policy.version", read_only=True, help_text="The version of the corroboration policy applied."
    )
    missing = serializers.SerializerMethodField(help_text="Requirements of the nearest policy row that are not met.")
    select_related = ("policy",)

    class Meta:
        model = Assessment
        fields: tuple[str, ...] = (
            "id", "claim", "number", "finding", "basis", "contested", "origins", "independent", "against",
            "missing", "policy_version", "digest", "assessed_at",
        )  # fmt: skip
        help_texts = {
            "claim": "The claim.",
            "number": "Numbers the assessments of a claim.",
            "finding": "What the evidence supports; null for an opinion or a forecast, which has none.",
            "contested": "Whether there is a live denial.",
            "assessed_at": "When the assessment was made.",
        }

    @extend_schema_field(MissingRequirementSerializer(many=True))
    def get_missing(self, assessment: Assessment) -> list[dict[str, Any]]:
        return [missing | {"text": explain.missing_requirement(**missing)} for missing in assessment.missing]


class AssessmentSerializer(AssessmentSummarySerializer):
    """An assessment with its dependencies and the grouping of statements."""

    hangs_on = serializers.SerializerMethodField(
        help_text="Single points of failure: without any one of them the finding would change."
    )
    groups = serializers.SerializerMethodField(help_text="Which statements count as one voice, and why.")

    class Meta(AssessmentSummarySerializer.Meta):
        fields = (*AssessmentSummarySerializer.Meta.fields, "hangs_on", "groups")

    def to_representation(self, instance: Assessment) -> dict[str, Any]:
        """Include the statements, read once."""
        self._speakers = VisibleSpeakers(instance, self.context["caller"])
        return super().to_representation(instance)

    @extend_schema_field(DependencySerializer(many=True))
    def get_hangs_on(self, assessment: Assessment) -> list[dict[str, Any]]:
        """The identities, as sources that the caller may see."""
        return [{"sources": self._speakers.sources_of(identity)} for identity in assessment.hangs_on]

    @extend_schema_field(EvidenceGroupsSerializer)
    def get_groups(self, assessment: Assessment) -> dict[str, Any]:
        return {
            side: [self._speakers.group(group) for group in assessment.groups.get(side, [])]
            for side in ("independent", "against", "origins")
        }


class VisibleSpeakers:
    """The speakers on a claim, as far as one caller may know them.

    The vault protects the fact that a named source is the same person as an unnamed one. An identity with an unnamed
    source on this claim is therefore shown only by that source, and a join between a named and an unnamed source is
    shown without its rule.
    """

    def __init__(self, assessment: Assessment, caller: ActorFacts) -> None:
        self._caller = caller
        about_claim = (
            Q(claim=assessment.claim_id)
            | Q(claim__compounds=assessment.claim_id)
            | Q(pk__in=list(_statement_ids(assessment)))
        )
        rows = Statement.objects.filter(about_claim).select_related("source", "informant")
        self._statements = {str(row.pk): row for row in rows.distinct()}
        self._sources_by_identity: dict[str, dict[UUID, Source]] = {}
        sources = [source for row in self._statements.values() for source in (row.source, row.informant) if source]
        identity_of = identities.resolve(str(source.pk) for source in sources)
        for source in sources:
            self._sources_by_identity.setdefault(identity_of[str(source.pk)], {})[source.pk] = source

    def sources_of(self, identity: str) -> list[dict[str, Any]]:
        """The identity's sources on this claim, as far as the caller may know them."""
        sources = list(self._sources_by_identity.get(identity, {}).values())
        unnamed = [source for source in sources if source.unnamed]
        visible = [source for source in unnamed or sources if can_see_source(source, self._caller)]
        references = [source_ref(source, self._caller) for source in visible]
        return references or [{"id": None, "name": PROTECTED_SOURCE_NAME}]

    def group(self, group: dict[str, Any]) -> dict[str, Any]:
        """A group, statement by statement, without statements moved or deleted since."""
        members = [self._statements[key] for key in group["statements"] if key in self._statements]
        return {
            "statements": [
                {"id": str(row.pk), "source": source_ref(row.source, self._caller), "stance": row.stance}
                for row in members
            ],
            "joins": [self._join_data(join) for join in group.get("joins", [])],
        }

    def _join_data(self, join: dict[str, Any]) -> dict[str, Any]:
        sources = [self._statements[key].source for key in join["between"] if key in self._statements]
        reveals_no_identity = len({source.unnamed for source in sources}) <= 1
        if reveals_no_identity and all(can_see_source(source, self._caller) for source in sources):
            return {"between": join["between"], "by": join["by"], "text": explain.join(join["by"])}
        return {"between": join["between"], "by": None, "text": _JOIN_PROTECTED}


class AssessmentFilter(filters.FilterSet):
    claim = filters.UUIDFilter(help_text="Assessments of this claim.")
    desk = filters.UUIDFilter(field_name="claim__desk", help_text="Assessments of claims of this desk.")
    finding = filters.MultipleChoiceFilter(choices=FindingValue.choices(), help_text="The finding.")


class AssessmentViewSet(ResourceViewSet):
    """The engine's findings for claims, one assessment per change."""

    output_serializer = AssessmentSerializer
    list_serializer = AssessmentSummarySerializer
    filterset_class = AssessmentFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Lists do not load the groups, which are long for widely repeated claims."""
        rows = super().get_queryset()
        return rows.defer("groups", "hangs_on") if self.action == "list" else rows


def _statement_ids(assessment: Assessment) -> Iterator[str]:
    for groups in assessment.groups.values():
        for group in groups:
            yield from group["statements"]
