"""The gate as it is shown: its codes in plain words, use by use, with what is seen to already."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from editorial.api.framework.fields import EnumField
from editorial.policy.publication import gate
from editorial.policy.vocabulary import Code, Gate
from editorial.workflow.stories.gates import Verdict


class GateCodeSerializer(serializers.Serializer[Any]):
    """One thing that the gate objects to or asks for."""

    code = EnumField(Code, help_text="For machines.")
    gate = EnumField(Gate, help_text="The gate that this alone would set.")
    text = serializers.CharField(help_text="What is wrong and what to do, in plain words.")
    confirmed = serializers.BooleanField(help_text="A copy editor has put a name under this condition.")
    overridden = serializers.BooleanField(help_text="A senior editor has decided to run in spite of it.")
    overridable = serializers.BooleanField(help_text="Whether a senior editor may.")


class UseVerdictSerializer(serializers.Serializer[Any]):
    """The verdict on one use of a claim."""

    claim = serializers.UUIDField(help_text="The claim.")
    text = serializers.CharField(help_text="What it says.")
    gate = EnumField(Gate, help_text="The gate of this use.")
    codes = GateCodeSerializer(many=True, help_text="Why.")


class UnconfirmedConditionSerializer(serializers.Serializer[Any]):
    """A condition that waits for a copy editor."""

    claim = serializers.UUIDField(help_text="The claim.")
    code = EnumField(Code, help_text="The condition.")


class VerdictSerializer(serializers.Serializer[Any]):
    """Whether the story may run as everything stands now, and what keeps it."""

    gate = EnumField(Gate, help_text="The worst of its uses.")
    may_run = serializers.BooleanField(help_text="Whether it would be let through now: nothing refused or unconfirmed.")
    codes = serializers.ListField(child=EnumField(Code), help_text="All codes of all uses, sorted.")
    uses = UseVerdictSerializer(many=True, help_text="Use by use.")
    unconfirmed = UnconfirmedConditionSerializer(
        many=True, help_text="Conditions that no copy editor has put a name under yet."
    )
    overridden = serializers.ListField(child=EnumField(Code), help_text="Codes that were overridden for this revision.")


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """The verdict as it is shown."""
    return {
        "gate": verdict.result.gate,
        "may_run": not verdict.refusals and not verdict.unconfirmed,
        "codes": list(verdict.result.codes),
        "uses": [
            {
                "claim": claim,
                "text": verdict.claims[claim].text,
                "gate": use.gate,
                "codes": [_code_data(verdict, claim, code) for code in use.codes],
            }
            for claim, use in verdict.result.uses.items()
        ],
        "unconfirmed": [{"claim": claim, "code": code} for claim, code in verdict.unconfirmed],
        "overridden": sorted(verdict.overridden),
    }


def _code_data(verdict: Verdict, claim: str, code: Code) -> dict[str, Any]:
    return {
        "code": code,
        "gate": code.gate,
        "text": gate.explain(code),
        "confirmed": (claim, code) in verdict.confirmed,
        "overridden": code in verdict.overridden,
        "overridable": code.overridable,
    }
