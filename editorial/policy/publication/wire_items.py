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


class WireItemCode(ChoiceEnum):
    """Why the wire item blocks the story that was drafted from it."""

    E_WIRE_ITEM_WITHDRAWN = "E_WIRE_ITEM_WITHDRAWN"
    E_EMBARGO_UNREADABLE = "E_EMBARGO_UNREADABLE"
    UNDER_EMBARGO = "UNDER_EMBARGO"

    @property
    def gate(self) -> Gate:
        """The gate that this code alone would set."""
        return Gate.BLOCK

    @property
    def overridable(self) -> bool:
        """Whether a senior editor may override it, with a logged reason. An embargo that can be read ends by itself."""
        return self is not WireItemCode.UNDER_EMBARGO


EMBARGOES = (WireItemCode.E_EMBARGO_UNREADABLE, WireItemCode.UNDER_EMBARGO)

GATE_CODES = Code.choices() + WireItemCode.choices()
"""Every code of the gate, of a claim's use or of the wire item, with its label."""

OVERRIDABLE = tuple(code.value for code in (*Code, *WireItemCode) if code.overridable)
"""The codes that a senior editor may override."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireItemFacts:
    """A wire item. `embargo_as_stated`: an embargo that cannot be read, in the outlet's words; else empty."""

    pub_status: PubStatus = PubStatus.USABLE
    embargo_until: datetime | None = None
    embargo_as_stated: str = ""


@dataclass(frozen=True, slots=True)
class WireItemBlock:
    """One objection: its code, and what is wrong and what to do."""

    code: WireItemCode
    text: str


WITHDRAWN_SINCE_PUBLICATION = "The outlet has withdrawn the wire item from which this story was drafted."
"""Why a published story is flagged."""

EXPLANATIONS: dict[str, str] = {
    WireItemCode.E_WIRE_ITEM_WITHDRAWN: WITHDRAWN_SINCE_PUBLICATION,
    WireItemCode.E_EMBARGO_UNREADABLE: "The embargo of its wire item cannot be read.",
    WireItemCode.UNDER_EMBARGO: "Its wire item is under embargo.",
}
"""Why a story left the schedule, in a notice."""


def blocks(item: WireItemFacts, *, at: datetime) -> Iterator[WireItemBlock]:
    """Why a story drafted from this item may not run at this time. The outlet, which may be hidden, is not named."""
    if item.pub_status is not PubStatus.USABLE:
        yield WireItemBlock(
            WireItemCode.E_WIRE_ITEM_WITHDRAWN,
            f"The wire item from which this story was drafted is {item.pub_status}: its outlet has withdrawn it. "
            "Spike the story, write one of your own, or ask a senior editor to override this with a reason.",
        )
    if item.embargo_as_stated:
        yield WireItemBlock(
            WireItemCode.E_EMBARGO_UNREADABLE,
            f"The wire item's embargo could not be parsed: “{item.embargo_as_stated}”. Ask the outlet when it "
            "ends; a senior editor can then override this block with a reason.",
        )
    if item.embargo_until is not None and at < item.embargo_until:
        yield WireItemBlock(
            WireItemCode.UNDER_EMBARGO,
            "This story was drafted from a wire item that is under embargo until "
            f"{item.embargo_until:%d %B %Y, %H:%M} UTC. Schedule it for then, or write a story of your own.",
        )
