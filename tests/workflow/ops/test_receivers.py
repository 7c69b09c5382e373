"""Receivers: a few jobs at a time for each, none for one that failed repeatedly, and nothing lost."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

import pytest

from editorial import backlog, outbox, receivers
from editorial.models import CircuitBreaker, Delivery, Event, Import, MessageKind, OutboxMessage, WebhookEndpoint
from editorial.operations import queue_health, queue_stats
from editorial.workflow.ops import dead_letters, scheduler
from tests.support.cast import NOW, Room, run_concurrently
from tests.support.outlet_server import OutletServer
from tests.workflow.imports.test_fetch import outlet as outlet
from tests.workflow.imports.test_fetch import page_naming, run_fetches, start_import

_numbers = count()


def wait_for(receiver: str, number: int, at: datetime = NOW) -> list[OutboxMessage]:
    """Messages that wait to be sent to a receiver."""
    return OutboxMessage.objects.bulk_create(
        OutboxMessage(kind="deliver", reference=str(each), receiver=receiver, created_at=at, available_at=at)
        for each in (next(_numbers) for _ in range(number))
    )


def claim_batch(now: datetime = NOW) -> dict[str, int]:
    """How many messages each receiver is sent."""
    dispatched = outbox.claim_batch(now=now)
    names = OutboxMessage.objects.filter(pk__in=[job.message for job in dispatched]).values_list("receiver", flat=True)
    return {name: list(names).count(name) for name in set(names)}


def end(receiver: str, *, well: bool, now: datetime = NOW) -> None:
    """End every job that a receiver was sent."""
    for message in OutboxMessage.objects.filter(receiver=receiver, state="sent"):
        run = outbox.start(message.pk, now=now)
        assert run is not None
        if well:
            receivers.record_success(receiver)
            outbox.finish(run, now=now)
        else:
            receivers.record_failure(receiver, now=now)
            outbox.fail(run, OSError(), now=now)


def open_breaker(receiver: str) -> datetime:
    """Let three calls fail; when the pause ends."""
    for _ in range(3):
        receivers.record_failure(receiver, now=NOW)
    ends = CircuitBreaker.objects.get(receiver=receiver).open_until
    assert ends is not None
    return ends


@pytest.mark.django_db
class TestLimit:
    def test_a_receiver_has_two_jobs_at_a_time_however_many_wait(self) -> None:
        wait_for("slow", 300)
        wait_for("other", 1, NOW + timedelta(minutes=1))
        assert claim_batch(NOW + timedelta(minutes=1)) == {"slow": 2, "other": 1}
        assert claim_batch(NOW + timedelta(minutes=1)) == {}
        end("slow", well=True)
        assert claim_batch(NOW + timedelta(minutes=1)) == {"slow": 2}

    def test_a_running_job_counts_until_its_lease_ends(self) -> None:
        wait_for("slow", 5)
        outbox.claim_batch(now=NOW)
        for message in OutboxMessage.objects.filter(state="sent"):
            outbox.start(message.pk, now=NOW)
        assert claim_batch(NOW + outbox.LEASE / 2) == {}
        assert claim_batch(NOW + outbox.LEASE) == {"slow": 2}

    def test_jobs_for_receivers_take_no_capacity_of_others(self) -> None:
        for number in range(outbox.MAX_EXTERNAL_IN_FLIGHT):
            wait_for(f"{number:02}", 3)
        outbox.send_each(MessageKind.ASSESS_CLAIM, ["claim"], now=NOW)
        assert sum(claim_batch().values()) == outbox.MAX_EXTERNAL_IN_FLIGHT + 1
        assert not backlog.is_backlogged(now=NOW)

    def test_a_failed_delivery_does_not_go_to_quarantine(self) -> None:
        wait_for("slow", 1)
        claim_batch()
        end("slow", well=False)
        (again,) = outbox.claim_batch(now=NOW + timedelta(hours=1))
        assert not again.failed_before

    def test_a_finished_job_is_followed_by_the_next_for_the_same_receiver(self) -> None:
        wait_for("other", 1)
        first, second = wait_for("slow", 2)
        assert backlog.send_following(first.pk, now=NOW) is None, "it is not done"
        OutboxMessage.objects.filter(pk=first.pk).update(state="done")
        assert backlog.send_following(first.pk, now=NOW) == second.pk
        assert backlog.send_following(first.pk, now=NOW) is None

    def test_no_job_follows_while_the_breaker_is_open(self) -> None:
        first, second = wait_for("broken", 2)
        OutboxMessage.objects.filter(pk=first.pk).update(state="done")
        ends = open_breaker("broken")
        assert backlog.send_following(first.pk, now=NOW) is None
        assert backlog.send_following(first.pk, now=ends) == second.pk


@pytest.mark.django_db(transaction=True)
def test_dispatchers_and_workers_together_respect_the_limit() -> None:
    done, *_ = wait_for("slow", 20)
    OutboxMessage.objects.filter(pk=done.pk).update(state="done")

    def dispatch() -> list[UUID]:
        return [job.message for job in outbox.claim_batch(now=NOW)]

    def follow() -> list[UUID]:
        following = backlog.send_following(done.pk, now=NOW)
        return [following] if following else []

    outcomes = run_concurrently(dispatch, dispatch, dispatch, follow)
    sent = [key for outcome in outcomes for key in outcome]
    assert len(sent) == len(set(sent)) == OutboxMessage.objects.filter(state="sent").count()
    assert len(sent) <= 3, "two by a dispatcher, one in place of the finished one"


@pytest.mark.django_db
class TestBreaker:
    def test_three_failures_in_a_row_hold_a_receivers_messages_back_and_cost_them_nothing(self) -> None:
        wait_for("broken", 3)
        wait_for("fine", 1)
        ends = open_breaker("broken")
        assert ends == NOW + timedelta(seconds=15)
        assert claim_batch() == {"fine": 1}
        assert claim_batch(ends - timedelta(seconds=1)) == {}
        assert {message.attempts for message in OutboxMessage.objects.filter(receiver="broken")} == {0}

    def test_two_failures_hold_nothing_back(self) -> None:
        wait_for("broken", 3)
        for _ in range(2):
            receivers.record_failure("broken", now=NOW)
        assert claim_batch() == {"broken": 2}

    def test_after_the_pause_one_job_is_a_probe_and_its_success_closes_the_breaker(self) -> None:
        wait_for("broken", 5)
        ends = open_breaker("broken")
        assert claim_batch(ends) == {"broken": 1}
        assert claim_batch(ends) == {}
        end("broken", well=True, now=ends)
        assert claim_batch(ends) == {"broken": 2}
        assert not CircuitBreaker.objects.exists()

    def test_each_failed_probe_doubles_the_pause_up_to_ten_minutes(self) -> None:
        wait_for("broken", 20)
        now, pauses = open_breaker("broken"), []
        for _ in range(9):
            assert claim_batch(now) == {"broken": 1}
            end("broken", well=False, now=now)
            before, now = now, CircuitBreaker.objects.get().open_until or now
            pauses.append((now - before).total_seconds())
        assert pauses == [30, 60, 120, 240, 480, 600, 600, 600, 600]

    def test_a_call_that_began_before_the_pause_does_not_prolong_it(self) -> None:
        ends = open_breaker("broken")
        receivers.record_failure("broken", now=NOW)
        assert CircuitBreaker.objects.get().open_until == ends

    def test_a_failure_more_than_an_hour_ago_does_not_count(self) -> None:
        wait_for("broken", 3)
        open_breaker("broken")
        an_hour_later = NOW + timedelta(hours=1)
        receivers.record_failure("broken", now=an_hour_later)
        assert claim_batch(an_hour_later) == {"broken": 2}
        receivers.record_failure("broken", now=an_hour_later + timedelta(minutes=59))
        receivers.record_failure("broken", now=an_hour_later + timedelta(minutes=118))
        assert CircuitBreaker.objects.get().open_until is not None

    def test_the_scheduler_forgets_it_after_an_hour_unless_messages_wait(self) -> None:
        for name in ("gone", "waiting", "recent"):
            open_breaker(name)
        wait_for("waiting", 1)
        receivers.record_failure("recent", now=NOW + timedelta(minutes=1))
        assert scheduler.run_due(now=NOW + timedelta(minutes=59)) == 0
        assert scheduler.run_due(now=NOW + timedelta(hours=1)) == 1
        assert set(CircuitBreaker.objects.values_list("receiver", flat=True)) == {"waiting", "recent"}

    def test_one_that_failed_again_is_not_forgotten(self) -> None:
        receivers.record_failure("broken", now=NOW)
        receivers.record_failure("broken", now=NOW + timedelta(hours=1))
        receivers.forget(receiver="broken", now=NOW + timedelta(hours=1))
        assert CircuitBreaker.objects.get().failures == 1

    def test_a_job_retried_by_hand_is_a_probe(self, room: Room) -> None:
        (message,) = wait_for("broken", 1, room.now)
        OutboxMessage.objects.filter(pk=message.pk).update(state="dead", attempts=5)
        for _ in range(3):
            receivers.record_failure("broken", now=room.now)
        dead_letters.retry(message_id=message.pk, actor=room.people["ada"], now=room.now)
        assert claim_batch(room.now)["broken"] == 1


def test_a_dead_feed_holds_back_itself_and_not_the_page_that_names_it(room: Room, outlet: OutletServer) -> None:
    with socket.socket() as nobody:  # bound, and not listening
        nobody.bind(("127.0.0.1", 0))
        outlet.gives["/"] = page_naming(f"http://127.0.0.1:{nobody.getsockname()[1]}/feed")
        batches = [start_import(room, outlet.at("/")) for _ in range(4)]
        messages = [OutboxMessage.objects.filter(reference=str(batch.pk)).order_by("id") for batch in batches]
        (page, feed), *_ = (tuple(message.receiver for message in each) for each in messages)
        assert page != feed
        assert [(breaker.receiver, breaker.failures) for breaker in CircuitBreaker.objects.all()] == [(feed, 3)]
        assert [[message.attempts for message in each] for each in messages] == [[1, 1], [1, 1], [1, 1], [1, 0]]
        assert start_import(room, outlet.at("/feed")).state == "done", "the page's host is called"
        for _ in range(12):
            room.later(minutes=15)
            run_fetches(room)
    assert {batch.state for batch in Import.objects.filter(pk__in=[each.pk for each in batches])} == {"failed"}
    assert CircuitBreaker.objects.get().receiver == feed


@pytest.mark.django_db
def test_messages_that_are_held_back_are_not_late() -> None:
    long_ago = NOW - timedelta(hours=1)
    open_breaker("broken")
    wait_for("broken", 3, long_ago)
    wait_for("slow", 3, long_ago)
    assert not queue_health.check(now=NOW).ok, "nobody sends to the slow one"
    claim_batch()
    for message in OutboxMessage.objects.filter(state="sent"):
        outbox.start(message.pk, now=NOW)
    assert queue_health.check(now=NOW).ok


@pytest.mark.django_db
def test_a_receiver_is_held_back_also_while_its_probe_runs_but_not_without_messages() -> None:
    wait_for("broken", 1)
    receivers.record_failure("shaky", now=NOW)
    wait_for("shaky", 1)
    ends = open_breaker("broken")
    open_breaker("without messages")
    assert queue_stats.held_back_receivers() == 1
    assert claim_batch(ends)["broken"] == 1
    assert queue_stats.held_back_receivers() == 1, "the probe is sent"
    (probe,) = OutboxMessage.objects.filter(receiver="broken")
    run = outbox.start(probe.pk, now=ends)
    assert run is not None
    assert queue_stats.held_back_receivers() == 1, "the probe runs"
    outbox.finish(run, now=ends)
    assert queue_stats.held_back_receivers() == 0


def receivers_of(kind: MessageKind, references: list[UUID], now: datetime) -> list[str]:
    """The receivers of new jobs with these references, in their order."""
    outbox.send_each(kind, references, now=now)
    found = dict(OutboxMessage.objects.filter(kind=kind.value).values_list("reference", "receiver"))
    return [found[str(key)] for key in references]


def add_deliveries(room: Room, *urls: str) -> list[UUID]:
    """A delivery of an event to a new webhook at each URL."""
    room.claim()
    event = Event.objects.latest("id")
    endpoints = (
        WebhookEndpoint.objects.create(desk=room.desk, url=url, added_by=room.people["ada"], added_at=room.now)
        for url in urls
    )
    return [Delivery.objects.create(event=event, endpoint=endpoint, channel="webhook").pk for endpoint in endpoints]


def add_imports(room: Room, *urls: str) -> list[UUID]:
    """An import of each page."""
    fields = {"desk": room.desk, "kind": "page", "state": "fetching"}
    return [
        Import.objects.create(**fields, url=url, started_by=room.people["rosa"], started_at=room.now).pk for url in urls
    ]


@pytest.mark.django_db
def test_webhooks_on_one_host_are_different_receivers_and_unreadable(room: Room) -> None:
    one, two = receivers_of(
        MessageKind.DELIVER, add_deliveries(room, "https://hooks.example/one", "https://hooks.example/two"), room.now
    )
    assert one != two
    assert all(len(name) == 64 and "hooks" not in name for name in (one, two))


@pytest.mark.django_db
def test_fetches_from_one_host_have_one_receiver_which_no_webhook_shares(room: Room) -> None:
    urls = ("https://hooks.example", "https://HOOKS.example:443/two", "https://hooks.example:8443/one")
    one, two, other = receivers_of(MessageKind.FETCH, add_imports(room, *urls), room.now)
    assert one == two != other
    assert all(len(name) == 64 for name in (one, other))
    (webhook,) = receivers_of(MessageKind.DELIVER, add_deliveries(room, urls[0]), room.now)
    assert webhook not in {one, other}


@pytest.mark.django_db
def test_an_address_that_cannot_be_called_has_a_receiver_too(room: Room) -> None:
    urls = ("https://☃.net/", "https://ａ.com", "https://-é.com/")
    assert len(set(receivers_of(MessageKind.FETCH, add_imports(room, *urls), room.now))) == 3
    assert len(set(receivers_of(MessageKind.DELIVER, add_deliveries(room, *urls), room.now))) == 3
