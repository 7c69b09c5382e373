"""Exports: the rows of the list and no others, in constant memory, harmless to spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import httpx
import psutil
import pytest
from django.conf import settings as configured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.api.framework import exports
from editorial.models import Claim, Desk, Event, User
from editorial.workflow.evidence import statements
from editorial.workflow.imports import imports
from editorial.workflow.stories import stories
from newsroom.web.server import connections
from tests.api.conftest import ApiClient, ClientFactory, create_token
from tests.support.cast import Room
from tests.support.live import RunningProcess, deployment_environment, free_port, wait_until

pytestmark = pytest.mark.exhaustive

NAME, KNOWN_BY = "Johanna Quillfeather", "born 3 May 1961"


def exported(client: ApiClient, resource: str, format: str = "jsonl", **query: Any) -> str:
    """The whole text of an export."""
    response = client.client.get(f"/api/v1/{resource}/export", {"format": format} | query)
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


def disconnect(response: Any) -> None:
    """Go away after the first part."""
    next(iter(response.streaming_content))
    response._iterator.close()


def rows(client: ApiClient, resource: str, **query: Any) -> list[dict[str, Any]]:
    """The rows of an export as JSON Lines."""
    return [json.loads(line) for line in exported(client, resource, **query).splitlines()]


def cells(client: ApiClient, resource: str, **query: Any) -> list[dict[str, str]]:
    """The rows of an export as CSV."""
    return list(
        csv.DictReader(io.StringIO(exported(client, resource, "csv", **query).removeprefix("\ufeff"), newline=""))
    )


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two rows."""
    monkeypatch.setattr(exports, "PAGE_SIZE", 2)


@pytest.mark.parametrize("resource", ["claims", "stories", "statements"])
def test_an_export_holds_every_page_of_the_list(
    client_for: ClientFactory, rosa: User, room: Room, small_pages: None, resource: str
) -> None:
    for number in range(5):
        room.story(room.corroborated(f"Claim {number}."))
    client = client_for(rosa)
    listed = client.get(resource, order="oldest", limit=200).json["results"]
    assert len(listed) >= 5
    assert rows(client, resource) == listed
    assert [row["id"] for row in cells(client, resource)] == [row["id"] for row in listed]


