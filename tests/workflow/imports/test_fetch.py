"""Fetching feeds and pages: from a real web server, politely, and from no private address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from editorial import http_client, outbox
from editorial.models import Import, MessageKind, OutboxMessage, Story, User, WireItem
from editorial.workflow.imports import fetch as workflow_fetch
from editorial.workflow.imports import imports
from tests.formats.test_formats import ATOM, FEED, PAGE
from tests.support.cast import Room, events
from tests.support.outlet_server import OutletServer, PreparedResponse
from tests.support.receivers import serve_in_background


@pytest.fixture
def outlet(settings: Any) -> Iterator[OutletServer]:
    """An outlet's server at a private address, which may be reached here."""
    settings.IMPORTS_ALLOW_PRIVATE_HOSTS = True
    with serve_in_background(server := OutletServer()):
        server.gives = {
            "/feed": PreparedResponse(FEED, "application/rss+xml"),
            "/atom": PreparedResponse(ATOM, "application/atom+xml"),
            "/gate": PreparedResponse(PAGE),
        }
        yield server


def page_naming(feed_url: str) -> PreparedResponse:
    """A page that names one feed."""
    link = f'<link rel="alternate" type="application/rss+xml" href="{feed_url}">'
    return PreparedResponse(f"<html><head><meta charset=utf-8>{link}</head><body>News.</body></html>".encode())


def start_import(room: Room, url: str, kind: str = "feed", **fields: Any) -> Import:
    """An import from a URL, fetched as a worker would, and filed."""
    arguments = {"desk_id": room.desk.pk, "kind": kind, "url": url} | fields
    batch = imports.start(**arguments, actor=room.people["rosa"], now=room.now)
    run_fetches(room)
    room.settle()
    return Import.objects.get(pk=batch.pk)


def run_fetches(room: Room) -> None:
    """Run the fetches that are due, and those that they lead to."""
    while jobs := [job for job in outbox.claim_batch(now=room.now) if job.kind is MessageKind.FETCH]:
        for job in jobs:
            workflow_fetch.fetch(message_id=job.message, clock=lambda: room.now)
    OutboxMessage.objects.filter(state="sent").update(state="ready", sent_at=None)


def test_a_feed_becomes_drafts_once(room: Room, outlet: OutletServer, rosa: User) -> None:
    batch = start_import(room, outlet.at("/feed"))
    assert (batch.state, batch.filed, batch.refused) == ("done", 2, 1)
    first = batch.rows.get(number=1).story
    assert (first.wire_items.get().link, first.wire_items.get().outlet.name) == (
        "https://gazette.example/17",
        "Harbour Gazette",
    )
    assert list(first.authors.all()) == [rosa]
    outlet.gives["/feed"].body = FEED.replace(b"A line without a title.", b"It was a long night.")
    again = start_import(room, outlet.at("/feed"))
    assert (again.filed, again.known, again.updated, again.refused) == (0, 1, 1, 1)
    assert Story.objects.count() == 2
    changed = again.rows.get(number=2).story
    assert changed.revisions.get().body == "A line without a title."
    assert events(changed)[-1] == "story.wire_item_change"


def test_a_page_that_names_one_feed_leads_to_it(room: Room, outlet: OutletServer) -> None:
    outlet.gives["/"] = page_naming("/feed")
    batch = start_import(room, outlet.at("/"))
    assert (batch.state, batch.filed) == ("done", 2)
    assert WireItem.objects.filter(uri=f"{outlet.at('/feed')}#17").exists(), "known by the address of the feed"
    assert start_import(room, outlet.at("/feed")).known == 2
    outlet.gives["/feed"] = outlet.gives["/"]
    outlet.visits.clear()
    lost = start_import(room, outlet.at("/"))
    assert (lost.state, "It names this feed" in lost.problem) == ("failed", True)
    assert [path for path, _ in outlet.visits] == ["/", "/feed"], "followed once"


