"""Request bodies of actions on a story."""

from __future__ import annotations

from rest_framework import serializers

from editorial.api.framework.fields import EnumField, IdField, ListField, TextField, TimestampField, TitleField, id_list
from editorial.api.framework.serializers import InputSerializer, ReasonSerializer
from editorial.policy.publication.wire_items import GATE_CODES, OVERRIDABLE
from editorial.policy.vocabulary import Code, Mode


class StoryCreateSerializer(InputSerializer):
    """A new story."""

    desk = IdField(source="desk_id", help_text="The desk the story is for.")
    headline = TitleField(help_text="What the story is about.")
    body = TextField(max_length=1_000_000, required=False, help_text="The copy so far.")


class ClaimUseCreateSerializer(InputSerializer):
    """How a story uses a claim."""

    claim = IdField(help_text="The claim.")
    mode = EnumField(Mode, help_text="Asserted as fact, attributed to somebody, debunked, or omitted.")
    central = serializers.BooleanField(required=False, help_text="Whether the story falls if the claim does.")
    relies_on = id_list(
        required=False, help_text="Statements that the copy openly relies on, in addition to those that count."
    )
    stated_source_count = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=32767,
        help_text="How many people the copy says it has for this claim.",
    )  # fmt: skip


class StoryUpdateSerializer(InputSerializer):
    """Changes to a story."""

    headline = TitleField(help_text="The headline.")
    body = TextField(max_length=1_000_000, help_text="The complete copy.")
    uses = ListField(
        child=ClaimUseCreateSerializer(),
        max_length=200,
        help_text="The complete list: a claim that is missing from it is no longer used.",
    )


class StoryAssignSerializer(InputSerializer):
    """The authors of a story."""

    authors = id_list(help_text="Users of the desk. They replace the current authors.")
    note = TextField(
        required=False, help_text="The note to readers; required once the story has been published, refused before."
    )


class StoryConfirmConditionSerializer(InputSerializer):
    """A condition of the gate that the copy meets."""

    claim = IdField(source="claim_id", help_text="The claim that the condition concerns.")
    code = EnumField(
        [(code.value, code.label) for code in Code if code.value.startswith("C_")], help_text="The condition."
    )


class GateOverrideSerializer(ReasonSerializer):
    """The code to override."""

    code = EnumField(GATE_CODES, help_text=f"One of {', '.join(OVERRIDABLE)}; no other code can be overridden.")


class StoryScheduleSerializer(InputSerializer):
    """The publication time."""

    at = TimestampField(help_text="The publication time; without an offset it is read in `time_zone`.")
    time_zone = TextField(max_length=64, help_text="IANA name, such as Europe/London.")


class StoryMoveSerializer(ReasonSerializer):
    """The desk that takes the story over."""

    desk = IdField(source="desk_id", help_text="The new desk. You must be an editor of both desks.")


class StoryMergeSerializer(ReasonSerializer):
    """The draft that remains."""

    into = IdField(source="into_id", help_text="Another draft of the same original, at the same desk.")


class StoryCorrectSerializer(InputSerializer):
    """The note to readers."""

    text = TextField(help_text="What was changed, in words for readers.")


class StoryScheduleCorrectionSerializer(StoryCorrectSerializer, StoryScheduleSerializer):
    """A correction and when to publish it."""
