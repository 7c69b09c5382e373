"""The weights of statements in API responses: which count, and why others do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from editorial.api.framework.fields import EnumField
from editorial.policy.review.weights import NotCounted
from editorial.workflow.evidence.weights import Weight


class NotCountedReasonSerializer(serializers.Serializer[Any]):
    """Why a statement does not count."""

    code = EnumField(
        NotCounted, allow_null=True, help_text="The rule; null if it would reveal something about a source."
    )
    text = serializers.CharField(help_text="The reason in plain words.")


class StatementWeightSerializer(serializers.Serializer[Any]):
    """Whether a statement counts."""

    statement = serializers.UUIDField(help_text="The statement.")
    counts = serializers.BooleanField(
        allow_null=True,
        help_text="Whether the engine counts it. Null if only custodians may know, because an unnamed source says this "
        "or the opposite.",
    )
    reasons = NotCountedReasonSerializer(
        many=True, help_text="Why it does not count; empty if it does, or if `counts` is null."
    )


class ClaimWeightsSerializer(serializers.Serializer[Any]):
    """Which statements on a claim, or on its parts, count."""

    statements = StatementWeightSerializer(many=True, help_text="Every statement that was not struck, by id.")


def weights_data(weights: Iterable[Weight]) -> dict[str, Any]:
    """The weights as a response."""
    return {
        "statements": [
            {
                "statement": str(weight.statement.pk),
                "counts": weight.counts,
                "reasons": [{"code": reason.rule, "text": reason.text} for reason in weight.reasons],
            }
            for weight in weights
        ]
    }
