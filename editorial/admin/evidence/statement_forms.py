"""What the verbs on statements ask for."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from editorial.admin.framework import fields
from editorial.admin.framework.action_forms import RevisingForm, VerbForm
from editorial.admin.framework.desk_forms import AtADesk
from editorial.admin.framework.fields import Choose, Moment, Number, Pick, Prose, Reason, Text, Word
from editorial.models import ReplyRequest, Statement
from editorial.policy.access import Verb
from editorial.policy.vocabulary import Directness, Gains, Got, Level, Stance

_STANCE = "Only “affirms” and “denies” weigh. “Unaware”, “cannot confirm” and “declines” are no denials."
_DIRECT = "Was there, was told by somebody, or passes on what was published."


class _WhatWasSaid(VerbForm):
    """The fields of a statement, whoever makes it."""

    stance = Word("What it does to the claim", Stance, help_text=_STANCE)
    direct = Word("How the source knows", Directness, help_text=_DIRECT)
    informant = Pick("Heard from", (Statement, "informant"), required=False, help_text="Only for second hand.")
    quote = Prose("Verbatim", rows=3, required=False, help_text="The words themselves. Not weighed.")
    level = Word("Terms", Level, nothing="As usual: on the record, or on background for an unnamed source")
    got = Word("Who heard it", Got, initial=Got.US.value, help_text="“Heard by others” never counts as our own.")
    briefing = Pick(
        "At a briefing",
        (Statement, "briefing"),
        required=False,
        help_text="Those who spoke at one call or release are one voice.",
    )
    gains = Word("Gains here", Gains, nothing="As stated for the source", help_text="Overrides the source's own.")
    said_at = Moment("Said at", required=False)
    embargo_until = Moment("Embargo until", required=False, help_text="May not be used before.")
    exhibit = Pick("Archived copy", (Statement, "exhibit"), required=False)
    credibility = Number(
        "Credibility",
        least=1,
        most=6,
        required=False,
        help_text="Admiralty: 1 confirmed … 6 cannot be judged. Not weighed.",
    )

    omitted_when_empty = ("level",)
    seldom = ("briefing", "gains", "said_at", "embargo_until", "exhibit", "credibility")

    def prepare(self) -> None:
        """Say on which clock the times are."""
        for name in ("said_at", "embargo_until"):
            fields.on_this_clock(self.fields[name])


class Record(_WhatWasSaid):
    """A new statement on a claim."""

    source_id = Pick("Source", (Statement, "source"), help_text="Who or what says it. Not there? Register it first.")

    field_order = ("source_id",)

    def prepare(self) -> None:
        """A statement may answer a request that was sent about this claim."""
        super().prepare()
        requests = self.row.reply_requests.select_related("to").order_by("-sent_at")
        if requests:
            self.fields["reply_request"] = Choose(
                "Answers the request", required=False, nothing="No, said on its own account"
            )
            self.choose("reply_request", requests, says=_asked)


class Revise(RevisingForm, _WhatWasSaid):
    """A statement, put right."""

    field_order = ("stance", "direct", "informant")

    @classmethod
    def starts_with(cls, row: Statement) -> dict[str, Any]:
        """The statement as it stands."""
        plain = ("stance", "direct", "quote", "level", "got", "gains", "said_at", "embargo_until", "credibility")
        ties = ("informant", "briefing", "exhibit")
        return (
            super().starts_with(row)
            | {name: getattr(row, name) for name in plain}
            | {name: getattr(row, f"{name}_id") for name in ties}
        )


class TakeBack(VerbForm):
    """How it was taken back."""

    reason = Reason(help_text="When and how it was taken back, or where the retraction stands.")


class Relay(VerbForm):
    """The statement that it repeats."""

    origin_id = Choose("It repeats", help_text="Another statement on this claim with the same stance.")

    def prepare(self) -> None:
        """Only statements that it can repeat."""
        row: Statement = self.row
        others = Statement.objects.filter(claim=row.claim_id, stance=row.stance).exclude(pk=row.pk)
        self.choose("origin_id", others.select_related("source"), says=_said)


def _asked(request: ReplyRequest) -> str:
    return f"To {request.to}, {timezone.localtime(request.sent_at):%d %b %H:%M}"


def _said(one: Statement) -> str:
    return f"{one.source} – {one.get_direct_display()}{_start(one.quote)}"


def _start(quote: str) -> str:
    return f": “{quote[:60]}{'…' if len(quote) > 60 else ''}”" if quote else ""


class Move(VerbForm):
    """The claim that it is about."""

    claim_id = Pick("It is about", (Statement, "claim"), help_text="All that repeats it moves along.")


class Unrelay(VerbForm):
    """Why it is no repeat after all."""

    reason = Reason()


class HoldBriefing(AtADesk):
    """A briefing, call or release."""

    verb = Verb.BRIEFING_HOLD

    name = Text("Name", help_text="Such as: White House press call, Friday noon.")
    held_at = Moment("Held at", required=False)

    field_order = ("name", "held_at", "desk_id")