def test_a_named_feed_is_fetched_by_a_job_of_its_own(room: Room, outlet: OutletServer, rosa: User) -> None:
    outlet.gives["/"] = page_naming("/feed")
    batch = imports.start(desk_id=room.desk.pk, kind="feed", url=outlet.at("/"), actor=rosa, now=room.now)
    visited = []
    for _ in range(2):
        (job,) = (job for job in outbox.claim_batch(now=room.now) if job.kind is MessageKind.FETCH)
        assert workflow_fetch.fetch(message_id=job.message, clock=lambda: room.now) == "done"
        visited.append([path for path, _ in outlet.visits])
    assert visited == [["/"], ["/", "/feed"]]
    batch.refresh_from_db()
    assert (batch.url, batch.feed_url, batch.row_count) == (outlet.at("/"), outlet.at("/feed"), 3)


def test_an_import_that_is_cancelled_while_its_page_is_fetched_does_not_fetch_the_feed(
    room: Room, outlet: OutletServer, rosa: User
) -> None:
    batch = imports.start(desk_id=room.desk.pk, kind="feed", url=outlet.at("/"), actor=rosa, now=room.now)
    imports.cancel(import_id=batch.pk, actor=rosa, now=room.now)
    imports.follow(import_id=batch.pk, feed_url=outlet.at("/feed"), now=room.now)
    run_fetches(room)
    batch.refresh_from_db()
    assert (batch.state, batch.feed_url, outlet.visits) == ("cancelled", "", [])


@pytest.mark.parametrize("named", [f"https://{'ä' * 70}.example/feed", "https://192.0.2.1:99999/"])
def test_a_named_feed_whose_address_is_none_fails_the_import_in_words(
    room: Room, outlet: OutletServer, named: str
) -> None:
    outlet.gives["/"] = page_naming(named)
    batch = start_import(room, outlet.at("/"))
    assert (batch.state, "not a web address" in batch.problem) == ("failed", True)


