"""Corroboration policies: what it takes, by risk, version by version."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from editorial.api.framework.fields import Shown
from editorial.api.framework.viewsets import Resource
from editorial.models import Policy, PolicyRisk, PolicyRow


class Threshold(Shown):
    """One way of meeting the threshold."""

    class Meta:
        model = PolicyRow
        fields = ("risk", "position", "groups", "first_hand", "named", "disinterested", "rated")
        extra_kwargs = {"risk": {"help_text": "For claims of this risk."}}


class RiskRules(Shown):
    """What is asked of every claim of one risk."""

    class Meta:
        model = PolicyRisk
        fields = ("risk", "reply_hours", "legal_read", "standards_read", "review_hours")
        extra_kwargs = {"risk": {"help_text": "For claims of this risk."}}


class PolicyShown(Shown):
    """One version of the house's corroboration policy."""

    risks = RiskRules(many=True, read_only=True, help_text="What is asked, by risk.")
    rows = Threshold(many=True, read_only=True, help_text="Thresholds; a claim has to meet one row of its risk.")
    along = ("risks", "rows")

    class Meta:
        model = Policy
        fields = ("id", "version", "name", "in_force_at", "note", "risks", "rows")
        extra_kwargs = {
            "id": {"help_text": "The version's id."},
            "version": {"help_text": "The highest that is in force is applied."},
            "name": {"help_text": "What it is called."},
        }


class Policies(ListModelMixin, RetrieveModelMixin, Resource):
    """What it takes to call a claim verified. A version in use is never edited; a new one is added."""

    shown = PolicyShown
    orders = {"newest": ("-version", "id"), "oldest": ("version", "id")}

    def visible(self) -> QuerySet[Any]:
        """All versions, for everybody who works here."""
        return Policy.objects.all() if self.caller.active and self.caller.memberships else Policy.objects.none()
