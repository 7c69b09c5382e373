"""Buttons on a statement."""

from __future__ import annotations

from editorial.models import Relay, Statement
from tests.admin.conftest import assert_done


def test_recording_one(room, visit):
    claim, source = room.claim(), room.person()
    assert_done(
        visit("rosa").submit(
            claim, "statement.record", source_id=str(source.pk), stance="affirms", directness="first_hand",
            obtained_by="us", quote="I saw it.", said_at="2026-01-02T12:00",
        )
    )  # fmt: skip
    recorded = Statement.objects.get()
    assert (recorded.collected_by.username, recorded.terms, recorded.quote) == ("rosa", "on_record", "I saw it.")


def test_revising_moving_withdrawing_and_retracting(room, visit):
    claim, rosa = room.claim(), visit("rosa")
    said = room.says(room.person(), claim)
    given = {
        "stance": "denies",
        "directness": "first_hand",
        "terms": "background",
        "obtained_by": "us",
        "expected_version": said.version,
    }
    assert_done(rosa.submit(said, "statement.revise", **given), said)
    assert (said.stance, said.terms) == ("denies", "background")
    other = room.claim("Another.")
    assert_done(rosa.submit(said, "statement.revise.move", claim_id=str(other.pk)), said)
    assert said.claim == other
    assert_done(rosa.submit(said, "statement.withdraw", reason="Phoned."), said)
    assert_done(rosa.submit(said, "statement.retract", reason="Page one."), said)
    assert said.withdrawn_at
    assert said.retracted_at


def test_tracing_one_to_its_origin_and_back(room, visit):
    claim, rosa = room.claim(), visit("rosa")
    origin = room.says(room.person(), claim)
    derived = room.says(room.source("outlet"), claim, directness="relayed")
    assert_done(rosa.submit(derived, "statement.relay", origin_id=str(origin.pk)))
    relay = Relay.objects.get()
    assert (relay.derived, relay.origin) == (derived, origin)
    assert_done(rosa.submit(relay, "statement.relay.not", reason="It was the other mayor."))
    assert not Relay.objects.exists()
