"""Reconciliation: a healthy house is left alone, and whatever was planted is found, repaired, or told to somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial import outbox
from editorial.models import Discrepancy, MessageKind, Notification, OutboxMessage, Rotation
from editorial.workflow.ops import integrity
from editorial.workflow.ops.integrity import table_scan
from editorial.workflow.review import policies
from tests.notifications.conftest import TellingRoom
from tests.permissions.test_actions import STRICT, rolled_back
from tests.support import corruptions
from tests.support.cast import HOUR, events, together

TICK = timedelta(seconds=20)


@pytest.fixture
def room(politics, people):
    """The newsroom, in which people are told and letters go out."""
    return TellingRoom(politics, people)


@pytest.fixture
def house(room):
    """That house."""
    return corruptions.fill(room)


def found(room):
    return {(finding.invariant, finding.subject) for finding in integrity.findings(now=room.now)}


def looks(room, count):
    """Several looks of the beat, with all work done after each."""
    for _ in range(count):
        room.now += TICK
        integrity.reconcile(now=room.now)
        room.settle()


def rows():
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str)
        for model in apps.get_app_config("editorial").get_models()
    }


def test_nothing_is_found_where_all_work_is_done(house):
    assert found(house) == set()


def test_looking_again_and_again_at_a_healthy_house_writes_nothing(house):
    before = rows()
    for _ in range(5):
        house.now += TICK
        assert integrity.reconcile(now=house.now) == []
    assert rows() == before


def test_work_that_waits_is_no_finding(room):
    claim = room.claim()
    room.says(room.person(), claim)
    assert found(room) == set(), "it waits in the outbox"
    room.story(claim)
    assert found(room) == set()


def test_a_policy_to_come_is_no_finding_before_or_after_it_has_come(house, stan):
    policies.adopt(
        name="Stricter", rules=STRICT, note="So be it.", in_force_at=house.now + 24 * HOUR,
        actor=stan_of_the_house(stan), now=house.now,
    )  # fmt: skip
    house.settle()
    assert found(house) == set()


def stan_of_the_house(stan):
    stan.memberships.create(role="standards_editor", desk=None)
    return stan


@pytest.mark.exhaustive
def test_what_is_planted_is_found_and_repaired_or_told(house, subtests):
    now = house.now
    for plant in corruptions.PLANTS:
        with subtests.test(plant=plant.name), rolled_back():
            house.now = now
            broken = plant.damage(house.now)
            subject = f"{broken._meta.model_name}:{broken.pk}"
            assert (plant.finds, subject) in found(house)
            looks(house, 3)
            noted = Discrepancy.objects.get(invariant=plant.finds, subject=subject)
            notices = Notification.objects.filter(event__stream=f"discrepancy:{noted.pk}")
            if plant.repaired:
                assert (plant.finds, subject) not in found(house)
                assert noted.gone_at is not None
                assert events(noted) == ["discrepancy.repair", "discrepancy.close"]
                assert not notices.exists()
            else:
                looks(house, 3)
                assert noted.gone_at is None
                assert events(noted) == ["discrepancy.page"]
                assert [notice.user.username for notice in notices] == ["ada"]


def test_all_of_them_at_once_are_put_right(house):
    for plant in corruptions.PLANTS:
        if plant.repaired:
            plant.damage(house.now)
    assert len(found(house)) >= 12
    looks(house, 8)
    assert found(house) == set()


def test_the_first_look_only_notes(house):
    corruptions.gate_opened_by_hand(house.now)
    before = OutboxMessage.objects.count()
    integrity.reconcile(now=house.now)
    assert OutboxMessage.objects.count() == before
    assert Discrepancy.objects.get().acted_at is None


def test_what_is_gone_by_the_second_look_leaves_no_event_and_no_alarm(house):
    story = corruptions.gate_opened_by_hand(house.now)
    integrity.reconcile(now=house.now)
    story.save(update_fields=["gate"])
    looks(house, 1)
    noted = Discrepancy.objects.get()
    assert noted.gone_at is not None
    assert events(noted) == []


def test_a_repair_that_does_not_hold_is_tried_three_times_and_then_told(house, monkeypatch):
    corruptions.gate_opened_by_hand(house.now)
    monkeypatch.setitem(house_effects(), MessageKind.REVIEW_STORY, lambda story, now: None)
    looks(house, 12)
    noted = Discrepancy.objects.get()
    assert noted.repairs == 3
    assert events(noted).count("discrepancy.repair") == 3
    assert events(noted).count("discrepancy.page") == 1
    assert Notification.objects.filter(event__verb="discrepancy.page").count() == 1


def house_effects():
    from tests.notifications import conftest

    return conftest._EFFECTS


def test_a_job_that_lies_dead_is_not_asked_for_again(house):
    claim = corruptions.statement_turned_around(house.now)
    letter = OutboxMessage.objects.filter(kind="review_claim", reference=str(claim.pk)).latest("id")
    OutboxMessage.objects.filter(pk=letter.pk).update(
        state="dead", died_at=house.now, alarm_at=house.now + HOUR, owner=house.people["ada"]
    )
    before = OutboxMessage.objects.filter(kind="review_claim").count()
    looks(house, 4)
    assert OutboxMessage.objects.filter(kind="review_claim").count() == before


def test_a_table_that_is_too_long_for_one_look_is_walked_through(house, monkeypatch):
    short = [table_scan.Turn(turn.name, turn.rows, 2, list) for turn in (table_scan.CLAIMS, table_scan.EVIDENCE)]
    broken = corruptions.claim_verified_by_hand(house.now)
    for turn in short:
        seen = []
        while True:
            keys, after = table_scan.next_keys(turn)
            seen += keys
            table_scan.keep_place(turn, after, now=house.now)
            if after is None:
                break
        assert broken.pk in seen
        assert seen == sorted(turn.rows().values_list("pk", flat=True))
        assert Rotation.objects.get(name=turn.name).turned_at == house.now


def test_what_a_look_asks_does_not_grow_with_what_there_is(house):
    with CaptureQueriesContext(connection) as few:
        integrity.reconcile(now=house.now)
    for number in range(12):
        house.says(house.person(), house.claim(f"Gate {number} was open."))
    house.settle()
    with CaptureQueriesContext(connection) as more:
        integrity.reconcile(now=house.now)
    assert len(more) <= len(few) + 2
    assert len(few) < 220


@pytest.mark.django_db(transaction=True)
def test_two_beats_do_not_look_at_once(room):
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7302391)")
        assert together(lambda: integrity.reconcile(now=room.now)) == [None]
        cursor.execute("SELECT pg_advisory_unlock(7302391)")
    assert integrity.reconcile(now=room.now) == []


def test_an_invariant_says_in_one_sentence_what_holds():
    names = [invariant.name for invariant in integrity.INVARIANTS]
    assert len(names) == len(set(names))
    assert all(invariant.says.endswith(".") and "\n" not in invariant.says for invariant in integrity.INVARIANTS)
    assert {plant.finds for plant in corruptions.PLANTS} <= set(names)


def test_a_longest_pause_is_longer_than_any_other(db):
    for kind in MessageKind:
        assert outbox.longest_pause(kind) == max(outbox.pause(kind, n) for n in range(1, outbox.MOST_ATTEMPTS))