def test_a_feed_at_a_private_address_is_not_fetched_though_a_page_names_it(
    room: Room, outlet: OutletServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlet.gives["/"] = page_naming(outlet.at("/feed"))
    batch = imports.start(
        desk_id=room.desk.pk, kind="feed", url=outlet.at("/"), actor=room.people["rosa"], now=room.now
    )
    settings.IMPORTS_ALLOW_PRIVATE_HOSTS = False
    checks = iter([[outlet.server_address[0]]])
    look_up = http_client._addresses
    monkeypatch.setattr(
        http_client, "_addresses", lambda url, host, **on: next(checks, None) or look_up(url, host, **on)
    )
    run_fetches(room)
    batch.refresh_from_db()
    assert (batch.state, [path for path, _ in outlet.visits]) == ("failed", ["/"])


def test_a_json_feed_becomes_drafts(room: Room, outlet: OutletServer) -> None:
    item = {"id": "1", "title": "Gate open", "content_text": "All night."}
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour Wire", "items": [item]}
    outlet.gives["/json"] = PreparedResponse(json.dumps(document).encode(), "application/feed+json")
    story = start_import(room, outlet.at("/json")).rows.get().story
    assert (story.headline, story.wire_items.get().outlet.name) == ("Gate open", "Harbour Wire")


def test_requests_identify_themselves_and_send_accept(room: Room, outlet: OutletServer, settings: Any) -> None:
    settings.PUBLIC_URL = "https://newsroom.example"
    start_import(room, outlet.at("/atom"))
    (path, headers), *_ = outlet.visits
    assert path == "/atom"
    assert headers["user-agent"] == "Newsroom/1 (+https://newsroom.example)"
    assert "application/atom+xml" in headers["accept"]


def test_a_page_becomes_a_draft_with_its_archived_copy(room: Room, outlet: OutletServer) -> None:
    outlet.gives["/old"] = PreparedResponse(status=301, location="/gate")
    batch = start_import(room, outlet.at("/old"), "page")
    assert (batch.state, batch.filed) == ("done", 1)
    story = batch.rows.get().story
    assert story.headline == "The gate was open all night"
    assert story.wire_items.get().uri == outlet.at("/gate")
    assert story.wire_items.get().exhibit.text == PAGE.decode()
    assert story.wire_items.get().exhibit.content_type == "text/plain", (
        "it is evidence to be read, never a page to be run"
    )


def test_a_page_that_cannot_be_parsed_in_time_fails_the_import_in_words(
    room: Room, outlet: OutletServer, settings: Any
) -> None:
    settings.IMPORT_PARSE_SECONDS = 0.05
    batch = start_import(room, outlet.at("/gate"), "page")
    assert (batch.state, batch.filed) == ("failed", 0)
    assert "could not be parsed within" in batch.problem


def test_a_feed_with_too_many_tags_fails_the_import_in_words(room: Room, outlet: OutletServer) -> None:
    outlet.gives["/long"] = PreparedResponse(b"<rss><channel>" + b"<item/>" * 100_001, "application/rss+xml")
    batch = start_import(room, outlet.at("/long"))
    assert batch.state == "failed"
    assert "more than 100,000 tags" in batch.problem


def test_no_lock_is_held_during_a_request(room: Room, outlet: OutletServer, monkeypatch: pytest.MonkeyPatch) -> None:
    depth = len(connection.savepoint_ids)
    lock_counts: list[int] = []
    ask = http_client.fetch

    def counting_locks(*args: Any, **kwargs: Any) -> Any:
        lock_counts.append(len(connection.savepoint_ids) - depth)
        return ask(*args, **kwargs)

    monkeypatch.setattr(http_client, "fetch", counting_locks)
    start_import(room, outlet.at("/gate"), "page")
    assert lock_counts == [0], "no transaction but the test's own"


def test_a_cancelled_import_is_not_filed(room: Room, outlet: OutletServer, rosa: User) -> None:
    batch = imports.start(desk_id=room.desk.pk, kind="feed", url=outlet.at("/feed"), actor=rosa, now=room.now)
    imports.cancel(import_id=batch.pk, actor=rosa, now=room.now)
    run_fetches(room)
    room.settle()
    batch.refresh_from_db()
    assert (batch.state, batch.row_count, outlet.visits) == ("cancelled", 0, [])


def test_a_deleted_entry_withdraws_the_draft_made_of_it_until_it_returns(room: Room, outlet: OutletServer) -> None:
    story = start_import(room, outlet.at("/atom")).rows.get().story
    tombstone = b'<d:deleted-entry xmlns:d="http://purl.org/atompub/tombstones/1.0" ref="tag:wire,1" when="%s"/></feed>'
    head, _, _ = ATOM.partition(b"<entry>")
    outlet.gives["/atom"].body = head + tombstone % b"2026-03-03T13:00:00Z"
    assert start_import(room, outlet.at("/atom")).updated == 1
    assert WireItem.objects.get(story=story).pub_status == "withheld"
    outlet.gives["/atom"].body = ATOM.replace(b"T12:30:00Z", b"T14:00:00Z")
    assert start_import(room, outlet.at("/atom")).updated == 1
    assert WireItem.objects.get(story=story).pub_status == "usable"


def test_an_import_says_how_many_items_it_left_out(room: Room, outlet: OutletServer) -> None:
    items = b"".join(
        b"<item><guid>%d</guid><title>Notice %d</title></item>" % (number, number) for number in range(203)
    )
    outlet.gives["/feed"].body = b"<rss version='2.0'><channel><title>Wire</title>%s</channel></rss>" % items
    batch = imports.start(
        desk_id=room.desk.pk, kind="feed", url=outlet.at("/feed"), actor=room.people["rosa"], now=room.now
    )
    run_fetches(room)
    batch.refresh_from_db()
    assert (batch.row_count, batch.left_out) == (200, 3)
