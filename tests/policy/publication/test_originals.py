"""What a wire item forbids: everything that its outlet took back, embargoed, or embargoed in words we cannot read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from editorial.policy.facts import CaseFacts
from editorial.policy.publication import originals, remedy
from editorial.policy.publication.originals import OriginalCode, OriginalFacts, PubStatus
from editorial.policy.vocabulary import Gate, RemedyKind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("original", "codes"),
    [
        (OriginalFacts(), []),
        (OriginalFacts(pub_status=PubStatus.WITHHELD), ["E_ORIGINAL_WITHDRAWN"]),
        (OriginalFacts(pub_status=PubStatus.CANCELED), ["E_ORIGINAL_WITHDRAWN"]),
        (OriginalFacts(embargo_as_stated="noon"), ["E_EMBARGO_UNREADABLE"]),
        (OriginalFacts(embargo_until=NOW + timedelta(seconds=1)), ["UNDER_EMBARGO"]),
        (OriginalFacts(embargo_until=NOW), []),
    ],
)
def test_a_wire_item_blocks_as_long_as_its_outlet_says(original: OriginalFacts, codes: list[str]) -> None:
    blocks = list(originals.blocks(original, at=NOW))
    assert [block.code for block in blocks] == codes
    assert all(block.code.gate is Gate.BLOCK and block.text.endswith(".") for block in blocks)


def test_only_an_embargo_that_ends_by_itself_cannot_be_overridden() -> None:
    assert [code for code in OriginalCode if not code.overridable] == [OriginalCode.UNDER_EMBARGO]


def test_a_withdrawn_original_owes_at_least_a_correction() -> None:
    nothing_owed = remedy.remedy(CaseFacts(), {}, {})
    owed = nothing_owed.with_original_withdrawn()
    assert (nothing_owed.remedy, owed.remedy, owed.withheld) == (RemedyKind.NONE, RemedyKind.CORRECTION, False)
