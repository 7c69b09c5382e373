"""Scheduled imports: fetched again and again from a real web server, asked only for what is new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from editorial import outbox
from editorial.models import (
    Event,
    Import,
    Membership,
    MessageKind,
    Notification,
    OutboxMessage,
    ScheduledImport,
    Story,
    User,
)
from editorial.notifications import notices
from editorial.workflow.core.errors import Conflict, Forbidden, ValidationFailed
from editorial.workflow.imports import polling, scheduled_imports
from editorial.workflow.ops import scheduler
from tests.formats.test_formats import FEED, PAGE
from tests.support.cast import Room, assert_refused, events
from tests.support.outlet_server import OutletServer, PreparedResponse
from tests.support.receivers import serve_in_background
from tests.workflow.imports.test_fetch import page_naming

ETAG = '"one"'


@pytest.fixture
def outlet(settings: Any) -> Iterator[OutletServer]:
    settings.IMPORTS_ALLOW_PRIVATE_HOSTS = True
    with serve_in_background(server := OutletServer()):
        server.gives = {
            "/feed": PreparedResponse(FEED, "application/rss+xml", headers={"ETag": ETAG, "Last-Modified": "then"}),
            "/page": PreparedResponse(PAGE),
        }
        yield server


def schedule(room: Room, url: str, kind: str = "feed", **fields: Any) -> ScheduledImport:
    arguments = {"desk_id": room.desk.pk, "kind": kind, "url": url, "actor": room.people["rosa"]} | fields
    scheduled = scheduled_imports.add(**arguments, now=room.now)
    return fetch(room, scheduled)


def fetch(room: Room, scheduled: ScheduledImport) -> ScheduledImport:
    """Run the fetches that wait, and those that they lead to, as a worker would; then file the rows."""
    while jobs := [job for job in outbox.claim_batch(now=room.now) if job.kind is MessageKind.FETCH_SCHEDULED]:
        for job in jobs:
            assert polling.poll(message_id=job.message, clock=lambda: room.now) == "done"
    OutboxMessage.objects.filter(state="sent").update(state="ready", sent_at=None)
    room.settle()
    scheduled.refresh_from_db()
    return scheduled


def fetch_again(room: Room, scheduled: ScheduledImport, minutes: int = 15) -> ScheduledImport:
    """The next scheduled fetch, so many minutes later."""
    room.later(minutes=minutes)
    scheduler.run_due(now=room.now)
    return fetch(room, scheduled)


def notified(room: Room, action: str) -> list[Notification]:
    """The notifications of the only event of this action."""
    return notices.notify(event_id=Event.objects.get(action=action).pk, now=room.now)


def test_only_a_change_starts_an_import(room: Room, outlet: OutletServer, rosa: User) -> None:
    scheduled = schedule(room, outlet.at("/feed"))
    batch = Import.objects.get()
    assert (batch.state, batch.filed, batch.started_by, batch.scheduled_import) == ("done", 2, rosa, scheduled)
    assert (scheduled.problem, scheduled.failures, scheduled.succeeded_at) == ("", 0, room.now)
    assert scheduled.next_fetch_at == room.now + timedelta(minutes=15)
    fetch_again(room, scheduled)
    _, headers = outlet.visits[-1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == (ETAG, "then")
    outlet.gives["/feed"].headers["ETag"] = '"two"'  # rewritten, and says the same
    fetch_again(room, scheduled)
    assert (len(outlet.visits), Import.objects.count(), scheduled.succeeded_at) == (3, 1, room.now)
    outlet.gives["/feed"] = PreparedResponse(FEED.replace(b"A line without a title.", b"It was a long night."))
    fetch_again(room, scheduled)
    assert Import.objects.latest("id").updated == 1
    assert Story.objects.count() == 2
    assert events(scheduled) == ["scheduled_import.add"], "fetches that succeed are no events"


def test_it_is_not_fetched_before_it_is_due_and_once_when_it_is(room: Room, outlet: OutletServer) -> None:
    scheduled = schedule(room, outlet.at("/feed"), interval_minutes=60)
    fetch_again(room, scheduled, minutes=59)
    assert len(outlet.visits) == 1
    room.later(minutes=1)
    scheduler.run_due(now=room.now)
    scheduler.run_due(now=room.now)
    fetch(room, scheduled)
    assert len(outlet.visits) == 2


def test_run_imports_again_what_is_not_on_file(room: Room, outlet: OutletServer, rosa: User) -> None:
    scheduled = schedule(room, outlet.at("/feed"))
    scheduled_imports.run(scheduled_import_id=scheduled.pk, actor=rosa, now=room.now)
    fetch(room, scheduled)
    assert "if-none-match" not in {name.lower() for name in outlet.visits[-1][1]}
    assert Import.objects.latest("id").known == 2


def test_a_failing_one_is_fetched_less_and_less_often_and_reported_once(room: Room, outlet: OutletServer) -> None:
    scheduled = schedule(room, outlet.at("/feed"))
    outlet.gives["/feed"].status, outlet.gives["/feed"].headers = 503, {}
    pauses = []
    for _ in range(5):
        room.now = scheduled.next_fetch_at
        outlet.gives["/feed"].status = 404 if len(pauses) > 1 else 503  # a breaker would hold the others back
        fetch_again(room, scheduled, minutes=0)
        pauses.append((scheduled.next_fetch_at - room.now) / scheduled.interval)
    assert pauses == [2, 4, 8, 16, 32]
    assert "404" in scheduled.problem
    assert events(scheduled).count("scheduled_import.fail") == 1
    told = notified(room, "scheduled_import.fail")
    assert {notice.user.username for notice in told} == {"rosa", "edith", "edgar", "sena"}
    assert not any("127.0.0.1" in f"{notice.subject} {notice.body}" for notice in told), "a URL may hold a password"
    room.now = scheduled.next_fetch_at
    outlet.gives["/feed"].status = 200
    fetch_again(room, scheduled, minutes=0)
    assert (scheduled.failures, scheduled.problem, events(scheduled)[-1]) == (0, "", "scheduled_import.recover")
    assert scheduled.next_fetch_at == room.now + scheduled.interval


def test_the_server_says_when_to_come_back(room: Room, outlet: OutletServer) -> None:
    scheduled = schedule(room, outlet.at("/feed"))
    outlet.gives["/feed"] = PreparedResponse(status=429, headers={"Retry-After": "7200"})
    fetch_again(room, scheduled)
    assert scheduled.next_fetch_at == room.now + timedelta(hours=2)
    late = "Sun, 06 Nov 1994 08:49:37 GMT"
    outlet.gives["/feed"] = PreparedResponse(status=503, headers={"Retry-After": late})
    fetch_again(room, scheduled, minutes=120)
    assert scheduled.next_fetch_at == room.now + 4 * scheduled.interval


def test_a_permanent_move_is_followed(room: Room, outlet: OutletServer) -> None:
    outlet.gives["/old"] = PreparedResponse(status=301, location="/feed")
    outlet.gives["/borrowed"] = PreparedResponse(status=302, location="/page")
    moved = schedule(room, outlet.at("/old"))
    assert (moved.url, events(moved)) == (outlet.at("/feed"), ["scheduled_import.add", "scheduled_import.move"])
    lent = schedule(room, outlet.at("/borrowed"), kind="page")
    assert lent.url == outlet.at("/borrowed"), "a temporary redirect is none"
    twin = schedule(room, outlet.at("/old"))
    assert (twin.url, twin.failures) == (outlet.at("/old"), 0), "the desk has that scheduled already"


def test_a_page_that_names_a_feed_leads_to_it_once(room: Room, outlet: OutletServer) -> None:
    outlet.gives["/"] = page_naming("/feed")
    scheduled = schedule(room, outlet.at("/"))
    assert (scheduled.url, scheduled.failures, Import.objects.get().filed) == (outlet.at("/feed"), 0, 2)
    outlet.gives["/feed"] = page_naming("/elsewhere")
    fetch_again(room, scheduled)
    assert scheduled.url == outlet.at("/feed")
    assert "names this feed" in scheduled.problem
    outlet.gives |= {"/a": page_naming("/b"), "/b": page_naming("/a")}
    outlet.visits.clear()
    circle = schedule(room, outlet.at("/a"))
    assert ([path for path, _ in outlet.visits], circle.failures) == (["/a", "/b"], 2)


def test_what_is_gone_is_fetched_no_more(room: Room, outlet: OutletServer, edith: User) -> None:
    scheduled = schedule(room, outlet.at("/feed"))
    outlet.gives["/feed"] = PreparedResponse(status=410)
    fetch_again(room, scheduled)
    assert (scheduled.is_paused, events(scheduled)[-1]) == (True, "scheduled_import.auto_pause")
    assert "permanently gone" in scheduled.problem
    fetch_again(room, scheduled, minutes=10_000)
    assert len(outlet.visits) == 2
    outlet.gives["/feed"] = PreparedResponse(FEED)
    scheduled_imports.resume(scheduled_import_id=scheduled.pk, actor=edith, now=room.now)
    fetch(room, scheduled)
    assert (scheduled.scheduled_by, scheduled.problem, scheduled.failures) == (edith, "", 0)


def test_it_stops_when_its_user_may_no_longer_file(room: Room, outlet: OutletServer, rosa: User) -> None:
    scheduled = schedule(room, outlet.at("/feed"))
    Membership.objects.filter(user=rosa).delete()
    fetch_again(room, scheduled)
    assert (scheduled.is_paused, len(outlet.visits)) == (True, 1)
    told = notified(room, "scheduled_import.auto_pause")
    assert {notice.user.username for notice in told} == {"edith", "edgar", "sena"}


def test_paused_while_it_is_fetched_it_imports_nothing(room: Room, outlet: OutletServer, rosa: User) -> None:
    scheduled = scheduled_imports.add(
        desk_id=room.desk.pk, kind="feed", url=outlet.at("/feed"), actor=rosa, now=room.now
    )
    scheduled_imports.pause(scheduled_import_id=scheduled.pk, actor=rosa, now=room.now)
    fetch(room, scheduled)
    assert (scheduled.is_paused, outlet.visits, Import.objects.count()) == (True, [], 0)
    again = {"scheduled_import_id": scheduled.pk, "actor": rosa, "now": room.now}
    with assert_refused(Conflict, "ALREADY_PAUSED"):
        scheduled_imports.pause(**again)
    with assert_refused(Conflict, "PAUSED"):
        scheduled_imports.run(**again)


def test_a_desk_schedules_a_url_once(room: Room, outlet: OutletServer, rosa: User, edith: User) -> None:
    scheduled = schedule(room, outlet.at("/feed"))
    again = {"desk_id": room.desk.pk, "kind": "feed", "url": outlet.at("/feed"), "actor": edith, "now": room.now}
    with assert_refused(Conflict, "ALREADY_SCHEDULED"):
        scheduled_imports.add(**again)
    with assert_refused(ValidationFailed, "NOT_SCHEDULABLE"):
        scheduled_imports.add(**again | {"kind": "ninjs"})
    change = {"scheduled_import_id": scheduled.pk, "actor": rosa, "now": room.now}
    scheduled_imports.revise(**change, interval_minutes=30)
    with assert_refused(ValidationFailed, "INVALID"):
        scheduled_imports.revise(**change, interval_minutes=4)
    with assert_refused(ValidationFailed, "URL_NOT_ALLOWED"):
        scheduled_imports.revise(**change, url="ftp://gazette.example/")
    with assert_refused(Forbidden, "FORBIDDEN"):
        scheduled_imports.revise(**change | {"actor": room.people["faye"]}, interval_minutes=60)


@pytest.mark.parametrize("status", [200, 301, 410])
def test_the_answer_of_a_former_url_changes_nothing(
    room: Room, outlet: OutletServer, rosa: User, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlet.gives["/old"] = PreparedResponse(FEED, "application/rss+xml", status, "/feed" if status == 301 else "")
    scheduled = scheduled_imports.add(
        desk_id=room.desk.pk, kind="feed", url=outlet.at("/old"), actor=rosa, now=room.now
    )
    get = polling.fetch.get

    def revised_meanwhile(*arguments: Any, **known: Any) -> Any:
        monkeypatch.undo()
        change = {"scheduled_import_id": scheduled.pk, "actor": rosa, "now": room.now}
        scheduled_imports.revise(**change, url=outlet.at("/new"))
        return get(*arguments, **known)

    monkeypatch.setattr(polling.fetch, "get", revised_meanwhile)
    (job,) = (job for job in outbox.claim_batch(now=room.now) if job.kind is MessageKind.FETCH_SCHEDULED)
    polling.poll(message_id=job.message, clock=lambda: room.now)
    scheduled.refresh_from_db()
    assert (scheduled.url, scheduled.is_paused, scheduled.etag) == (outlet.at("/new"), False, "")
    assert not Import.objects.exists()


def test_an_editor_who_gives_another_url_takes_it_over(room: Room, outlet: OutletServer, edith: User) -> None:
    scheduled = schedule(room, outlet.at("/feed"))
    change = {"scheduled_import_id": scheduled.pk, "actor": edith, "now": room.now}
    assert scheduled_imports.revise(**change, interval_minutes=60).scheduled_by == room.people["rosa"]
    assert scheduled_imports.revise(**change, url=outlet.at("/page")).scheduled_by == edith
    event = Event.objects.filter(action="scheduled_import.revise").latest("id")
    assert [notice.user for notice in notices.notify(event_id=event.pk, now=room.now)] == [room.people["rosa"]]


def test_what_cannot_be_stored_is_a_failure_with_its_reason(
    room: Room, outlet: OutletServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ValidationFailed("Too odd.")

    monkeypatch.setattr(scheduled_imports.imports, "start_scheduled", refuse)
    scheduled = schedule(room, outlet.at("/feed"))
    assert (scheduled.failures, scheduled.problem) == (1, "Too odd.")


def test_a_worker_that_dies_leaves_it_to_another(room: Room, outlet: OutletServer, monkeypatch: Any) -> None:
    scheduled = scheduled_imports.add(
        desk_id=room.desk.pk, kind="feed", url=outlet.at("/feed"), actor=room.people["rosa"], now=room.now
    )

    def die(**_: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as dying:
        dying.setattr(scheduled_imports, "record_success", die)
        (job,) = (job for job in outbox.claim_batch(now=room.now) if job.kind is MessageKind.FETCH_SCHEDULED)
        with pytest.raises(MemoryError):
            polling.poll(message_id=job.message, clock=lambda: room.now)
    assert not Import.objects.exists()
    room.later(minutes=1)
    fetch(room, scheduled)
    assert Import.objects.get().filed == 2
