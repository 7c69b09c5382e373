"""Relays: who repeats whom, and how a link is undone."""

from __future__ import annotations

import pytest

from editorial.models import Relay
from editorial.workflow.core.errors import NotFound, ValidationFailed
from editorial.workflow.evidence import statements
from tests.support.cast import (
    assert_refused,
    events,
)


class TestRelaying:
    @pytest.fixture
    def relay_pair(self, room):
        claim = room.claim()
        return room.says(room.source("outlet"), claim, directness="relayed"), room.says(room.person(), claim)

    def relay(self, room, derived, origin):
        return statements.relay(derived_id=derived.pk, origin_id=origin.pk, actor=room.people["rosa"], now=room.now)

    def test_a_repeat_adds_no_origin(self, room, relay_pair):
        derived, origin = relay_pair
        claim = origin.claim
        room.settle()
        assert claim.assessments.latest().origins == 2
        self.relay(room, derived, origin)
        room.settle()
        assert claim.assessments.latest().origins == 1

    def test_relaying_again_changes_nothing(self, room, relay_pair):
        first = self.relay(room, *relay_pair)
        assert self.relay(room, *relay_pair) == first
        assert events(relay_pair[0]) == ["statement.record", "statement.relay"]

    def test_each_invalid_relay_is_explained(self, room, relay_pair):
        derived, origin = relay_pair
        elsewhere, denial = room.says(room.person(), room.claim()), room.denied(origin.claim)
        for one, other, kind, code in (
            (derived, derived, ValidationFailed, "SAME_OBJECT"),
            (derived, elsewhere, ValidationFailed, "OTHER_CLAIM"),
            (derived, denial, ValidationFailed, "OTHER_STANCE"),
            (origin, derived, ValidationFailed, "FIRST_HAND"),
        ):
            with assert_refused(kind, code):
                self.relay(room, one, other)

    def test_a_relay_recorded_in_error_is_undone(self, room, relay_pair, rosa):
        link = self.relay(room, *relay_pair)
        statements.undo_relay(relay_id=link.pk, reason="Mixed up.", actor=rosa, now=room.now)
        assert not Relay.objects.exists()
        assert events(relay_pair[0])[-1] == "statement.undo_relay"
        with assert_refused(NotFound, "NOT_FOUND"):
            statements.undo_relay(relay_id=link.pk, reason="Mixed up.", actor=rosa, now=room.now)

    def test_a_refusal_to_undo_does_not_name_a_hidden_statement(self, room, relay_pair, city):
        link = self.relay(room, *relay_pair)
        with pytest.raises(NotFound) as refusal:
            statements.undo_relay(relay_id=link.pk, reason="Mixed up.", actor=room.people["carl"], now=room.now)
        assert str(relay_pair[0].pk) not in str(refusal.value)
