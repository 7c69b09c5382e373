"""The pages of a development newsroom: the email that it sent, and the webhooks that it received from itself."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from standardwebhooks import Webhook

from editorial import http_client
from editorial.admin.ops.development import received_webhooks
from editorial.models import Desk, ReceivedAnswer, User
from editorial.workflow.core.errors import ValidationFailed
from editorial.workflow.ops import webhooks
from editorial.workflow.review.reply_addresses import address_of
from tests.admin.conftest import page_text
from tests.support.incoming_mail import ask, collect

URL = "http://127.0.0.1:8000/admin/development/webhooks/receive/"
EVENT = '{"type":"story.publish","data":{"object":"story"}}'


@pytest.fixture
def development(settings: Any, tmp_path: Path) -> Path:
    """A development newsroom with the demo; its data folder."""
    settings.SECOND_FACTOR_ROLES = []
    settings.DEVELOPMENT_PAGES, settings.DEVELOPMENT_WEBHOOK_URL, settings.DATA = True, URL, tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.ROOT_URLCONF = "tests.admin.ops.development_urls"
    return tmp_path


def send_email() -> None:
    email = EmailMultiAlternatives(
        "Story published: The gate", "It ran.\n\nhttps://news.example/", to=["rosa@news.example"]
    )
    email.attach_alternative("<p style='color: #555'>It ran.</p><script>alert(1)</script>", "text/html")
    email.send()


def call_receiver(secret: str, body: str = EVENT) -> int:
    now = timezone.now()
    headers = {
        "webhook-id": "1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("1", now, EVENT),
    }
    response = Client(enforce_csrf_checks=True).post(
        "/admin/development/webhooks/receive/", body, content_type="application/json", headers=headers
    )
    return response.status_code


def test_an_administrator_reads_the_email_that_was_sent(development: Path, visit: Any) -> None:
    browser = visit("ada").client
    assert "No email yet" in page_text(browser.get(reverse("admin:development_email")))
    send_email()
    listed = browser.get(reverse("admin:development_email"))
    assert "Story published: The gate rosa@news.example" in page_text(listed)
    (name,) = [path.name for path in (development / "mail").iterdir()]
    page = browser.get(reverse("admin:development_one_email", args=[name]))
    assert "It ran." in page_text(page)
    assert b'<a href="https://news.example/" rel="nofollow">' in page.content
    assert b"alert(1)" not in page.content
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_html_of_an_email_is_shown_in_a_sandbox(development: Path, visit: Any) -> None:
    send_email()
    (name,) = [path.name for path in (development / "mail").iterdir()]
    html = visit("ada").client.get(reverse("admin:development_email_html", args=[name]))
    assert b"<p style='color: #555'>It ran.</p>" in html.content
    policy = html.headers["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "frame-ancestors 'self'"} <= set(policy)
    assert not any(directive.startswith("script-src") for directive in policy)
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("name", ["nothing.log", "..%2Fdemo.txt", "secrets.json"])
def test_no_other_file_is_read(development: Path, visit: Any, name: str) -> None:
    (development / "mail").mkdir()
    for file in (development / "demo.txt", development / "mail" / "secrets.json"):
        file.write_text("Subject: a password")
    for page in ("", "html/"):
        assert visit("ada").client.get(f"/admin/development/email/{name}/{page}").status_code == 404


def test_only_administrators_see_the_pages_and_their_links(development: Path, visit: Any) -> None:
    for name, status in (("ada", 200), ("edith", 403)):
        browser = visit(name).client
        for page in ("email", "webhooks"):
            assert browser.get(f"/admin/development/{page}/").status_code == status
        home = browser.get("/admin/").content
        assert (b"/admin/development/email/" in home) is (status == 200)
    assert Client().get("/admin/development/email/").status_code == 302


def test_a_webhook_to_the_newsroom_itself_is_shown_with_its_signature(
    development: Path, visit: Any, ada: User, politics: Desk
) -> None:
    _, secret = webhooks.add(desk_id=politics.pk, url=URL, actor=ada, now=timezone.now())
    assert call_receiver(secret) == 204
    assert call_receiver(secret, EVENT.replace("publish", "retract")) == 204
    forged, genuine = received_webhooks.newest()
    assert (genuine.verified, forged.verified) == (True, False)
    page = page_text(visit("ada").client.get("/admin/development/webhooks/"))
    assert "story.publish signature verified" in page
    assert "story.retract signature not verified" in page
    assert json.dumps(json.loads(EVENT), indent=2).split()[1] in page
    (path, _) = (development / "webhooks").iterdir()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_hundred_webhooks_are_kept(development: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received_webhooks, "MAX_KEPT", 3)
    now = timezone.now()
    for number in range(5):
        received_webhooks.receive(str(number).encode(), {}, now=now + timedelta(seconds=number))
    assert [webhook.body for webhook in received_webhooks.newest()] == ["4", "3", "2"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "http://127.0.0.1:9000/admin/development/webhooks/receive/"])
def test_no_other_private_address_is_allowed(development: Path, ada: User, politics: Desk, url: str) -> None:
    assert http_client.may_be_private(URL)
    with pytest.raises(ValidationFailed):
        webhooks.add(desk_id=politics.pk, url=url, actor=ada, now=timezone.now())


def test_on_a_server_the_pages_do_not_exist(visit: Any, ada: User, politics: Desk, settings: Any) -> None:
    settings.DEVELOPMENT_PAGES, settings.DEVELOPMENT_WEBHOOK_URL = False, ""
    settings.SECOND_FACTOR_ROLES = []
    browser = visit("ada").client
    for page in ("email/", "email/x.log/", "email/x.log/html/", "webhooks/"):
        assert browser.get(f"/admin/development/{page}").status_code == 404
    assert (
        browser.post("/admin/development/webhooks/receive/", EVENT, content_type="application/json").status_code == 404
    )
    assert b"development" not in browser.get("/admin/").content
    with pytest.raises(NoReverseMatch):
        reverse("admin:development_email")
    with pytest.raises(ValidationFailed):
        webhooks.add(desk_id=politics.pk, url=URL, actor=ada, now=timezone.now())
    assert not http_client.may_be_private("")


def test_an_administrator_answers_a_request_by_email(development: Path, room: Any, settings: Any, visit: Any) -> None:
    settings.INBOUND_MAIL_DOMAIN, settings.INBOUND_MAILDIR = "reply.localhost", str(development / "new" / "mail")
    page = reverse("admin:development_answer")
    assert "No request for comment has an address" in page_text(visit("ada").client.get(page))
    request = ask(room)
    answer = {"address": address_of(request), "sender": "Lida <lida@fenn.example>", "text": "It was shut."}
    assert visit("ada").client.post(page, answer).status_code == 302
    assert collect(room).received == 1
    assert ReceivedAnswer.objects.get().request == request
    assert visit("ada").client.post(page, answer | {"address": "x@reply.localhost"}).status_code == 200
    assert visit("rosa").client.post(page, answer).status_code == 403
