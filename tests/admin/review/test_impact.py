"""The impact panel beside a withdrawal or a merge."""

from __future__ import annotations

import pytest

from editorial.workflow.evidence import sources
from tests.admin.conftest import page_text

pytestmark = pytest.mark.exhaustive  # plays whole stories


def test_recording_a_withdrawal_previews_what_would_change(room, visit):
    claim = room.verified("The lock was broken.")
    story = room.published(claim)
    said = claim.statements.first()
    words = page_text(visit("rosa").open_form(said, "statement.end"))
    assert "Impact" in words
    assert f"The lock was broken. Verified → Under investigation Published {story.headline}" in words
    said.refresh_from_db()
    assert said.ended is None


def test_a_withdrawal_that_changes_nothing_says_so(room, visit):
    said = room.says(room.person(), room.claim(), "unaware")
    assert "No finding would change." in page_text(visit("rosa").open_form(said, "statement.end"))


def test_a_merger_previews_what_would_change(room, visit):
    claim = room.verified("The lock was broken.")
    one, other = (said.source for said in claim.statements.all())
    looking = visit("edith").open_form(one, "source.merge")
    assert "Show impact" in page_text(looking)
    words = page_text(visit("edith").open_form(one, "source.merge", into_id=str(other.pk)))
    assert "The lock was broken. Verified → Under investigation" in words
    assert (
        str(other.pk) in words + visit("edith").open_form(one, "source.merge", into_id=str(other.pk)).content.decode()
    )
    assert "No source nonsense exists" in page_text(visit("edith").open_form(one, "source.merge", into_id="nonsense"))


def test_the_impact_of_a_merger_tells_only_custodians_who_a_named_person_also_is(room, visit):
    claim, vault = room.claim("The lock was broken."), {"identity_name": "Ona Oak", "identity_known_by": "born 1970"}
    room.says(room.person("an aide", unnamed=True, **vault), claim)
    room.says(witness := room.person("Will Witness"), claim)
    room.settle()
    public = room.person("Ona Oak")

    def impact_of(name):
        return page_text(visit(name).open_form(public, "source.merge", into_id=str(witness.pk)))

    apart = impact_of("edith"), impact_of("cuno")
    sources.match_identity(source_id=public.pk, **vault, actor=room.people["rosa"], now=room.now)
    room.settle()
    assert "No finding would change." in impact_of("edith")
    assert impact_of("edith") == apart[0]
    assert "No finding would change." in apart[1]
    assert "The lock was broken. Verified → " in impact_of("cuno")
