"""Integrity checks: a consistent database has no findings, and every corruption is found, repaired or reported."""

from __future__ import annotations

from copy import copy
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial import outbox, retries
from editorial.models import Desk, IntegrityFinding, MessageKind, Notification, OutboxMessage, ScanCursor, Source
from editorial.workflow.evidence.confidentiality import erasure
from editorial.workflow.ops import integrity
from editorial.workflow.ops.integrity import table_scan
from editorial.workflow.review import policies
from tests.notifications.conftest import NotifyingRoom
from tests.permissions.allowed_actions.organization import STRICT
from tests.support import corruptions
from tests.support.cast import HOUR, create_people, events, rolled_back, run_concurrently

pytestmark = pytest.mark.exhaustive

TICK = timedelta(seconds=20)


@pytest.fixture
def room(politics, people):
    """A room whose workers also notify and deliver."""
    return NotifyingRoom(politics, people)


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """A newsroom with rows of every kind, made once, in a transaction that is rolled back after the last test.

    No test that uses it may ask for `db`: that fixture closes the connections at its end.
    """
    with django_db_blocker.unblock(), rolled_back():
        politics, city = (Desk.objects.create(name=name.title(), slug=name) for name in ("politics", "city"))
        yield corruptions.fill_database(NotifyingRoom(politics, create_people(politics, city)))


@pytest.fixture
def filled_room(filled):
    """The filled room; the changes of the test are rolled back."""
    with rolled_back():
        yield copy(filled)


def run_checks(room):
    return {(finding.check_name, finding.subject) for finding in integrity.check_all(now=room.now)}


def run_checks_repeatedly(room, count):
    """Several runs of the checks, with all jobs done after each."""
    for _ in range(count):
        room.now += TICK
        integrity.run(now=room.now)
        room.settle()


def rows():
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str)
        for model in apps.get_app_config("editorial").get_models()
    }


def test_a_consistent_database_has_no_findings(filled_room):
    assert run_checks(filled_room) == set()


def test_a_job_that_waits_to_erase_a_name_is_no_finding(filled_room):
    source = Source.objects.first()
    later = filled_room.now + erasure._WAIT
    outbox.send(MessageKind.ERASE_OLD_ROWS, source.pk, now=filled_room.now, at=later)
    waiting = OutboxMessage.objects.get(kind=MessageKind.ERASE_OLD_ROWS.value, state="ready", available_at=later)
    assert run_checks(filled_room) == set()
    OutboxMessage.objects.filter(pk=waiting.pk).update(available_at=later + HOUR)
    assert run_checks(filled_room) == {("jobs.ready", f"outboxmessage:{waiting.pk}")}


def test_repeated_runs_on_a_consistent_database_write_nothing(filled_room):
    before = rows()
    for _ in range(5):
        filled_room.now += TICK
        assert integrity.run(now=filled_room.now) == []
    assert rows() == before


def test_queued_work_is_not_a_finding(room):
    claim = room.claim()
    room.says(room.person(), claim)
    assert run_checks(room) == set(), "it waits in the outbox"
    room.story(claim)
    assert run_checks(room) == set()


def test_a_scheduled_policy_is_not_a_finding_before_or_after_its_date(filled_room):
    policies.adopt(
        name="Stricter", rules=STRICT, note="So be it.", in_force_at=filled_room.now + 24 * HOUR,
        actor=make_stan_organization_wide(filled_room.people["stan"]), now=filled_room.now,
    )  # fmt: skip
    filled_room.settle()
    assert run_checks(filled_room) == set()


def make_stan_organization_wide(stan):
    stan.memberships.create(role="standards_editor", desk=None)
    return stan


@pytest.mark.slow
def test_every_corruption_is_found_and_repaired_or_reported(filled_room, subtests):
    now = filled_room.now
    for corruption in corruptions.CORRUPTIONS:
        with subtests.test(plant=corruption.name), rolled_back():
            filled_room.now = now
            broken = corruption.apply(filled_room.now)
            subject = f"{broken._meta.model_name}:{broken.pk}"
            assert (corruption.check, subject) in run_checks(filled_room)
            run_checks_repeatedly(filled_room, 3)
            noted = IntegrityFinding.objects.get(check_name=corruption.check, subject=subject)
            notices = Notification.objects.filter(event__stream=f"integrityfinding:{noted.pk}")
            if corruption.repairable:
                assert (corruption.check, subject) not in run_checks(filled_room)
                assert noted.resolved_at is not None
                assert events(noted) == ["integrity.repair", "integrity.resolve"]
                assert not notices.exists()
            else:
                run_checks_repeatedly(filled_room, 3)
                assert noted.resolved_at is None
                assert events(noted) == ["integrity.alert"]
                assert [notice.user.username for notice in notices] == ["ada"]