def test_an_export_takes_the_filters_of_the_list_and_no_others(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    serious, _ = room.claim("The bridge fell.", risk="serious"), room.claim()
    client = client_for(rosa)
    assert [row["id"] for row in rows(client, "claims", risk="serious")] == [str(serious.pk)]
    assert rows(client, "claims", q="bridge")[0]["text"] == "The bridge fell."
    for query in ({"limit": 3}, {"cursor": "x"}, {"updated_since": "start"}, {"statsu": "verified"}):
        assert client.get("claims/export", **query).codes == ["UNKNOWN_PARAMETER"]
    assert client.get("claims/export", format="xlsx").status == 422
    assert client.get("claims/export", risk="none").status == 422
    assert client.get("claims", format="csv").codes == ["UNKNOWN_PARAMETER"]


def test_the_accept_header_selects_the_format(client_for: ClientFactory, rosa: User, room: Room) -> None:
    room.claim()
    for form in ("text/csv", "application/x-ndjson"):
        response = client_for(rosa).client.get("/api/v1/claims/export", headers={"accept": form})
        assert response.headers["content-type"] == f"{form}; charset=utf-8"
        assert response.headers["cache-control"] == "private, no-store"
        assert response.headers["content-disposition"].startswith('attachment; filename="claims-')
        disconnect(response)
    assert client_for(rosa).client.get("/api/v1/claims/export", headers={"accept": "text/html"}).status_code == 406


def test_an_export_holds_visible_rows_only(
    client_for: ClientFactory, cleo: User, hugo: User, noel: User, rosa: User, room: Room
) -> None:
    shared, hidden = room.claim("The gate was open."), room.claim("The guard slept.")
    unnamed = room.person("a sluice engineer", unnamed=True, identity_name=NAME, identity_known_by=KNOWN_BY)
    room.says(unnamed, shared)
    town = stories.pitch(desk_id=Desk.objects.get(slug="city").pk, headline="In town", actor=hugo, now=room.now)
    room.use(town, [shared])
    assert [row["id"] for row in rows(client_for(cleo), "claims")] == [str(shared.pk)]
    for content in (exported(client_for(cleo), "statements"), exported(client_for(cleo), "statements", "csv")):
        assert "a protected source" in content
        assert all(text not in content for text in ("sluice", str(unnamed.pk), NAME, str(hidden.pk)))
    assert rows(client_for(cleo), "statements", source=str(unnamed.pk)) == []
    for content in (exported(client_for(rosa), "statements"), exported(client_for(rosa), "statements", "csv")):
        assert "a sluice engineer" in content
        assert NAME not in content
    assert rows(client_for(noel), "claims") == []
    assert ApiClient().get("claims/export").status == 401


def test_an_export_leaves_no_event(client_for: ClientFactory, rosa: User, room: Room) -> None:
    room.claim()
    before = Event.objects.count()
    assert rows(client_for(rosa), "claims")
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=SUM(A1:A9)", "'=SUM(A1:A9)"),
        ("+1", "'+1"),
        ("-1+2", "'-1+2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("He said;=1+1", "He said;'=1+1"),
        ('He said,"=1+1"', 'He said,"\'=1+1"'),
        ("One.\r\n=HYPERLINK()", "One.\r\n'=HYPERLINK()"),
        ("'=1", "''=1"),
        ("a|@b\t-c", "a|'@b\t'-c"),
        ("“Well – yes”, 2 + 2 = 4, a note to a@b.example.", "“Well – yes”, 2 + 2 = 4, a note to a@b.example."),
        ("The gate,\r\n\r\nand the guard.", "The gate,\r\n\r\nand the guard."),
    ],
)
def test_user_input_is_never_a_spreadsheet_formula(
    client_for: ClientFactory, rosa: User, room: Room, text: str, cell: str
) -> None:
    claim = room.claim()
    Claim.objects.filter(pk=claim.pk).update(text=text)
    (row,) = cells(client_for(rosa), "claims")
    assert row["text"] == cell
    (exact,) = rows(client_for(rosa), "claims")
    assert exact["text"] == text, "programs get what was written"


def test_columns_hold_names_ids_and_several_values(client_for: ClientFactory, rosa: User, room: Room) -> None:
    accused = [room.person("Ann"), room.person("Bob")]
    room.claim("It was one of them.", adverse_to=[source.pk for source in accused])
    (row,) = cells(client_for(rosa), "claims")
    assert set(row["adverse_to"].split("; ")) == {"Ann", "Bob"}
    assert set(row["adverse_to_id"].split("; ")) == {str(source.pk) for source in accused}
    assert (row["filed_by"], row["filed_by_id"]) == ("rosa", str(rosa.pk))
    assert (row["contested"], row["merged_into"]) == ("false", "")


def test_statements_say_how_they_ended_and_how_they_were_obtained(
    client_for: ClientFactory, rosa: User, cleo: User, hugo: User, city: Desk, room: Room
) -> None:
    claim, engineer = room.claim(), room.person("a sluice engineer", unnamed=True)
    room.use(stories.pitch(desk_id=city.pk, headline="In town", actor=hugo, now=room.now), [claim])
    newer = room.says(engineer, claim)
    older = room.says(engineer, claim, inducement="paid", translation="machine")
    statements.end(
        ended="superseded", ended_by=newer.pk, statement_id=older.pk, reason="Rose.", actor=rosa, now=room.now
    )
    expected = {"ended": "superseded", "ended_by": str(newer.pk), "inducement": "paid", "translation": "machine"}
    by_id = {row["id"]: row for row in rows(client_for(rosa), "statements")}
    assert expected.items() <= by_id[str(older.pk)].items()
    by_id = {row["id"]: row for row in cells(client_for(rosa), "statements")}
    assert expected.items() <= by_id[str(older.pk)].items()
    assert by_id[str(newer.pk)]["ended"] == ""
    assert "sluice" not in exported(client_for(cleo), "statements")


