"""API of corroboration policies: what it takes to verify a claim, by risk and version."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import create_endpoint, result_endpoint
from editorial.api.framework.fields import EnumField, ListField, TextField, TimestampField, TitleField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import CorroborationPolicy, PolicyRisk, PolicyRow
from editorial.policy.vocabulary import FindingValue, Risk
from editorial.workflow.review import policies, policy_impact

_LONGEST = 24 * 366 - 1  # hours


def _count(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=99, required=False, help_text=help_text)


class PolicyThresholdSerializer(OutputSerializer):
    """One way to meet the threshold."""

    class Meta:
        model = PolicyRow
        fields = ("risk", "position", "groups", "first_hand", "named", "disinterested", "rated")
        help_texts = {"risk": "The risk of the claims it applies to."}


class RiskRulesSerializer(OutputSerializer):
    """Requirements for every claim of one risk."""

    class Meta:
        model = PolicyRisk
        fields = ("risk", "reply_hours", "legal_read", "standards_read", "review_hours")
        help_texts = {"risk": "The risk of the claims they apply to."}


class CorroborationPolicySerializer(OutputSerializer):
    """One version of the organisation's corroboration policy."""

    risks = RiskRulesSerializer(many=True, read_only=True, help_text="Requirements by risk.")
    rows = PolicyThresholdSerializer(
        many=True, read_only=True, help_text="Thresholds; a claim must meet one row of its risk."
    )
    prefetch_related = ("risks", "rows")

    class Meta:
        model = CorroborationPolicy
        fields = ("id", "version", "name", "in_force_at", "note", "risks", "rows")
        help_texts = {
            "id": "The id of the version.",
            "version": "The version number; the highest in force is applied.",
            "name": "The name of the policy.",
        }


class PolicyThresholdCreateSerializer(InputSerializer):
    """One way to meet the threshold: at least one group, and how many of them have each quality."""

    groups = serializers.IntegerField(min_value=1, max_value=99, help_text="Independent groups.")
    first_hand = _count("Groups with a first-hand source.")
    named = _count("Groups with a named source on the record, or a document.")
    disinterested = _count("Groups with a disinterested source.")
    rated = _count("Groups with a source rated A, B or C.")


class RiskRulesCreateSerializer(InputSerializer):
    """The complete rules for one risk."""

    rows = ListField(
        child=PolicyThresholdCreateSerializer(), min_length=1, max_length=20, help_text="A claim must meet one of them."
    )
    review_hours = serializers.IntegerField(
        min_value=1, max_value=_LONGEST, help_text="Hours until a review task is overdue."
    )
    reply_hours = serializers.IntegerField(
        min_value=1, max_value=_LONGEST, required=False, allow_null=True,
        help_text="Hours that an accused party has to reply; null: no reply is owed.",
    )  # fmt: skip
    legal_read = serializers.BooleanField(required=False, help_text="Requires a legal review.")
    standards_read = serializers.BooleanField(required=False, help_text="Requires a standards review.")


class PolicyRulesCreateSerializer(InputSerializer):
    """The rules for each risk."""

    def get_fields(self) -> dict[str, Any]:
        """One field for each risk."""
        return {
            risk.value: RiskRulesCreateSerializer(help_text=f"Rules for {risk.label.lower()} claims.") for risk in Risk
        }


class PolicyPreviewSerializer(InputSerializer):
    """The rules to try."""

    rules = PolicyRulesCreateSerializer(help_text="The complete rules, for every risk.")


class PolicyCreateSerializer(PolicyPreviewSerializer):
    """A new version of the policy."""

    name = TitleField(help_text="The name of the policy.")
    note = TextField(help_text="The reason for this version.")
    in_force_at = TimestampField(
        required=False, allow_null=True, help_text="When it takes effect, with its offset; now, unless given."
    )


class ChangedRuleSerializer(serializers.Serializer[Any]):
    """A rule that would change."""

    risk = EnumField(Risk, help_text="The risk of the claims it applies to.")
    rule = serializers.CharField(help_text="The rule, such as reply_hours.")
    before = serializers.JSONField(help_text="Its value now.")
    after = serializers.JSONField(help_text="Its value in the new policy.")


class ChangedFindingSerializer(serializers.Serializer[Any]):
    """A claim whose finding would change."""

    claim = serializers.UUIDField(help_text="The claim.")
    before = EnumField(FindingValue, allow_null=True, help_text="The finding now; null if it has none.")
    after = EnumField(FindingValue, allow_null=True, help_text="The finding under the new policy.")


class PolicyImpactSerializer(serializers.Serializer[Any]):
    """What a policy would change."""

    rules = ChangedRuleSerializer(many=True, help_text="Rules that would change.")
    findings = ChangedFindingSerializer(many=True, help_text="Findings that would change, among the examined claims.")
    examined = serializers.IntegerField(help_text="The number of claims that were examined, newest first.")
    total = serializers.IntegerField(help_text="The number of claims that it would apply to.")


class PolicyViewSet(ResourceViewSet):
    """What it takes to call a claim verified. A version in use is never edited; a new one is added."""

    output_serializer = CorroborationPolicySerializer
    create = create_endpoint(policies.adopt, PolicyCreateSerializer)
    orders = {"newest": ("-version", "id"), "oldest": ("version", "id")}

    @result_endpoint(
        policy_impact.preview, PolicyPreviewSerializer, output_serializer=PolicyImpactSerializer, on_collection=True
    )
    def preview(self, request: Request) -> Response:
        """Show which rules and which findings a policy would change, before it is adopted. Nothing is saved."""
        report = self.run_action(policy_impact.preview, **self.validated_input(PolicyPreviewSerializer))
        findings = [
            {"claim": claim.pk, "before": before.finding, "after": after.finding}
            for claim, before, after in report.findings
        ]
        return Response(
            {
                "rules": [dataclasses.asdict(rule) for rule in report.rules],
                "findings": findings,
                "examined": report.examined,
                "total": report.total,
            }
        )

    def get_visible_queryset(self) -> QuerySet[Any]:
        """All versions; every user may see them."""
        return (
            CorroborationPolicy.objects.all()
            if self.caller.active and self.caller.memberships
            else CorroborationPolicy.objects.none()
        )
