"""API of assessments: findings in plain words, without revealing who our sources are."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from editorial.api.framework.fields import EnumField
from editorial.api.framework.filtering import ListFilterSet
from editorial.api.framework.references import SourceRefSerializer
from editorial.api.framework.serializers import OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Assessment, Statement
from editorial.policy.review import explain
from editorial.policy.vocabulary import FindingValue, Join, Requirement, Stance
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.evidence.speakers import Speakers


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
    origins = EvidenceGroupSerializer(many=True, help_text="All groups that affirm it, collected by us or by others.")


class AssessmentSummarySerializer(OutputSerializer):
    """The summary of an assessment."""

    policy_version = serializers.IntegerField(
        source="policy.version", read_only=True, help_text="The version of the corroboration policy applied."
    )
    missing = serializers.SerializerMethodField(help_text="Requirements of the nearest policy row that are not met.")
    digest = serializers.SerializerMethodField(
        help_text="A keyed hash of the facts that it is based on: a different value means different facts."
    )
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

    def get_digest(self, assessment: Assessment) -> str:
        """Never the stored digest, from which guesses about the facts could be confirmed."""
        return disclosure.facts_fingerprint(assessment)

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
        self._speakers = Speakers.of_assessment(instance, self.context["caller"])
        visible = Statement.objects.visible_to(self.context["caller"]).filter(pk__in=list(self._speakers.statements))
        self._visible = {str(key) for key in visible.values_list("pk", flat=True)}
        return super().to_representation(instance)

    @extend_schema_field(DependencySerializer(many=True))
    def get_hangs_on(self, assessment: Assessment) -> list[dict[str, Any]]:
        """The identities, as sources that the caller may see."""
        return [{"sources": self._speakers.visible_records(identity)} for identity in assessment.hangs_on]

    @extend_schema_field(EvidenceGroupsSerializer)
    def get_groups(self, assessment: Assessment) -> dict[str, Any]:
        return {
            side: [self._group(group) for group in assessment.groups.get(side, [])]
            for side in ("independent", "against", "origins")
        }

    def _group(self, group: dict[str, Any]) -> dict[str, Any]:
        """A group, statement by statement, without statements that were moved to a claim the caller may not see."""
        statements = self._speakers.statements
        return {
            "statements": [
                {
                    "id": key,
                    "source": self._speakers.reference(statements[key].source),
                    "stance": statements[key].stance,
                }
                for key in group["statements"]
                if key in self._visible
            ],
            "joins": [
                {"between": join["between"], "by": explanation.rule, "text": explanation.text}
                for join in group.get("joins", [])
                if self._visible.issuperset(join["between"])
                for explanation in [self._speakers.explain(join)]
            ],
        }


class AssessmentFilter(ListFilterSet):
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
