"""API of corroboration policies: what it takes to verify a claim, by risk and version."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from editorial.api.framework.serializers import OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import CorroborationPolicy, PolicyRisk, PolicyRow


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


class PolicyViewSet(ResourceViewSet):
    """What it takes to call a claim verified. A version in use is never edited; a new one is added."""

    output_serializer = CorroborationPolicySerializer
    orders = {"newest": ("-version", "id"), "oldest": ("version", "id")}

    def get_visible_queryset(self) -> QuerySet[Any]:
        """All versions; every user may see them."""
        return (
            CorroborationPolicy.objects.all()
            if self.caller.active and self.caller.memberships
            else CorroborationPolicy.objects.none()
        )
