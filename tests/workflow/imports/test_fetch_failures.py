"""What a fetch refuses, retries and survives."""

from __future__ import annotations

import socket
from contextlib import nullcontext
from typing import Any

import pytest

from editorial import http_client, retries
from editorial.http_client import DestinationNotAllowed, RequestFailed, UnusableResponse
from editorial.models import Import, OutboxMessage
from editorial.workflow.core.errors import ValidationFailed
from editorial.workflow.imports import imports
from tests.formats.test_formats import FEED, PAGE
from tests.support.cast import Room, assert_refused, events
from tests.support.outlet_server import OutletServer, PreparedResponse
from tests.workflow.imports.test_fetch import outlet as outlet
from tests.workflow.imports.test_fetch import run_fetches, start_import


@pytest.mark.parametrize(
    ("response", "kind", "message"),
    [
        (PreparedResponse(b"<p>No feed.</p>"), "feed", "This is not a feed"),
        (PreparedResponse(b"%PDF-", "application/pdf"), "page", "application/pdf"),
        (PreparedResponse(b"<p>Hm.</p>" * 3, "text/html", 404), "page", "404"),
        (PreparedResponse(b"x" * 3000, "text/plain"), "page", "larger than"),
        (PreparedResponse(status=302, location="ftp://elsewhere.example/"), "page", "https://"),
        (PreparedResponse(status=302, location="/it"), "page", "more than 4 times"),
    ],
)
def test_an_unusable_response_ends_the_import_with_a_reason(
    room: Room, outlet: OutletServer, settings: Any, response: PreparedResponse, kind: str, message: str
) -> None:
    settings.IMPORT_MAX_BYTES = 2000
    outlet.gives["/it"] = response
    batch = start_import(room, outlet.at("/it"), kind)
    assert (batch.state, batch.row_count) == ("failed", 0)
    assert message in batch.problem
    assert OutboxMessage.objects.get(kind="fetch").state == "done"
    assert events(batch) == ["import.start", "import.end"]


def test_a_busy_server_is_retried_three_times(room: Room, outlet: OutletServer) -> None:
    outlet.gives["/feed"].status = 503
    batch = start_import(room, outlet.at("/feed"))
    assert batch.state == "fetching"
    room.later(minutes=1)
    outlet.gives["/feed"].status = 200
    run_fetches(room)
    room.settle()
    batch.refresh_from_db()
    assert batch.state == "done"
    outlet.gives["/feed"].status = 503
    failed = start_import(room, outlet.at("/feed"))
    for _ in range(2):
        room.later(minutes=1)
        run_fetches(room)
    failed.refresh_from_db()
    assert (failed.state, "HTTP_503" in failed.problem) == ("failed", True)
    assert not OutboxMessage.objects.filter(state="dead").exists(), "nobody else has to see to it"


def test_a_slow_server_times_out(outlet: OutletServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "_TOTAL_TIMEOUT", 0.3)
    outlet.gives["/slow"] = PreparedResponse(b"x" * 1000, pause=0.02)
    with pytest.raises(RequestFailed, match="TOO_SLOW"):
        http_client.fetch(outlet.at("/slow"), accept="*/*", max_bytes=2000, allow_private=True)


