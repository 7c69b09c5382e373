"""Assessments: what the engine found, in plain words and without giving away who talks to us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from editorial.api.framework.fields import PROTECTED, Shown, SourceName, Word, may_see, source_name
from editorial.api.framework.viewsets import Resource
from editorial.models import Assessment, Source, Statement
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import FindingValue, Join, Requirement, Stance
from editorial.workflow.evidence import identities

_KEPT_BACK = "They are one voice; why is protected."
_JOINED = {
    Join.J1: "They come from one and the same source.",
    Join.J2: "They go back to one root.",
    Join.J3: "They were made at one briefing, call or release.",
    Join.J4: "Their sources speak for one principal, or one speaks for the other.",
    Join.J5: "A document and those who made it, or two documents from the same makers.",
    Join.J6: "Their sources have one owner, or one owns the other.",
    Join.J7: "Their sources work for one employer, and were not both there and heard by us.",
    Join.J8: "Their sources stand in one camp, and both gain from this.",
}
_LACKED = {
    Requirement.GROUPS: ("independent source", "independent sources"),
    Requirement.FIRST_HAND: ("source who was there", "sources who were there"),
    Requirement.NAMED: ("source on the record by name, or document", "sources on the record by name, or documents"),
    Requirement.DISINTERESTED: ("source who gains nothing by it", "sources who gain nothing by it"),
    Requirement.RATED: ("source rated A, B or C", "sources rated A, B or C"),
}


class Missing(serializers.Serializer[Any]):
    """What the nearest row of the policy still lacks."""

    requirement = Word(Requirement, help_text="What is counted.")
    need = serializers.IntegerField(help_text="How many independent groups have to have it.")
    have = serializers.IntegerField(help_text="How many have it.")
    text = serializers.CharField(help_text="The same in plain words.")


class HangsOn(serializers.Serializer[Any]):
    """One human being or paper without which the finding would change."""

    sources = SourceName(many=True, help_text="The sources under which it speaks on this claim.")


class StatementNamed(serializers.Serializer[Any]):
    """A statement by who makes it."""

    id = serializers.UUIDField(help_text="The statement.")
    source = SourceName(help_text="Who makes it.")  # type: ignore[assignment]
    stance = Word(Stance, help_text="What it does to the claim.")


class Joined(serializers.Serializer[Any]):
    """Why two statements count as one voice."""

    between = serializers.ListField(child=serializers.UUIDField(), help_text="The two statements.")
    by = Word(Join, allow_null=True, help_text="The rule; null where telling it would tell who somebody is.")
    text = serializers.CharField(help_text="The same in plain words.")


class GroupShown(serializers.Serializer[Any]):
    """Statements that count as one voice."""

    statements = StatementNamed(many=True, help_text="Those in the group.")
    joins = Joined(many=True, help_text="Why they fell together; empty for a group too large to be followed.")


class GroupsShown(serializers.Serializer[Any]):
    """The groups behind the three counts."""

    independent = GroupShown(many=True, help_text="Those that count for the claim.")
    against = GroupShown(many=True, help_text="Those that count against it.")
    origins = GroupShown(many=True, help_text="All who affirm it, heard by us or by others.")


class AssessmentListed(Shown):
    """What was found at one moment, in short."""

    policy_version = serializers.IntegerField(
        source="policy.version", read_only=True, help_text="The version of the corroboration policy applied."
    )
    missing = serializers.SerializerMethodField(help_text="What the nearest row of the policy still lacks.")
    together = ("policy",)

    class Meta:
        model = Assessment
        fields: tuple[str, ...] = (
            "id", "claim", "number", "finding", "basis", "contested", "origins", "independent", "against",
            "missing", "policy_version", "digest", "assessed_at",
        )  # fmt: skip
        extra_kwargs = {
            "id": {"help_text": "The assessment's id."},
            "claim": {"help_text": "The claim."},
            "number": {"help_text": "Counts the assessments of one claim."},
            "finding": {"help_text": "What the evidence supports; null for an opinion, which has none."},
            "contested": {"help_text": "There is a live denial."},
            "assessed_at": {"help_text": "When it was found."},
        }

    @extend_schema_field(Missing(many=True))
    def get_missing(self, assessment: Assessment) -> list[dict[str, Any]]:
        """Each lack, with its words."""
        return [lack | {"text": _lack(lack)} for lack in assessment.missing]


class AssessmentShown(AssessmentListed):
    """What was found at one moment, what it hangs on, and who fell together with whom."""

    hangs_on = serializers.SerializerMethodField(
        help_text="Single points of failure: without any one of them the finding would change."
    )
    groups = serializers.SerializerMethodField(help_text="Who counts as one voice, and why.")

    class Meta(AssessmentListed.Meta):
        fields = (*AssessmentListed.Meta.fields, "hangs_on", "groups")

    def to_representation(self, instance: Assessment) -> dict[str, Any]:
        """With the statements it speaks of, read once."""
        self._voices = Voices(instance, self.context["caller"])
        return super().to_representation(instance)

    @extend_schema_field(HangsOn(many=True))
    def get_hangs_on(self, assessment: Assessment) -> list[dict[str, Any]]:
        """Identities, as the sources that the caller may see."""
        return [{"sources": self._voices.behind(identity)} for identity in assessment.hangs_on]

    @extend_schema_field(GroupsShown)
    def get_groups(self, assessment: Assessment) -> dict[str, Any]:
        """The groups of each side."""
        return {
            side: [self._voices.group(group) for group in assessment.groups.get(side, [])]
            for side in ("independent", "against", "origins")
        }


class Voices:
    """Who speaks on a claim, as one caller may know it.

    That a source known by name is the same human being as an unnamed one is what the vault is there to keep. So an
    identity that has an unnamed face on this claim is shown by that face alone, and a join between a named and an
    unnamed source is shown without its rule.
    """

    def __init__(self, assessment: Assessment, caller: ActorFacts) -> None:
        self._caller = caller
        on = (
            Q(claim=assessment.claim_id) | Q(claim__wholes=assessment.claim_id) | Q(pk__in=list(_spoken_of(assessment)))
        )
        rows = Statement.objects.filter(on).select_related("source", "informant")
        self._statements = {str(row.pk): row for row in rows.distinct()}
        self._faces: dict[str, dict[UUID, Source]] = {}
        faces = [face for row in self._statements.values() for face in (row.source, row.informant) if face]
        identity = identities.of(str(face.pk) for face in faces)
        for face in faces:
            self._faces.setdefault(identity[str(face.pk)], {})[face.pk] = face

    def behind(self, identity: str) -> list[dict[str, Any]]:
        """The sources by which an identity speaks here, as far as the caller may know them."""
        faces = list(self._faces.get(identity, {}).values())
        masks = [face for face in faces if face.unnamed]
        shown = [source_name(face, self._caller) for face in masks or faces if may_see(face, self._caller)]
        return shown or [{"id": None, "name": PROTECTED}]

    def group(self, group: dict[str, Any]) -> dict[str, Any]:
        """A group, statement by statement. One that was moved or is gone since is left out."""
        members = [self._statements[key] for key in group["statements"] if key in self._statements]
        return {
            "statements": [
                {"id": str(row.pk), "source": source_name(row.source, self._caller), "stance": row.stance}
                for row in members
            ],
            "joins": [self._join(join) for join in group.get("joins", [])],
        }

    def _join(self, join: dict[str, Any]) -> dict[str, Any]:
        sources = [self._statements[key].source for key in join["between"] if key in self._statements]
        alike = len({source.unnamed for source in sources}) <= 1
        if alike and all(may_see(source, self._caller) for source in sources):
            return {"between": join["between"], "by": join["by"], "text": _JOINED[Join(join["by"])]}
        return {"between": join["between"], "by": None, "text": _KEPT_BACK}


class AssessmentFilter(filters.FilterSet):
    """Which assessments to list."""

    claim = filters.UUIDFilter(field_name="claim", help_text="Those of this claim.")
    desk = filters.UUIDFilter(field_name="claim__desk", help_text="Those of claims of this desk.")
    finding = filters.MultipleChoiceFilter(choices=FindingValue.choices(), help_text="What was found.")


class Assessments(ListModelMixin, RetrieveModelMixin, Resource):
    """What the engine found of a claim, at every moment at which that changed."""

    shown = AssessmentShown
    listed = AssessmentListed
    filterset_class = AssessmentFilter

    def get_queryset(self) -> QuerySet[Any]:
        """Lists leave the groups in the database: of a claim that everybody repeats they are long."""
        rows = super().get_queryset()
        return rows.defer("groups", "hangs_on") if self.action == "list" else rows


def _spoken_of(assessment: Assessment) -> Iterator[str]:
    for groups in assessment.groups.values():
        for group in groups:
            yield from group["statements"]


def _lack(lack: dict[str, Any]) -> str:
    more = lack["need"] - lack["have"]
    one, many = _LACKED[Requirement(lack["requirement"])]
    return f"Needed: {more} more {one if more == 1 else many} ({lack['have']} of {lack['need']} so far)."
