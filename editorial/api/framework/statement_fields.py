"""The input fields of a statement, shared by all endpoints that record one."""

from __future__ import annotations

from rest_framework import serializers

from editorial.api.framework.fields import EnumField, IdField, TextField, TimestampField
from editorial.api.framework.serializers import InputSerializer
from editorial.policy.vocabulary import BenefitsIf, Inducement, ObtainedBy, Terms, Translation


class StatementInputBase(InputSerializer):
    """How the statement was made, and on what terms."""

    terms = EnumField(
        Terms, required=False, help_text="The terms; by default on record, or on background for an unnamed source."
    )
    informant = IdField(required=False, allow_null=True, help_text="The source of a second-hand statement.")
    obtained_by = EnumField(ObtainedBy, required=False, help_text="Collected by us, by default.")
    briefing = IdField(required=False, allow_null=True, help_text="The briefing, call or release at which it was made.")
    benefits_if = EnumField(
        BenefitsIf, required=False, allow_null=True, help_text="Overrides what the source gains, for this statement."
    )
    embargo_until = TimestampField(
        required=False, allow_null=True, help_text="Must not be used before this time; with its offset."
    )
    inducement = EnumField(
        Inducement, required=False, allow_null=True,
        help_text="Whether the source was paid or coerced. A paid source counts as interested, and the copy must "
        "disclose the payment; a coerced statement does not count.",
    )  # fmt: skip
    collector_conflict = serializers.BooleanField(
        required=False,
        help_text="The collector has a conflict of interest. It does not count until a colleague takes the statement "
        "again.",
    )
    translation = EnumField(
        Translation, required=False, allow_null=True,
        help_text="Who translated it. A machine translation does not count until a person has checked it.",
    )  # fmt: skip
    quote = TextField(max_length=100_000, required=False, help_text="Verbatim.")
    said_at = TimestampField(required=False, allow_null=True, help_text="When it was made; with its offset.")
    exhibit = IdField(required=False, allow_null=True, help_text="The archived copy.")
    credibility = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=6,
        help_text="Admiralty scale 1 (confirmed) to 6 (cannot be judged). Not weighed.",
    )  # fmt: skip
    reply_request = IdField(required=False, allow_null=True, help_text="The reply request that it answers.")
