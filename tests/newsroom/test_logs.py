"""Log lines: their fields, and the content they must never hold."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from editorial import outbox, tasks
from editorial.models import MessageKind, OutboxMessage, User
from newsroom.observability import log_format
from newsroom.web import request_ids
from tests.support.cast import Room

CANARY = "Wilhelmina Canary"


@pytest.fixture(autouse=True)
def no_request_is_slow(settings: Any) -> None:
    settings.SLOW_REQUEST_SECONDS = float("inf")


@contextmanager
def log_output(*, as_json: bool = True) -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, as the product's handler writes it."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(log_format.formatter(as_json=as_json))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield text
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def lines(text: io.StringIO) -> list[dict[str, Any]]:
    """The lines, one by one."""
    return [json.loads(line) for line in text.getvalue().splitlines()]


def _breaks(request: HttpRequest, what: str) -> HttpResponse:
    structlog.get_logger("tests.within").info("within")
    int(request.GET.get("q", CANARY))
    return HttpResponse()


urlpatterns = [path("breaks/<str:what>", _breaks, name="breaks")]


@pytest.mark.django_db
@pytest.mark.parametrize("as_json", [True, False])
def test_a_database_error_is_logged_without_the_row_it_quotes(as_json: bool) -> None:
    insert = "INSERT INTO editorial_desk (id, name, slug) VALUES (gen_random_uuid(), %s, %s)"
    with pytest.raises(IntegrityError, match=CANARY) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(insert, [(CANARY, "a"), (CANARY, "b")])
    with log_output(as_json=as_json) as text:
        logging.getLogger("newsroom.tests").error("it broke: %s", broken.value, exc_info=broken.value)
    assert "IntegrityError" in text.getvalue()
    assert "duplicate key" in text.getvalue()
    assert "23505" in text.getvalue(), "the database's error code is logged"
    assert CANARY not in text.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "breaks",
    [
        lambda: int(CANARY),
        lambda: {}[CANARY],
        lambda: Path(f"/{CANARY}").read_text(),
        lambda: OutboxMessage.objects.filter(attempts=CANARY).first(),
        lambda: OutboxMessage.objects.filter(pk=CANARY).first(),
        lambda: connection.cursor().execute("SELECT %s::uuid", [CANARY]),
    ],
)
def test_an_exception_is_logged_by_type_and_location_without_its_message(breaks: Callable[[], object]) -> None:
    with pytest.raises((ValueError, KeyError, OSError, ValidationError, DataError)) as broken, transaction.atomic():
        breaks()
    assert CANARY in str(broken.value), "else this case shows nothing"
    with log_output() as text:
        structlog.get_logger("newsroom.tests").error("it broke", exc_info=broken.value)
    exception = lines(text)[0]["exception"]
    assert type(broken.value).__name__ in exception
    assert "test_logs.py" in exception
    assert CANARY not in exception


def test_the_cause_of_an_exception_is_logged_too() -> None:
    try:
        try:
            int(CANARY)
        except ValueError as problem:
            raise LookupError(CANARY) from problem
    except LookupError as problem:
        exception = log_format.format_exception((type(problem), problem, problem.__traceback__))
    assert exception.index("ValueError") < exception.index("which led to") < exception.index("LookupError")
    assert CANARY not in exception


@pytest.mark.urls(__name__)
def test_a_failed_request_is_logged_by_id_view_and_type_without_its_content() -> None:
    client = Client(raise_request_exception=False)
    with log_output() as text:
        response = client.post(f"/breaks/{CANARY}?q={CANARY}", {"name": CANARY}, HTTP_USER_AGENT=CANARY)
    assert response.status_code == 500
    assert CANARY not in text.getvalue()
    logged = lines(text)
    assert {line["request_id"] for line in logged} == {response["X-Request-ID"]}
    assert [line["event"] for line in logged] == ["within", "request failed", "request"]
    assert logged[1]["view"] == "breaks"
    assert logged[1]["exception"].endswith("builtins.ValueError")
    assert (logged[2]["status"], logged[2]["method"], logged[2]["level"]) == (500, "POST", "error")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("request_id", "used"),
    [
        ("0197f0c0-0000-7000-8000-000000000000", True),
        ("4bf92f3577b34da6a3ce929d0e0e4736", True),
        (CANARY, False),
        ("wilhelmina-canary", False),
        ("ab", False),
        ("a" * 65, False),
        ("", False),
    ],
)
def test_a_client_request_id_is_used_only_if_it_cannot_hold_text(request_id: str, used: bool) -> None:
    response = Client().get("/health/live", headers={"X-Request-ID": request_id})
    assert (response["X-Request-ID"] == request_id) is used
    assert len(response["X-Request-ID"]) >= 32


@pytest.mark.django_db
def test_log_lines_of_an_authenticated_request_hold_the_user_id(rosa: User) -> None:
    client = Client()
    client.force_login(rosa)
    with log_output() as text:
        client.get("/admin/")
    requests = [line for line in lines(text) if line["event"] == "request"]
    assert [line["user"] for line in requests] == [str(rosa.pk)]
    assert rosa.username not in text.getvalue()
    assert rosa.email not in text.getvalue()


def test_a_slow_request_is_logged_as_a_warning(settings: Any, rf: RequestFactory) -> None:
    settings.SLOW_REQUEST_SECONDS = 0.0
    with log_output() as text:
        request_ids.request_id_middleware(lambda request: HttpResponse())(rf.get("/"))
    assert [(line["event"], line["level"]) for line in lines(text)] == [("slow request", "warning")]


def test_an_unknown_host_is_not_logged() -> None:
    with log_output() as text:
        response = Client().get("/admin/", headers={"Host": "wilhelmina.example"})
    assert response.status_code == 400
    assert "django.security.DisallowedHost" in text.getvalue()
    assert "wilhelmina" not in text.getvalue()


@pytest.mark.django_db
def test_a_job_and_its_follow_up_jobs_log_the_original_request(room: Room, rosa: User) -> None:
    client = Client()
    client.force_login(rosa)
    response = client.post(
        "/api/v1/claims", {"text": "It was open.", "desk": str(room.desk.pk)}, content_type="application/json"
    )
    assert response.status_code == 201, response.content
    request_id = response["X-Request-ID"]
    message = OutboxMessage.objects.get(kind=MessageKind.ASSESS_CLAIM.value)
    assert message.request_id == request_id
    outbox.claim_batch(now=message.available_at)
    with log_output() as text:
        tasks.assess_claim(message_id=str(message.pk))
    job = next(line for line in lines(text) if line["event"] == "job")
    assert job["request_id"] == request_id
    assert job["message_id"] == str(message.pk)
    assert job["reference"] == message.reference
    assert (job["kind"], job["attempt"], job["outcome"], job["level"]) == ("assess_claim", 1, "done", "info")
    assert job["seconds"] >= 0
    notifications = OutboxMessage.objects.filter(kind=MessageKind.NOTIFY.value)
    assert {follows.request_id for follows in notifications} <= {request_id, ""}
    assert structlog.contextvars.get_contextvars() == {}, "the next job begins with nothing of this one's"


@pytest.mark.django_db
def test_a_failed_job_is_logged_by_kind_and_a_duplicate_dispatch_is_not_logged(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(**_: Any) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr("editorial.workflow.review.assessments.reassess", breaks)
    room.claim(CANARY)
    message = OutboxMessage.objects.get(kind=MessageKind.ASSESS_CLAIM.value)
    outbox.claim_batch(now=room.now)
    with log_output() as text, pytest.raises(ValueError, match=CANARY):
        tasks.assess_claim(message_id=str(message.pk))
    job = next(line for line in lines(text) if line["event"] == "job")
    assert (job["outcome"], job["error"], job["level"]) == ("failed", "ValueError", "error")
    assert "assessments" in job["exception"] or "breaks" in job["exception"]
    assert CANARY not in text.getvalue()
    with log_output() as text:
        tasks.assess_claim(message_id=str(message.pk))
    assert [line["level"] for line in lines(text) if line["event"] == "job"] == ["debug"]


@pytest.mark.django_db
def test_a_name_in_a_failed_request_is_in_no_log_line_and_no_metric(
    room: Room, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa, carl = Client(raise_request_exception=False), Client(raise_request_exception=False)
    rosa.force_login(people["rosa"])
    carl.force_login(people["carl"])
    desk, headers = str(room.desk.pk), {"User-Agent": CANARY, "X-Request-ID": CANARY, "Referer": f"http://{CANARY}/"}
    source = {"type": "person", "name": CANARY, "unnamed": True, "identity_name": CANARY, "identity_known_by": CANARY}
    responses = [
        ("sources", source | {"desk": desk, CANARY: CANARY}),
        ("sources", source | {"desk": desk, "reliability": CANARY}),
        ("sources", source | {"desk": CANARY}),
        ("claims", {"desk": desk, "text": CANARY, "risk": CANARY}),
        ("claims", {"desk": desk, "text": CANARY, "adverse_to": [CANARY]}),
        (f"claims/{CANARY}/drop", {"reason": CANARY}),
        (f"claims/{room.claim(CANARY).pk}/drop", {"reason": CANARY}),
        (CANARY, {CANARY: CANARY}),
    ]
    statuses = set()

    def ask(client: Client, where: str, body: Any, **more: Any) -> None:
        sent = {"content_type": "application/json", "headers": headers | more}
        for query in ("", f"?q={CANARY}"):  # no write takes a parameter
            statuses.add(client.post(f"/api/v1/{where}{query}", body, **sent).status_code)

    with log_output() as text:
        for where, body in responses:
            for client in (rosa, carl):
                ask(client, where, body)
        ask(rosa, "claims", f'{{"text": "{CANARY}"')
        ask(Client(), "claims", {"text": CANARY}, Authorization=f"Bearer {CANARY}")
        rosa.get(f"/admin/editorial/source/?q={CANARY}&{CANARY}={CANARY}", headers=headers)
        rosa.get(f"/admin/editorial/source/{CANARY}/change/", headers=headers)

        def breaks(*_: Any, **__: Any) -> None:
            raise RuntimeError(CANARY)

        monkeypatch.setattr("editorial.workflow.core.audit.log", breaks)
        ask(rosa, "claims", {"desk": desk, "text": CANARY})
        monkeypatch.setattr("editorial.admin.framework.request_user.actor_facts", breaks)
        statuses.add(rosa.get(f"/admin/?q={CANARY}", headers=headers).status_code)
    assert {400, 401, 403, 404, 422, 500} <= statuses
    assert text.getvalue().count("request failed") >= 2
    metrics = Client().get("/metrics").content.decode()
    assert "wilhelmina" not in text.getvalue().casefold()
    assert "wilhelmina" not in metrics.casefold()
