"""Errors: any input gets a problem response that a client can read, and never a 500."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError
from django.test import Client, RequestFactory

from editorial.api.framework.endpoints import endpoint_of
from editorial.api.urls import RESOURCES
from editorial.models import Desk, Membership, User
from editorial.policy.roles import Role
from editorial.policy.vocabulary import Risk
from editorial.workflow.evidence import claims
from editorial.workflow.imports import scheduled_imports
from editorial.workflow.ops import webhooks
from editorial.workflow.people import chat_channels
from editorial.workflow.review import comments
from editorial.workflow.stories import saved_searches
from tests.api.conftest import ApiClient, ApiResponse, ClientFactory, valid_value
from tests.support import incoming_mail
from tests.support.cast import Room, rolled_back

DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe{}", "application/json", 400),
        (DEEP.encode(), "application/json", 400),
        (b'{"text": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"text": NaN}', "application/json", 400),
        (b'{"text": "A.", "text": "B."}', "application/json", 400),
        (b'{"desk": {"a": 1, "a": 1}}', "application/json", 400),
        (b"\xef\xbb\xbf{}", "application/json", 400),
        (b'{"text": "\x00"}', "application/json", 400),
        (b"{}{}", "application/json", 400),
        (b'{"text": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b"", "application/json", 422),
        (b'{"\\ud800": 1}', "application/json", 422),
        (b'{"a/b~c": 1}', "application/json", 422),
        (b"{}", "application/json; charset=hex", 422),
        (b"{}", "application/json; charset=nonsense", 422),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"<a/>", "text/xml", 415),
        (b"x", "", 415),
        (b"x", "multipart/form-data; boundary=x", 415),
    ],
)
def test_an_unparsable_body_is_reported(
    client_for: ClientFactory, rosa: User, body: bytes, content_type: str, status: int
) -> None:
    response = client_for(rosa).send("post", "claims", body, content_type)
    assert (response.status, response.type) == (status, "application/problem+json"), response
    assert response.json["type"].startswith("urn:problem-type:newsroom:")
    assert response.json["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"--x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n\xff\xfe\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="\\"\r\n\r\n\x00\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="f"\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n--x--\r\n',
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(1100)) + b"--x--\r\n",
    ],
)
@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary=x; charset=hex"],
)
def test_an_unparsable_form_is_reported(client_for: ClientFactory, rosa: User, body: bytes, content_type: str) -> None:
    response = client_for(rosa).send("post", "exhibits", body, content_type)
    assert response.status in (400, 422)
    assert response.type == "application/problem+json"


def test_a_body_that_is_too_large_is_not_read(client_for: ClientFactory, rosa: User) -> None:
    response = client_for(rosa).send("post", "claims", b" " * (10 * 1024 * 1024 + 1))
    assert (response.status, response.codes) == (413, ["TOO_LARGE"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "nothing-here", 404),
        ("get", "claims/1", 404),
        ("get", "claims/00000000-0000-0000-0000-000000000000", 404),
        ("get", "claims/%00", 404),
        ("get", "claims/%ff%fe", 404),
        ("get", "claims/../../etc/passwd", 404),
        ("put", "claims", 405),
        ("delete", "stories", 405),
        ("delete", "claims/00000000-0000-0000-0000-000000000000", 405),
        ("get", "reviews/take", 405),
        ("get", "claims?cursor=%00", 422),
        ("get", "claims?cursor=cD1ub3Q=", 422),
        ("get", "claims?cursor=cD0AMTI=", 422),
        ("get", "reviews?cursor=cD0xZTk5OTk=", 422),
        ("get", "desks?cursor=cD0AeA==", 422),
        ("get", "reviews?cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5&limit=-1", 422),
        ("get", "reviews?cursor=bz05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5JnA9MQ==", 422),
        ("get", "claims?desk=x", 422),
        ("get", "claims?status=x", 422),
        ("get", "claims?q=%00", 422),
        ("get", "claims?q=" + "x" * 201, 422),
        ("get", "claims?q=%ff%5C%5B", 200),
        ("get", "claims?mine=perhaps", 422),
        ("get", "claims?mine=TRUE", 422),
        ("get", "claims?limit=99999999999999999999", 422),
        ("get", "claims?limit=201", 422),
        ("get", "claims?limit=0", 422),
        ("get", "claims?limit=%D9%A1", 422),
        ("get", "claims?desk=", 422),
        ("get", "claims?q=", 422),
        ("get", "claims?q=one&q=two", 422),
        ("get", "claims?order=newest&order=oldest", 422),
        ("get", "events?stream=%00", 422),
        ("get", "events?stream=claim:x&action='", 422),
        ("get", "reviews?kind=TRACE_ROOT&kind=x", 422),
    ],
)
def test_an_unknown_path_is_reported(
    client_for: ClientFactory, rosa: User, method: str, path: str, status: int
) -> None:
    response = client_for(rosa).send(method, path, None)
    assert response.status == status, response
    assert response.type == ("application/json" if status == 200 else "application/problem+json")


@pytest.mark.parametrize("nasty", [5, 1.5, True, None, [], {}, 10**400])
def test_non_text_values_are_refused(client_for: ClientFactory, rosa: User, politics: Desk, nasty: Any) -> None:
    (error,) = client_for(rosa).post("claims", desk=str(politics.pk), text=nasty).json["errors"]
    assert (error["code"] in ("INVALID", "NULL"), error["pointer"]) == (True, "#/text")


@pytest.mark.parametrize("etag", ["", "7", '"', "'7'", "W/", '"7", x', "\x7f", "é", "*, *", '"' + "9" * 5000 + '"'])
def test_an_invalid_etag_updates_nothing(client_for: ClientFactory, rosa: User, room: Room, etag: str) -> None:
    claim = room.claim()
    response = client_for(rosa).patch(f"claims/{claim.pk}", etag=etag, text="Revised.")
    assert response.status in (400, 412), response
    assert response.codes in (["IF_MATCH_MALFORMED"], ["STALE_VERSION"])
    claim.refresh_from_db()
    assert claim.text != "Revised."


@pytest.mark.parametrize("key", ["", " ", "\x7f", "é", "x" * 256, "a\tb"])
def test_an_invalid_idempotency_key_is_reported(
    client_for: ClientFactory, rosa: User, politics: Desk, key: str
) -> None:
    body = {"desk": str(politics.pk), "text": "P"}
    response = client_for(rosa).send("post", "claims", body, headers={"Idempotency-Key": key})
    assert (response.status, response.codes) == (400, ["IDEMPOTENCY_KEY_MALFORMED"])


def test_a_wrong_parameter_is_named(client_for: ClientFactory, rosa: User) -> None:
    (error,) = client_for(rosa).get("claims", status="good").json["errors"]
    assert (error["code"], error["parameter"]) == ("INVALID_CHOICE", "status")


@pytest.mark.parametrize("charset", ["hex", "utf-16", "idna", "nonsense"])
def test_an_unknown_charset_is_ignored(charset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wsgi = import_module("newsroom.wsgi")  # what gunicorn serves
    monkeypatch.setattr(wsgi, "_django", lambda environ, _: [WSGIRequest(environ).GET["q"].encode()])
    environ = RequestFactory()._base_environ(  # type: ignore[attr-defined]
        QUERY_STRING="q=gate", CONTENT_TYPE=f"application/json; charset={charset}"
    )
    assert wsgi.application(environ, None) == [b"gate"]


def test_an_unavailable_format_is_reported(client_for: ClientFactory, rosa: User) -> None:
    response = client_for(rosa).client.get("/api/v1/claims", headers={"accept": "text/csv"})
    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")


def test_a_server_error_quotes_nothing(
    client_for: ClientFactory, rosa: User, politics: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "_build", lambda *_: {}["Mia Mole"])
    response = client_for(rosa).post("claims", desk=str(politics.pk), text="P")
    assert (response.status, response.codes) == (500, ["INTERNAL"])
    assert "Mole" not in response.response.content.decode()


@pytest.mark.parametrize(
    ("cause", "code", "promise"),
    [
        (psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"), "BUSY", True),
        (psycopg.errors.AdminShutdown("terminating connection"), "DATABASE_UNAVAILABLE", False),
        (
            psycopg.OperationalError("consuming input failed: server closed the connection"),
            "DATABASE_UNAVAILABLE",
            False,
        ),
    ],
)
def test_a_busy_database_can_be_retried_and_a_lost_connection_is_uncertain(
    client_for: ClientFactory,
    rosa: User,
    politics: Desk,
    monkeypatch: pytest.MonkeyPatch,
    cause: Exception,
    code: str,
    promise: bool,
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise OperationalError(str(cause)) from cause

    monkeypatch.setattr(claims, "_build", fails)
    response = client_for(rosa).post("claims", desk=str(politics.pk), text="P")
    assert (response.status, response.codes, response.response["Retry-After"]) == (503, [code], "2")
    content = response.response.content.decode()
    assert ("Nothing was changed" in content) is promise
    assert str(cause) not in content


def test_admin_pages_keep_their_own_errors(db: None) -> None:
    response = Client(raise_request_exception=False).get("/nothing-here")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")


NASTY: list[Any] = [
    None, True, -1, 2**63, 10**40, 1e308, "", " ", "a\x00b", "\ud800", "\u202e' OR 1=1 --", "x" * 20_001,
    [], [None], ["x"], [[]], [{}], {}, {"a": 1},
    "9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z", "ffffffff-ffff-ffff-ffff-ffffffffffff",
]  # fmt: skip

TAKE_NO_TEXT = {("exhibits", "create"), ("reviews", "take_next"), ("policies", "preview")}
"""A file, choices, and rules by risk: their serializers refuse every nasty value."""

NEEDED: dict[str, dict[str, Any]] = {
    "scheduled-imports": {"kind": "feed", "url": "https://gazette.example/feed", "interval_minutes": 60},
    "policies": {"rules": {risk.value: {"rows": [{"groups": 1}], "review_hours": 24} for risk in Risk}},
    "email-preferences": {"starts_at": "22:00", "ends_at": "06:00"},
    "comments": {"statement": str(UUID(int=0))},
}
"""Values that the other fields need so that the input reaches the action."""


def _operations() -> list[tuple[str, str, Any]]:
    """Every writing action of every resource: resource, name, input serializer."""
    writes = []
    for resource, view in RESOURCES.items():
        methods = [getattr(view, name, None) for name in ("create", "partial_update")]
        for method in (*methods, *view.get_extra_actions()):
            if endpoint_of(method).input_serializer:
                writes.append((resource, method.__name__, endpoint_of(method).input_serializer))
    return writes


@pytest.mark.exhaustive
def test_no_input_causes_a_server_error(rosa: User, room: Room, subtests: pytest.Subtests) -> None:
    for role in Role:
        Membership.objects.create(user=rosa, desk=None, role=role)
    client, rows = ApiClient(rosa), _one_of_each(room)
    for resource, name, takes in _operations():
        with subtests.test(noun=resource, name=name), rolled_back():
            _send_nasty_values(client, rows, resource, name, takes)


def _send_nasty_values(client: ApiClient, rows: dict[str, Any], resource: str, name: str, takes: Any) -> None:
    known = rows | {"type": "person", "stance": "affirms"} | NEEDED.get(resource, {})
    defaults = {name: valid_value(field, known.get(name)) for name, field in takes().fields.items()}
    method, path = {
        "create": ("post", resource),
        "partial_update": ("patch", f"{resource}/{rows.get(resource)}"),
        "waive": ("post", "reply-requests/waive"),
        "take_next": ("post", "reviews/take"),
        "preview": ("post", "policies/preview"),
        "set_quiet_hours": ("post", "email-preferences/set-quiet-hours"),
    }.get(name, ("post", f"{resource}/{rows.get(resource)}/{name.replace('_', '-')}"))
    sent = 0
    for field in takes().fields:
        for nasty in NASTY:
            body = {key: value for key, value in defaults.items() if key in takes().fields} | {field: nasty}
            if not takes(data=body, partial=name == "partial_update").is_valid():
                continue  # refused on reading; the tests above show that such refusals can be written
            response = client.send(method, path, body, headers={"If-Match": "*"})
            sent += 1
            assert response.status < 500, (field, nasty, response)
            assert response.status < 300 or response.codes, (field, nasty, response)
    assert sent or (resource, name) in TAKE_NO_TEXT, "no input passed the serializer"


def _one_of_each(room: Room) -> dict[str, Any]:
    """The id of a row of every resource, and valid values for fields."""
    claim, source = room.claim(), room.person()
    statement = room.says(source, claim)
    story = room.story(claim)
    room.settle()
    task = claim.tasks.filter(state="open").first()
    scheduled = scheduled_imports.add(
        desk_id=room.desk.pk, kind="feed", url="https://gazette.example/feed", actor=room.people["rosa"], now=room.now
    )
    comment = comments.add(claim_id=claim.pk, text="Who saw it?", actor=room.people["rosa"], now=room.now)
    url = "https://hooks.example/1"
    webhook, _ = webhooks.add(desk_id=room.desk.pk, url=url, actor=room.people["ada"], now=room.now)
    chat = chat_channels.add(url="ntfys://ntfy.example/gates", actor=room.people["rosa"], now=room.now)
    emailed = incoming_mail.answer_email(claim, room.people["rosa"], now=room.now)
    search = saved_searches.save(name="Gates", q="gate", actor=room.people["rosa"], now=room.now)
    return {
        "chat-channels": chat.pk, "emailed-comments": emailed.pk, "saved-searches": search.pk,
        "scheduled-imports": scheduled.pk, "comments": comment.pk, "webhooks": webhook.pk,
        "claims": claim.pk, "sources": source.pk, "statements": statement.pk, "stories": story.pk,
        "reviews": task.pk if task else claim.pk, "signoffs": claim.pk, "reply-requests": claim.pk,
    } | {
        "claim": str(claim.pk), "source": str(source.pk), "statement": None, "desk": str(room.desk.pk),
        "to": str(source.pk), "covers": [str(claim.pk)], "into": str(claim.pk), "adverse_to": [str(source.pk)],
        "parts": [], "authors": [str(room.people["rosa"].pk)], "directness": "first_hand", "texts": ["a", "b"],
        "deadline_at": "2999-01-01T00:00:00Z", "at": "2999-01-01T00:00:00Z", "time_zone": "UTC", "held_at": None,
        "code": "C_ATTRIBUTE", "outcome": "found", "reliability": "B", "risk": "contentious", "kind": "content",
        "derived": str(statement.pk), "origin": str(statement.pk), "url": "", "unnamed": False, "benefits_if": None,
        "uses": [{"claim": str(claim.pk), "mode": "asserted"}], "queue": "investigate",
        "terms": "on_record", "obtained_by": "us", "credibility": 1, "establishes": [], "contradicts": [],
    }  # fmt: skip


def test_no_input_in_a_use_causes_a_server_error(client_for: ClientFactory, rosa: User, room: Room) -> None:
    claim = room.claim()
    story, client = room.story(claim), client_for(rosa)
    for field in ("claim", "mode", "central", "relies_on", "stated_source_count"):
        for nasty in NASTY:
            use = {"claim": str(claim.pk), "mode": "asserted"} | {field: nasty}
            response = client.patch(f"stories/{story.pk}", uses=[use])
            assert response.status < 500, (field, nasty, response)


def test_an_error_points_at_its_field(client_for: ClientFactory, rosa: User, room: Room) -> None:
    story = room.story()
    uses = [{"claim": str(story.pk), "mode": "asserted"}, {"claim": "x", "mode": "maybe"}]
    response: ApiResponse = client_for(rosa).patch(f"stories/{story.pk}", uses=uses)
    assert {error["pointer"] for error in response.json["errors"]} == {"#/uses/1/claim", "#/uses/1/mode"}