def test_all_corruptions_together_are_repaired(filled_room):
    for corruption in corruptions.CORRUPTIONS:
        if corruption.repairable:
            corruption.apply(filled_room.now)
    assert len(run_checks(filled_room)) >= 12
    run_checks_repeatedly(filled_room, 8)
    assert run_checks(filled_room) == set()


def test_the_first_run_only_records(filled_room):
    corruptions.gate_set_to_pass(filled_room.now)
    before = OutboxMessage.objects.count()
    integrity.run(now=filled_room.now)
    assert OutboxMessage.objects.count() == before
    assert IntegrityFinding.objects.get().last_action_at is None


def test_a_finding_resolved_by_the_second_run_leaves_no_event_and_no_alert(filled_room):
    story = corruptions.gate_set_to_pass(filled_room.now)
    integrity.run(now=filled_room.now)
    story.save(update_fields=["gate"])
    run_checks_repeatedly(filled_room, 1)
    noted = IntegrityFinding.objects.get()
    assert noted.resolved_at is not None
    assert events(noted) == []


def test_a_failing_repair_is_tried_three_times_and_then_reported(filled_room, monkeypatch):
    corruptions.gate_set_to_pass(filled_room.now)
    monkeypatch.setitem(job_effects(), MessageKind.REEVALUATE_STORY, lambda story, now: None)
    run_checks_repeatedly(filled_room, 12)
    noted = IntegrityFinding.objects.get()
    assert noted.repairs == 3
    assert events(noted).count("integrity.repair") == 3
    assert events(noted).count("integrity.alert") == 1
    assert Notification.objects.filter(event__action="integrity.alert").count() == 1


def job_effects():
    from tests.notifications import conftest

    return conftest._EFFECTS


def test_a_dead_job_is_not_enqueued_again(filled_room):
    claim = corruptions.statement_stance_inverted(filled_room.now)
    job = OutboxMessage.objects.filter(kind="assess_claim", reference=str(claim.pk)).latest("id")
    OutboxMessage.objects.filter(pk=job.pk).update(
        state="dead", dead_at=filled_room.now, next_alert_at=filled_room.now + HOUR, owner=filled_room.people["ada"]
    )
    before = OutboxMessage.objects.filter(kind="assess_claim").count()
    run_checks_repeatedly(filled_room, 4)
    assert OutboxMessage.objects.filter(kind="assess_claim").count() == before


def test_a_table_too_long_for_one_run_is_scanned_in_parts(filled_room, monkeypatch):
    short = [table_scan.TableScan(turn.name, turn.rows, 2, list) for turn in (table_scan.CLAIMS, table_scan.EVIDENCE)]
    broken = corruptions.claim_status_set_to_verified(filled_room.now)
    for turn in short:
        scanned = []
        while True:
            keys, after = table_scan.next_keys(turn)
            scanned += keys
            table_scan.save_cursor(turn, after, now=filled_room.now)
            if after is None:
                break
        assert broken.pk in scanned
        assert scanned == sorted(turn.rows().values_list("pk", flat=True))
        assert ScanCursor.objects.get(name=turn.name).completed_at == filled_room.now


def test_the_queries_of_a_run_do_not_grow_with_the_data(filled_room):
    with CaptureQueriesContext(connection) as few:
        integrity.run(now=filled_room.now)
    for number in range(12):
        filled_room.says(filled_room.person(), filled_room.claim(f"Gate {number} was open."))
    filled_room.settle()
    with CaptureQueriesContext(connection) as more:
        integrity.run(now=filled_room.now)
    assert len(more) <= len(few) + 2
    assert len(few) < 220


@pytest.mark.django_db(transaction=True)
def test_two_runs_do_not_overlap(room):
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7302391)")
        assert run_concurrently(lambda: integrity.run(now=room.now)) == [None]
        cursor.execute("SELECT pg_advisory_unlock(7302391)")
    assert integrity.run(now=room.now) == []


def test_every_check_has_a_one_sentence_message():
    names = [invariant.name for invariant in integrity.CHECKS]
    assert len(names) == len(set(names))
    assert all(invariant.message.endswith(".") and "\n" not in invariant.message for invariant in integrity.CHECKS)
    assert {corruption.check for corruption in corruptions.CORRUPTIONS} <= set(names)


def test_a_longest_pause_is_longer_than_any_other(db):
    for kind in MessageKind:
        pauses = [
            retries.backoff(kind, n, to)
            for to in ("", "mail", "a webhook")
            for n in range(1, retries.max_attempts(kind, to))
        ]
        assert retries.max_backoff(kind) == max(pauses)
