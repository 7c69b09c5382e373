"""What a wire item forbids: everything that its outlet took back, embargoed, or embargoed in words we cannot read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from editorial.policy.facts import CaseFacts
from editorial.policy.publication import remedy, wire_items
from editorial.policy.publication.wire_items import PubStatus, WireItemCode, WireItemFacts
from editorial.policy.vocabulary import Gate, RemedyKind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("item", "codes"),
    [
        (WireItemFacts(), []),
        (WireItemFacts(pub_status=PubStatus.WITHHELD), ["E_WIRE_ITEM_WITHDRAWN"]),
        (WireItemFacts(pub_status=PubStatus.CANCELED), ["E_WIRE_ITEM_WITHDRAWN"]),
        (WireItemFacts(embargo_as_stated="noon"), ["E_EMBARGO_UNREADABLE"]),
        (WireItemFacts(embargo_until=NOW + timedelta(seconds=1)), ["UNDER_EMBARGO"]),
        (WireItemFacts(embargo_until=NOW), []),
    ],
)
def test_a_wire_item_blocks_as_long_as_its_outlet_says(item: WireItemFacts, codes: list[str]) -> None:
    blocks = list(wire_items.blocks(item, at=NOW))
    assert [block.code for block in blocks] == codes
    assert all(block.code.gate is Gate.BLOCK and block.text.endswith(".") for block in blocks)


def test_only_an_embargo_that_ends_by_itself_cannot_be_overridden() -> None:
    assert [code for code in WireItemCode if not code.overridable] == [WireItemCode.UNDER_EMBARGO]


def test_a_withdrawn_wire_item_owes_at_least_a_correction() -> None:
    nothing_owed = remedy.remedy(CaseFacts(), {}, {})
    owed = nothing_owed.with_wire_item_withdrawn()
    assert (nothing_owed.remedy, owed.remedy, owed.withheld) == (RemedyKind.NONE, RemedyKind.CORRECTION, False)