def test_exported_claims_can_be_imported_at_another_desk(
    client_for: ClientFactory, hugo: User, city: Desk, room: Room
) -> None:
    accused = [room.person("Ann"), room.person("Bob")]
    gate = room.claim("The gate was open.", risk="routine", needs_context=True, adverse_to=[row.pk for row in accused])
    log = room.claim("=Nobody kept the log.")
    room.claim("“Open,” she said.", kind="utterance", carries=[gate.pk, log.pk])
    columns = ("text", "kind", "risk", "needs_context", "adverse_to_id", "carries")
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(cells(client_for(hugo), "claims", live="true"))
    imports.start(
        kind="claims_sheet", file=io.BytesIO(sheet.getvalue().encode()), desk_id=city.pk, actor=hugo, now=room.now
    )
    room.settle()
    before, after = (cells(client_for(hugo), "claims", desk=str(desk.pk)) for desk in (room.desk, city))
    assert [[row[column] for column in columns] for row in after] == [
        [row[column] for column in columns] for row in before
    ]


def test_a_page_takes_a_constant_number_of_queries(
    client_for: ClientFactory, rosa: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        room.corroborated(f"Claim {number}.", adverse_to=[room.person().pk])
    client = client_for(rosa)
    client.get("me")
    counted = []
    for page in (2, 6):
        monkeypatch.setattr(exports, "PAGE_SIZE", page)
        with CaptureQueriesContext(connection) as queries:
            assert len(rows(client, "claims")) == 6
        counted.append(len(queries))
    pages, full_page = counted
    assert pages - full_page <= 2 * (full_page - 2), "each further page costs what a page costs, not what its rows cost"


def test_concurrent_exports_are_limited_and_a_failed_one_frees_its_slot(
    client_for: ClientFactory, rosa: User, room: Room
) -> None:
    room.claim()
    client = client_for(rosa)
    under_way = [client.client.get("/api/v1/claims/export") for _ in range(exports.MAX_CONCURRENT)]
    response = client.get("claims/export")
    assert response.status == 429
    assert int(response.response.headers["retry-after"]) >= 10
    disconnect(under_way[0])
    assert rows(client, "claims")
    head = client.client.head("/api/v1/claims/export")
    assert (head.status_code, b"".join(head.streaming_content)) == (200, b"")
    disconnect(under_way[1])


# --- A real process on a large table ----------------------------------------------------------------------------------

MANY = int(os.environ.get("ROWS", "20000"))
FEW = MANY // 10


@pytest.fixture
def many(transactional_db: None, room: Room) -> int:
    """A newsroom with many claims, put there behind the back of every trigger."""
    room.claim("The first.")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE editorial_claim DISABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO editorial_claim"
            " (id, version, text, kind, risk, desk_id, status, contested, filed_by_id, filed_at)"
            " SELECT gen_random_uuid(), 1, 'Claim ' || number || repeat(' and more', 40), kind,"
            " CASE WHEN number <= %s THEN 'routine' ELSE risk END, desk_id, status,"
            " contested, filed_by_id, filed_at FROM editorial_claim, generate_series(1, %s) number",
            [FEW, MANY - 1],
        )
        cursor.execute("ALTER TABLE editorial_claim ENABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO editorial_claimvisibility SELECT id, desk_id FROM editorial_claim ON CONFLICT DO NOTHING"
        )
        cursor.execute("ANALYZE editorial_claim, editorial_claimvisibility")
    return MANY


