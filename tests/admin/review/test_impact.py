"""The impact panel beside a withdrawal or a merge."""

from __future__ import annotations

from tests.admin.conftest import page_text


def test_recording_a_withdrawal_previews_what_would_fall(room, visit):
    claim = room.verified("The lock was broken.")
    story = room.published(claim)
    said = claim.statements.first()
    words = page_text(visit("rosa").open_form(said, "statement.withdraw"))
    assert "Impact" in words
    assert f"The lock was broken. Verified → Under investigation Published {story.headline}" in words
    said.refresh_from_db()
    assert said.withdrawn_at is None


def test_where_nothing_would_fall_it_says_so(room, visit):
    said = room.says(room.person(), room.claim(), "unaware")
    assert "No finding would change." in page_text(visit("rosa").open_form(said, "statement.withdraw"))


def test_two_sources_that_prove_one(room, visit):
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
