"""What the verbs of the right of reply ask for."""

from __future__ import annotations

from typing import Any

from editorial.admin.framework import fields
from editorial.admin.framework.action_forms import VerbForm
from editorial.admin.framework.fields import Moment, Pick, PickSeveral, Prose, Reason, Secret, Text, Word
from editorial.models import ReplyRequest
from editorial.policy.vocabulary import Outcome

_COVERS = "What is not listed here was not asked, and no silence about it counts."


class _ToAParty(VerbForm):
    """To whom, about what."""

    to_id = Pick("To", (ReplyRequest, "to"), help_text="The party itself, or whoever speaks for it.")
    covers = PickSeveral("Claims put to them", (ReplyRequest, "covers"), help_text=_COVERS)

    @classmethod
    def starts_with(cls, row: Any) -> dict[str, Any]:
        """The claim it begins from, if any."""
        return {"covers": [row.pk]} if row is not None else {}

    def prepare(self) -> None:
        """Where the claim accuses but one party, it is that."""
        if self.row is not None and not self.initial.get("to_id"):
            parties = list(self.row.adverse_to.values_list("pk", flat=True)[:2])
            if len(parties) == 1:
                self.initial["to_id"] = parties[0]


class Send(_ToAParty):
    """What was put to them, and by when they are asked to answer."""

    question = Prose("What was put to them", rows=4)
    deadline_at = Moment("Answer asked for by")
    channel = Text("How it was sent", most=80, required=False, help_text="Telephone, e-mail, letter …")
    sent_at = Moment("Sent at", required=False, help_text="Empty: now.")
    reason = Reason("Why the time is short", required=False, help_text="Needed where it is less than the full window.")

    seldom = ("channel", "sent_at", "reason")

    def prepare(self) -> None:
        """Say on which clock the times are."""
        super().prepare()
        for name in ("deadline_at", "sent_at"):
            fields.on_this_clock(self.fields[name])


class Waive(_ToAParty):
    """Why nobody is asked."""

    reason = Reason("Why they are not asked", help_text="A waived reply is read afterwards.")


class Answer(VerbForm):
    """How the request ended, and who answered."""

    outcome = Word("How it ended", (Outcome.REPLIED, Outcome.DECLINED, Outcome.NO_RESPONSE, Outcome.UNREACHABLE))
    respondent_id = Pick("Who answered", (ReplyRequest, "to"), required=False, help_text="A recorded source …")
    respondent_name = Secret(
        "… or by name",
        required=False,
        help_text="Not kept: only a token is, by which it shows if an unnamed source of ours “declined to comment”.",
    )
    respondent_known_by = Secret("Known by", required=False, help_text="What tells them from a namesake.")