@pytest.mark.parametrize(
    "target", ["https://127.0.0.1/", "https://localhost/", "https://[fd00::1]/", "http://b.example/"]
)
def test_a_redirect_to_a_private_address_is_refused(
    outlet: OutletServer, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlet.gives["/"] = PreparedResponse(status=302, location=target)
    checks = iter([[outlet.server_address[0]]])
    look_up = http_client._addresses
    monkeypatch.setattr(
        http_client, "_addresses", lambda url, host, **on: next(checks, None) or look_up(url, host, **on)
    )
    with pytest.raises(DestinationNotAllowed):
        http_client.fetch(outlet.at("/"), accept="*/*", max_bytes=2000, allow_private=False)
    assert len(outlet.visits) == 1


class TestListOfHosts:
    """An operator may name the only hosts that users can have the newsroom contact."""

    @pytest.mark.parametrize(
        ("url", "allowed"),
        [
            ("https://gazette.example/feed", True),
            ("https://GAZETTE.example/feed", True),
            ("https://rss.gazette.example./feed", True),
            ("https://notgazette.example/feed", False),
            ("https://gazette.example.evil.test/feed", False),
            ("https://gazette.example@evil.test/feed", False),
            ("https://93.184.215.14/feed", False),
        ],
    )
    def test_an_import_names_a_listed_host_or_a_subdomain(self, room: Room, settings: Any, url: str, allowed: bool):
        settings.OUTGOING_HOSTS = ["gazette.example"]
        with nullcontext() if allowed else assert_refused(ValidationFailed, "URL_NOT_ALLOWED"):
            imports.start(desk_id=room.desk.pk, kind="feed", url=url, actor=room.people["rosa"], now=room.now)
        assert Import.objects.exists() is allowed

    def test_a_redirect_to_another_host_is_not_followed(self, outlet: OutletServer) -> None:
        outlet.gives["/"] = PreparedResponse(status=302, location="http://evil.test/")
        with pytest.raises(DestinationNotAllowed, match="not on your administrator's list"):
            http_client.fetch(
                outlet.at("/"), accept="*/*", max_bytes=2000, allow_private=True, hosts=[outlet.server_address[0]]
            )
        assert len(outlet.visits) == 1

    def test_an_import_from_before_the_list_is_not_fetched(self, room: Room, outlet: OutletServer, settings: Any):
        imports.start(
            desk_id=room.desk.pk, kind="feed", url=outlet.at("/feed"), actor=room.people["rosa"], now=room.now
        )
        settings.OUTGOING_HOSTS = ["gazette.example"]
        run_fetches(room)
        assert (outlet.visits, Import.objects.get().state) == ([], "failed")


def test_a_host_name_that_resolves_to_a_private_address_is_not_fetched(
    outlet: OutletServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **more: resolve("127.0.0.1", port, **more))
    with pytest.raises(DestinationNotAllowed, match="in a private network"):
        http_client.fetch(
            f"https://gazette.example:{outlet.server_address[1]}/", accept="*/*", max_bytes=9, allow_private=False
        )
    assert outlet.visits == []


def test_a_refused_connection_and_an_error_status_are_distinguished(outlet: OutletServer) -> None:
    with pytest.raises(UnusableResponse, match="404"):
        http_client.fetch(outlet.at("/nothing"), accept="*/*", max_bytes=9, allow_private=True)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(RequestFailed, match="ConnectError"):
            http_client.fetch(
                f"http://127.0.0.1:{nobody.getsockname()[1]}/", accept="*/*", max_bytes=9, allow_private=True
            )


@pytest.mark.parametrize("body", [b"&#0;", b"&#1;", b"&#xD800;", b"\x00"])
def test_characters_that_cannot_be_stored_keep_no_import_from_ending(
    room: Room, outlet: OutletServer, body: bytes
) -> None:
    outlet.gives["/feed"].body = FEED.replace(b"gazette.example/17", b"gazette.example/" + body)
    assert start_import(room, outlet.at("/feed")).state in ("done", "failed")
    outlet.gives["/utf7"] = PreparedResponse(PAGE.replace(b"silent", b"+2AA-lent"), "text/html; charset=utf-7")
    assert start_import(room, outlet.at("/utf7"), "page").state in ("done", "failed")


def test_content_that_is_refused_when_it_is_stored_ends_the_import_with_the_reason(
    room: Room, outlet: OutletServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        raise ValidationFailed("Text contains unsupported characters.")

    monkeypatch.setattr(imports, "receive", refuse)
    batch = start_import(room, outlet.at("/feed"))
    assert (batch.state, batch.problem) == ("failed", "Text contains unsupported characters.")
    assert OutboxMessage.objects.get(kind="fetch").state == "done"


def test_an_import_that_fails_for_an_unknown_reason_ends_with_its_last_attempt(
    room: Room, outlet: OutletServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(http_client, "fetch", crash)
    batch = imports.start(
        desk_id=room.desk.pk, kind="feed", url=outlet.at("/feed"), actor=room.people["rosa"], now=room.now
    )
    for _ in range(retries.MAX_ATTEMPTS):
        batch.refresh_from_db()
        assert batch.state == "fetching"
        with pytest.raises(RuntimeError):
            run_fetches(room)
        room.later(minutes=10)
    batch.refresh_from_db()
    assert (batch.state, OutboxMessage.objects.get(kind="fetch").state) == ("failed", "dead")