@pytest.fixture
def web(many: int, data_folder: Any) -> Iterator[tuple[str, psutil.Process]]:
    """A web process on it: its address, and the one child that answers."""
    database, port = connection.settings_dict["NAME"], free_port()
    environment = deployment_environment(data_folder, database=database, redis=configured.REDIS_URL)
    running = RunningProcess(
        [sys.executable, "-m", "newsroom.processes", "web"], environment | {"PORT": str(port), "WEB_CONCURRENCY": "1"}
    )
    address = f"http://localhost:{port}"
    try:
        wait_until(lambda: _answers(f"{address}/health/live"))
        wait_until(lambda: bool(psutil.Process(running.process.pid).children()))
        (child,) = psutil.Process(running.process.pid).children()
        yield address, child
    finally:
        running.stop()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.TransportError:
        return False


def _transactions_under_way() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND (state LIKE 'idle in transaction%%' OR state = 'active')"
        )
        return int(cursor.fetchone()[0])


def _established(process: psutil.Process) -> list[Any]:
    return [line for line in process.net_connections("tcp") if line.status == psutil.CONN_ESTABLISHED]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_rows(web: tuple[str, psutil.Process], rosa: User) -> None:
    address, child = web
    headers = {"Authorization": f"Bearer {create_token(rosa, ['read'])}"}

    def peak_of(**query: str) -> tuple[int, int]:
        """How many lines were sent, and the most memory the process held meanwhile."""
        lines, most, finished = 0, 0, threading.Event()

        def watch() -> None:
            nonlocal most
            while not finished.wait(0.02):
                most = max(most, child.memory_info().rss)

        watching = threading.Thread(target=watch)
        watching.start()
        with httpx.stream(
            "GET", f"{address}/api/v1/claims/export", params=query, headers=headers, timeout=60
        ) as stream:
            for part in stream.iter_bytes():
                lines += part.count(b"\n")
        finished.set()
        watching.join()
        return lines, most

    for form, head in (("jsonl", 0), ("csv", 1)):
        few, most_by_few = peak_of(format=form, risk="routine")
        many, most_by_many = peak_of(format=form)
        assert (few, many) == (FEW + head, MANY + head)
        # A few pages more; all rows would take about 100 MB.
        assert most_by_many - most_by_few < 25_000_000, f"{most_by_few / 1e6:.1f} MB, {most_by_many / 1e6:.1f} MB"


@pytest.mark.slow
def test_a_disconnected_or_stalled_client_leaves_nothing_open(web: tuple[str, psutil.Process], rosa: User) -> None:
    address, child = web
    headers = {"Authorization": f"Bearer {create_token(rosa, ['read'])}"}
    request = (
        f"GET /api/v1/claims/export HTTP/1.1\r\nHost: localhost\r\nAuthorization: {headers['Authorization']}\r\n\r\n"
    )

    def begin() -> socket.socket:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # so that it is full soon
        line.connect(("127.0.0.1", int(address.rpartition(":")[2])))
        line.sendall(request.encode())
        assert line.recv(64).startswith(b"HTTP/1.1 200")
        return line

    def there_is_room() -> bool:
        time.sleep(0.5)
        return httpx.get(f"{address}/api/v1/claims/export?q=first", headers=headers).status_code == 200

    with ExitStack() as lines:
        for _ in range(exports.MAX_CONCURRENT):
            lines.enter_context(closing(begin()))
        assert not there_is_room()
        wait_until(lambda: _transactions_under_way() == 0, within=15)
    wait_until(there_is_room, within=15)
    with ExitStack() as lines:
        for _ in range(exports.MAX_CONCURRENT):
            lines.enter_context(closing(begin()))
        assert not there_is_room()
        wait_until(there_is_room, within=connections.STALL_TIMEOUT + 30)
        assert _transactions_under_way() == 0
        wait_until(lambda: not _established(child), within=15)
