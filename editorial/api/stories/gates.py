"""The gate in API responses: codes in plain words for each use, with confirmations and overrides."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from editorial.api.framework.fields import EnumField
from editorial.policy.access import ActorFacts
from editorial.policy.publication import gate
from editorial.policy.publication.wire_items import GATE_CODES, WireItemCode
from editorial.policy.vocabulary import Code, Gate, Mode
from editorial.workflow.stories import gates
from editorial.workflow.stories.gates import Verdict


class GateCodeSerializer(serializers.Serializer[Any]):
    """A code that the gate raises."""

    code = EnumField(Code, help_text="The code, for machines.")
    gate = EnumField(Gate, help_text="The gate that this code alone would cause.")
    text = serializers.CharField(help_text="What is wrong and what to do, in plain words.")
    confirmed = serializers.BooleanField(help_text="A copy editor has confirmed this condition.")
    overridden = serializers.BooleanField(help_text="A senior editor has overridden this code.")
    overridable = serializers.BooleanField(help_text="Whether a senior editor may override this code.")


class UseVerdictSerializer(serializers.Serializer[Any]):
    """The gate's verdict on one use of a claim."""

    claim = serializers.UUIDField(help_text="The claim.")
    text = serializers.CharField(help_text="The text of the claim.")
    mode = EnumField(Mode, help_text="How the story uses it. A claim that is only carried is attributed.")
    carried_by = serializers.ListField(
        child=serializers.UUIDField(),
        help_text="The utterances that carry the claim, if that is why the story uses it. To change this use, change "
        "them or how the story uses them.",
    )
    gate = EnumField(Gate, help_text="The gate of this use.")
    codes = GateCodeSerializer(many=True, help_text="The reasons. Only custodians see E_FALSE_DECLINE.")
    ask_custodian = serializers.BooleanField(
        help_text="A party did not comment, and an unnamed source has made a statement on the claim. If they are one "
        "person, this use is blocked, and only custodians may know: ask one before the copy says that the party did "
        "not comment."
    )


class UnconfirmedConditionSerializer(serializers.Serializer[Any]):
    """A condition that a copy editor must confirm."""

    claim = serializers.UUIDField(help_text="The claim.")
    code = EnumField(Code, help_text="The condition.")


class WireItemBlockSerializer(serializers.Serializer[Any]):
    """What the wire item behind the story forbids."""

    code = EnumField(WireItemCode, help_text="The code, for machines.")
    text = serializers.CharField(help_text="What is wrong and what to do, in plain words.")
    overridden = serializers.BooleanField(help_text="A senior editor has overridden this code.")
    overridable = serializers.BooleanField(help_text="Whether a senior editor may override this code.")


class VerdictSerializer(serializers.Serializer[Any]):
    """Whether the story may run now, and what prevents it."""

    gate = EnumField(Gate, help_text="The worst gate of its uses; at least conditional for a story without claims.")
    may_run = serializers.BooleanField(
        help_text="Whether it could be published now: no restriction, no objection of its wire item, no blocking "
        "code, no unconfirmed condition, and either claims listed or their absence confirmed."
    )
    restricted = serializers.BooleanField(
        help_text="Whether a restriction forbids publishing the story as a whole. The gate is then block."
    )
    wire_items = WireItemBlockSerializer(
        many=True,
        help_text="What the wire items from which the story was drafted forbid. Unless overridden, the gate is block.",
    )
    lists_claims = serializers.BooleanField(help_text="Whether the story lists a claim that its copy uses.")
    no_claims_confirmed = serializers.BooleanField(
        help_text="Whether somebody has confirmed that the current copy makes no claims that need checking. A story "
        "that lists no claims runs only then."
    )
    codes = serializers.ListField(child=EnumField(Code), help_text="All codes of all uses, sorted.")
    uses = UseVerdictSerializer(many=True, help_text="The verdict on each use.")
    unconfirmed = UnconfirmedConditionSerializer(
        many=True, help_text="Conditions that no copy editor has confirmed yet."
    )
    overridden = serializers.ListField(
        child=EnumField(GATE_CODES),
        help_text="Codes that were overridden for this revision.",
    )


def verdict_data(verdict: Verdict, reader: ActorFacts) -> dict[str, Any]:
    withheld = gates.withheld_codes(verdict, reader)
    shown = {
        claim: [code for code in use.codes if (claim, code) not in withheld]
        for claim, use in verdict.result.uses.items()
    }
    return {
        "gate": verdict.gate,
        "may_run": verdict.may_run,
        "restricted": verdict.restricted,
        "wire_items": [
            {
                "code": block.code,
                "text": block.text,
                "overridden": block.code in verdict.overridden,
                "overridable": block.code.overridable,
            }
            for block in verdict.item_blocks
        ],
        "lists_claims": verdict.lists_claims,
        "no_claims_confirmed": verdict.no_claims_confirmed,
        "codes": sorted({code for codes in shown.values() for code in codes}),
        "uses": [
            {
                "claim": claim,
                "text": verdict.claims[claim].text,
                "mode": verdict.uses[claim].mode,
                "carried_by": verdict.carriers.get(claim, []),
                "gate": use.gate,
                "codes": [_code_data(verdict, claim, code) for code in shown[claim]],
                "ask_custodian": use.ask_custodian,
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
