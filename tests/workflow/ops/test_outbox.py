"""The outbox: work is begun once at a time, done with its effect or not at all, and buried only after five starts."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.db import transaction

from editorial import outbox
from editorial.backlog import KEEP_DONE
from editorial.models import Claim, MessageKind, MessageState, OutboxMessage
from editorial.outbox import LEASE, MAX_IN_FLIGHT, REDISPATCH_AFTER
from editorial.retries import MAX_ATTEMPTS
from editorial.workflow.ops import scheduler
from tests.support.cast import NOW, exceptions_in, fresh, run_concurrently, wait_for_lock_waiter

REFERENCE = "0198f000-0000-7000-8000-000000000001"


def send(reference=REFERENCE, *, kind=MessageKind.ASSESS_CLAIM, **when):
    with transaction.atomic():
        outbox.send(kind, reference, now=NOW, **when)
    return OutboxMessage.objects.filter(reference=reference).latest("id")


def claim_batch(now=NOW):
    return [job.message for job in outbox.claim_batch(now=now)]


@pytest.mark.django_db
class TestDispatching:
    def test_a_ready_job_is_dispatched_once_and_again_only_if_not_started(self):
        message = send()
        assert claim_batch() == [message.pk]
        assert claim_batch(NOW + REDISPATCH_AFTER / 2) == []
        assert claim_batch(NOW + REDISPATCH_AFTER) == [message.pk]
        outbox.start(message.pk, now=NOW + REDISPATCH_AFTER)
        assert claim_batch(NOW + REDISPATCH_AFTER * 1.5) == []

    def test_a_delayed_job_waits(self):
        message = send(at=NOW + timedelta(hours=1))
        assert claim_batch() == []
        assert claim_batch(NOW + timedelta(hours=1)) == [message.pk]

    def test_the_oldest_job_comes_first(self):
        late, early = send("late", at=NOW), send("early", at=NOW - timedelta(hours=1))
        assert claim_batch() == [early.pk, late.pk]

    def test_no_more_jobs_are_dispatched_than_workers_take(self):
        outbox.send_each(MessageKind.ASSESS_CLAIM, [f"claim {number}" for number in range(MAX_IN_FLIGHT + 5)], now=NOW)
        claimed = claim_batch()
        assert len(claimed) == MAX_IN_FLIGHT
        assert claim_batch() == []
        run = outbox.start(claimed[0], now=NOW)
        outbox.finish(run, now=NOW)
        assert len(claim_batch()) == 1

    def test_lost_dispatches_use_no_capacity(self):
        outbox.send_each(MessageKind.ASSESS_CLAIM, [f"claim {number}" for number in range(MAX_IN_FLIGHT)], now=NOW)
        claim_batch()
        assert len(claim_batch(NOW + REDISPATCH_AFTER)) == MAX_IN_FLIGHT

    def test_jobs_the_broker_rejected_stay_due(self):
        message = send()
        claimed = outbox.claim_batch(now=NOW)
        outbox.return_to_queue(claimed)
        assert fresh(message).state == MessageState.READY
        assert outbox.claim_batch(now=NOW) == claimed

    def test_a_started_job_is_not_returned_to_the_queue(self):
        message = send()
        claimed = outbox.claim_batch(now=NOW)
        outbox.start(message.pk, now=NOW)
        outbox.return_to_queue(claimed)
        assert fresh(message).state == MessageState.RUNNING

    def test_a_failed_job_goes_to_quarantine(self):
        message = send()
        assert [job.failed_before for job in outbox.claim_batch(now=NOW)] == [False]
        run = outbox.start(message.pk, now=NOW)
        outbox.fail(run, ValueError(), now=NOW)
        assert [job.failed_before for job in outbox.claim_batch(now=NOW + LEASE)] == [True]

    def test_quarantined_jobs_use_no_capacity_of_others(self):
        outbox.send_each(MessageKind.ASSESS_CLAIM, [f"claim {number}" for number in range(MAX_IN_FLIGHT)], now=NOW)
        OutboxMessage.objects.update(error="ValueError")
        assert len(claim_batch()) == outbox.MAX_QUARANTINED_IN_FLIGHT
        innocent = send("innocent")
        assert claim_batch() == [innocent.pk]

    def test_a_job_that_killed_a_worker_goes_to_quarantine_the_second_time(self):
        message = send()
        suspected = []
        for attempt in range(3):
            suspected += [job.failed_before for job in outbox.claim_batch(now=NOW + LEASE * attempt)]
            outbox.start(message.pk, now=NOW + LEASE * attempt)
        assert suspected == [False, False, True]


@pytest.mark.django_db
class TestCoalescing:
    def test_equal_jobs_are_coalesced(self):
        assert send() == send()
        claim_batch()
        assert send() == OutboxMessage.objects.get()

    def test_a_started_job_is_enqueued_again(self):
        message = send()
        claim_batch()
        outbox.start(message.pk, now=NOW)
        assert send() != message

    def test_a_delayed_job_does_not_absorb_an_immediate_one(self):
        later = send(at=NOW + timedelta(hours=1))
        assert send() != later

    def test_jobs_of_different_kinds_are_not_coalesced(self):
        assert send() != send(kind=MessageKind.REEVALUATE_STORY)

    def test_a_failed_job_does_not_absorb_a_new_one(self):
        message = send()
        claim_batch()
        outbox.fail(outbox.start(message.pk, now=NOW), RuntimeError(), now=NOW)
        assert send() != message


@pytest.mark.django_db
class TestRunning:
    def begun(self):
        message = send()
        claim_batch()
        return message

    def test_a_message_is_started_once(self):
        message = self.begun()
        run = outbox.start(message.pk, now=NOW)
        assert (run.kind, run.reference) == (MessageKind.ASSESS_CLAIM, REFERENCE)
        assert outbox.start(message.pk, now=NOW) is None
        assert fresh(message).attempts == 1

    def test_a_message_that_was_not_dispatched_is_not_started(self):
        assert outbox.start(send().pk, now=NOW) is None

    def test_a_job_commits_its_effect_and_is_done(self):
        message = self.begun()
        effects = []
        assert outbox.run_message(
            message.pk, lambda reference, now: effects.append((reference, now)), clock=lambda: NOW
        )
        assert effects == [(REFERENCE, NOW)]
        assert (fresh(message).state, message.done_at, message.token) == ("done", NOW, None)
        assert not outbox.run_message(message.pk, lambda reference, now: effects.append(reference), clock=lambda: NOW)
        assert len(effects) == 1

    def test_a_failed_job_leaves_no_effect_and_backs_off(self, room):
        message = self.begun()

        def effect(_reference, now):
            room.claim("Half done.")
            raise ValueError("Jo Roe said so")

        pauses = []
        now = NOW
        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(ValueError, match="Jo Roe"):
                outbox.run_message(message.pk, effect, clock=lambda now=now: now)
            pauses.append(fresh(message).available_at - now)
            now = message.available_at
            claim_batch(now)
        assert not Claim.objects.exists()
        assert pauses == sorted(set(pauses)), "each pause is longer"
        assert (message.state, message.attempts) == ("dead", MAX_ATTEMPTS)
        assert message.error == "ValueError", "what the error says may quote content"

    def test_a_dead_letter_is_neither_dispatched_nor_started(self):
        message = self.begun()
        OutboxMessage.objects.update(state=MessageState.DEAD.value)
        assert claim_batch(NOW + timedelta(days=1)) == []
        assert outbox.start(message.pk, now=NOW) is None

    def test_a_dead_worker_loses_its_lease_and_another_starts(self):
        message = self.begun()
        outbox.start(message.pk, now=NOW)
        assert claim_batch(NOW + LEASE / 2) == []
        assert claim_batch(NOW + LEASE) == [message.pk]
        assert outbox.start(message.pk, now=NOW + LEASE).token == fresh(message).token
        assert message.attempts == 2

    def test_a_job_that_kills_every_worker_becomes_a_dead_letter(self):
        message, now = self.begun(), NOW
        for _ in range(MAX_ATTEMPTS):
            assert outbox.start(message.pk, now=now)
            now += LEASE
            claim_batch(now)
        assert (fresh(message).state, message.error) == ("dead", "The worker died in every attempt.")

    def test_a_worker_that_lost_its_lease_commits_nothing(self, room):
        message = self.begun()

        def overtaken(_reference, now):
            room.claim("By the slow one.")
            claim_batch(NOW + LEASE)
            assert outbox.start(message.pk, now=NOW + LEASE)

        with pytest.raises(outbox.LeaseLost):
            outbox.run_message(message.pk, overtaken, clock=lambda: NOW)
        assert not Claim.objects.exists()

    def test_a_failure_after_losing_the_lease_changes_nothing(self):
        message = self.begun()
        slow = outbox.start(message.pk, now=NOW)
        claim_batch(NOW + LEASE)
        outbox.start(message.pk, now=NOW + LEASE)
        outbox.fail(slow, RuntimeError(), now=NOW + LEASE)
        assert fresh(message).state == "running"

    def test_a_missing_message_is_ignored(self):
        assert not outbox.run_message(uuid4(), lambda *_args, **_kwargs: None, clock=lambda: NOW)


class TestConcurrency:
    def test_concurrent_dispatchers_dispatch_each_message_once(self, parallel):
        outbox.send_each(MessageKind.ASSESS_CLAIM, [f"claim {number}" for number in range(60)], now=NOW)
        claimed = run_concurrently(claim_batch, claim_batch, claim_batch, claim_batch)
        assert sorted(key for keys in claimed for key in keys) == sorted(
            OutboxMessage.objects.values_list("pk", flat=True)
        )

    def test_of_concurrent_starts_one_succeeds(self, parallel):
        for number in range(10):
            message = send(f"claim {number}")
            claim_batch()
            runs = run_concurrently(*[lambda message=message: outbox.start(message.pk, now=NOW)] * 6)
            assert len([run for run in runs if run]) == 1

    def test_an_effect_is_committed_once_however_often_it_is_dispatched(self, parallel):
        message = send()
        claim_batch()
        outcomes = run_concurrently(
            *[lambda: outbox.run_message(message.pk, lambda _reference, now: parallel.claim(), clock=lambda: NOW)] * 4
        )
        assert sorted(outcomes) == [False, False, False, True]
        assert Claim.objects.count() == 1

    def test_a_start_waits_for_a_concurrent_enqueue(self, parallel):
        """The heart of sending together: a message that stands for a change cannot begin before it is committed."""
        message = send()
        claim_batch()
        effects = []

        def write():
            with transaction.atomic():
                outbox.send(MessageKind.ASSESS_CLAIM, REFERENCE, now=NOW)
                locked.set()
                wait_for_lock_waiter()  # the other one is about to begin, and must not
                parallel.claim("Written meanwhile.")

        def begin():
            assert locked.wait(60)
            outbox.run_message(message.pk, lambda _r, now: effects.append(Claim.objects.count()), clock=lambda: NOW)

        locked = Event()
        assert exceptions_in(run_concurrently(write, begin)) == []
        assert effects == [1]
        assert OutboxMessage.objects.filter(reference=REFERENCE).count() == 1


@pytest.mark.django_db
class TestRetention:
    def test_only_jobs_that_are_long_done_are_deleted(self):
        states = {reference: send(reference) for reference in ("done", "done later", "dead", "waiting")}
        claim_batch()
        outbox.finish(outbox.start(states["done"].pk, now=NOW), now=NOW)
        outbox.finish(outbox.start(states["done later"].pk, now=NOW), now=NOW + timedelta(seconds=1))
        OutboxMessage.objects.filter(reference="dead").update(state=MessageState.DEAD.value, dead_at=NOW)
        scheduler.run_due(now=NOW + KEEP_DONE - timedelta(seconds=1))
        assert OutboxMessage.objects.filter(reference__in=states).count() == 4
        scheduler.run_due(now=NOW + KEEP_DONE)
        assert set(OutboxMessage.objects.filter(reference__in=states).values_list("reference", flat=True)) == {
            "done later",
            "dead",
            "waiting",
        }
