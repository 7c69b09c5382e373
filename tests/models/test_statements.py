"""Constraints of statements and relays: one claim, one stance."""

from __future__ import annotations

import pytest
from django.db import connection

from editorial.models import CompoundMember, Relay, Statement
from tests.models.constraints import assert_rejected_by_database

WITHIN = "a relay stays within one claim and one stance, and its derived statement is not first-hand"


@pytest.fixture
def relay_pair(room):
    """A first-hand statement and an outlet that repeats it."""
    claim = room.claim()
    origin = room.says(room.person(), claim)
    derived = room.says(room.source("outlet"), claim, directness="relayed")
    return derived, origin


def relay(room, derived, origin):
    return Relay.objects.create(derived=derived, origin=origin, recorded_by=room.people["rosa"], recorded_at=room.now)


def test_a_statement_is_never_on_a_compound(room):
    compound, part = room.claim(), room.claim()
    CompoundMember.objects.create(compound=compound, member=part)
    statement = room.says(room.person(), part)
    with assert_rejected_by_database("statements attach to members"):
        Statement.objects.filter(pk=statement.pk).update(claim=compound)
    with assert_rejected_by_database("statements attach to members"):
        Statement.objects.create(
            claim=compound,
            source=statement.source,
            stance="affirms",
            directness="first_hand",
            terms="on_record",
            collected_by=room.people["rosa"],
            recorded_at=room.now,
        )


def test_a_relay_stays_within_its_claim(room, relay_pair):
    derived, _ = relay_pair
    other = room.says(room.person(), room.claim())
    with assert_rejected_by_database(WITHIN):
        relay(room, derived, other)


def test_a_denial_does_not_relay_an_affirmation(room, relay_pair):
    derived, _ = relay_pair
    denial = room.denied(derived.claim)
    with assert_rejected_by_database(WITHIN):
        relay(room, derived, denial)


def test_a_first_hand_statement_is_not_a_relay(room, relay_pair):
    derived, origin = relay_pair
    with assert_rejected_by_database(WITHIN):
        relay(room, origin, derived)


def test_a_statement_does_not_repeat_itself(room, relay_pair):
    derived, _ = relay_pair
    with assert_rejected_by_database("relay_not_of_itself"):
        relay(room, derived, derived)


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("change", ["claim", "stance"])
def test_changing_a_relayed_statement_checks_its_relays(room, relay_pair, end, change):
    relay(room, *relay_pair)
    other = {"claim": room.claim(), "stance": "denies"}[change]
    with assert_rejected_by_database(WITHIN):
        Statement.objects.filter(pk=relay_pair[end].pk).update(**{change: other})


def test_a_relaying_statement_does_not_become_first_hand(room, relay_pair):
    relay(room, *relay_pair)
    with assert_rejected_by_database(WITHIN):
        Statement.objects.filter(pk=relay_pair[0].pk).update(directness="first_hand")


def test_a_relay_cannot_be_moved_to_another_claim(room, relay_pair):
    link = relay(room, *relay_pair)
    other = room.says(room.person(), room.claim())
    with assert_rejected_by_database(WITHIN):
        Relay.objects.filter(pk=link.pk).update(origin=other)


def test_both_ends_of_a_relay_may_move_together(room, relay_pair):
    relay(room, *relay_pair)
    claim = room.claim()
    for statement in relay_pair:
        Statement.objects.filter(pk=statement.pk).update(claim=claim)
    connection.check_constraints()
    assert set(Relay.objects.values_list("derived__claim", "origin__claim")) == {(claim.pk, claim.pk)}


@pytest.mark.parametrize("credibility", [0, 7])
def test_credibility_is_from_1_to_6(relay_pair, credibility):
    with assert_rejected_by_database("statement_credibility_1_to_6"):
        Statement.objects.filter(pk=relay_pair[0].pk).update(credibility=credibility)
