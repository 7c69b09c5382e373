"""Corroboration policies: what it takes, by risk, version by version."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from editorial.api.framework.serializers import OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import CorroborationPolicy, PolicyRisk, PolicyRow


class PolicyThresholdSerializer(OutputSerializer):
    """One way of meeting the threshold."""

    class Meta:
        model = PolicyRow
        fields = ("risk", "position", "groups", "first_hand", "named", "disinterested", "rated")
        extra_kwargs = {"risk": {"help_text": "For claims of this risk."}}


class RiskRulesSerializer(OutputSerializer):
    """What is asked of every claim of one risk."""

    class Meta:
        model = PolicyRisk
        fields = ("risk", "reply_hours", "legal_read", "standards_read", "review_hours")
        extra_kwargs = {"risk": {"help_text": "For claims of this risk."}}


class CorroborationPolicySerializer(OutputSerializer):
    """One version of the house's corroboration policy."""

    risks = RiskRulesSerializer(many=True, read_only=True, help_text="What is asked, by risk.")
    rows = PolicyThresholdSerializer(
        many=True, read_only=True, help_text="Thresholds; a claim has to meet one row of its risk."
    )
    prefetch_related = ("risks", "rows")

    class Meta:
        model = CorroborationPolicy
        fields = ("id", "version", "name", "in_force_at", "note", "risks", "rows")
        extra_kwargs = {
            "id": {"help_text": "The version's id."},
            "version": {"help_text": "The highest that is in force is applied."},
            "name": {"help_text": "What it is called."},
        }


class PolicyViewSet(ListModelMixin, RetrieveModelMixin, ResourceViewSet):
    """What it takes to call a claim verified. A version in use is never edited; a new one is added."""

    output_serializer = CorroborationPolicySerializer
    orders = {"newest": ("-version", "id"), "oldest": ("version", "id")}

    def get_visible_queryset(self) -> QuerySet[Any]:
        """All versions, for everybody who works here."""
        return (
            CorroborationPolicy.objects.all()
            if self.caller.active and self.caller.memberships
            else CorroborationPolicy.objects.none()
        )
