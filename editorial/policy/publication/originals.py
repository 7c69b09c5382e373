"""What the wire item behind a story forbids: one that its outlet withdrew, or gave under an embargo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from editorial.policy.vocabulary import ChoiceEnum, Code, Gate


class PubStatus(ChoiceEnum):
    """Whether its outlet lets an item be used, in the words of ninjs. `canceled` is final; `withheld` may be lifted."""

    USABLE = "usable"
    WITHHELD = "withheld"
    CANCELED = "canceled"


class OriginalCode(ChoiceEnum):
    """Why the wire item blocks the story that was drafted from it."""

    E_ORIGINAL_WITHDRAWN = "E_ORIGINAL_WITHDRAWN"
    E_EMBARGO_UNREADABLE = "E_EMBARGO_UNREADABLE"
    UNDER_EMBARGO = "UNDER_EMBARGO"

    @property
    def gate(self) -> Gate:
        """The gate that this code alone would set."""
        return Gate.BLOCK

    @property
    def overridable(self) -> bool:
        """Whether a senior editor may override it, with a logged reason. An embargo that can be read ends by itself."""
        return self is not OriginalCode.UNDER_EMBARGO


EMBARGOES = (OriginalCode.E_EMBARGO_UNREADABLE, OriginalCode.UNDER_EMBARGO)

GATE_CODES = Code.choices() + OriginalCode.choices()
"""Every code of the gate, of a claim's use or of the wire item, with its label."""

OVERRIDABLE = tuple(code.value for code in (*Code, *OriginalCode) if code.overridable)
"""The codes that a senior editor may override."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalFacts:
    """A wire item. `embargo_as_stated`: an embargo that cannot be read, in the outlet's words; else empty."""

    pub_status: PubStatus = PubStatus.USABLE
    embargo_until: datetime | None = None
    embargo_as_stated: str = ""


@dataclass(frozen=True, slots=True)
class OriginalBlock:
    """One objection: its code, and what is wrong and what to do."""

    code: OriginalCode
    text: str


WITHDRAWN_SINCE_PUBLICATION = "The outlet has withdrawn the wire item from which this story was drafted."
"""Why a published story is flagged."""

EXPLANATIONS: dict[str, str] = {
    OriginalCode.E_ORIGINAL_WITHDRAWN: WITHDRAWN_SINCE_PUBLICATION,
    OriginalCode.E_EMBARGO_UNREADABLE: "The embargo of its wire item cannot be read.",
    OriginalCode.UNDER_EMBARGO: "Its wire item is under embargo.",
}
"""Why a story left the schedule, in a notice."""


def blocks(original: OriginalFacts, *, at: datetime) -> Iterator[OriginalBlock]:
    """Why a story drafted from this item may not run at this time. The outlet, which may be hidden, is not named."""
    if original.pub_status is not PubStatus.USABLE:
        yield OriginalBlock(
            OriginalCode.E_ORIGINAL_WITHDRAWN,
            f"The wire item from which this story was drafted is {original.pub_status}: its outlet has withdrawn it. "
            "Spike the story, write one of your own, or ask a senior editor to override this with a reason.",
        )
    if original.embargo_as_stated:
        yield OriginalBlock(
            OriginalCode.E_EMBARGO_UNREADABLE,
            f"The wire item's embargo could not be parsed: “{original.embargo_as_stated}”. Ask the outlet when it "
            "ends; a senior editor can then override this block with a reason.",
        )
    if original.embargo_until is not None and at < original.embargo_until:
        yield OriginalBlock(
            OriginalCode.UNDER_EMBARGO,
            "This story was drafted from a wire item that is under embargo until "
            f"{original.embargo_until:%d %B %Y, %H:%M} UTC. Schedule it for then, or write a story of your own.",
        )
