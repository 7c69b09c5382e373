"""A call outside ends at its total deadline, whatever the receiver sends and however slowly."""

from __future__ import annotations

import socket
import socketserver
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from editorial import http_client
from editorial.http_client import RequestFailed
from editorial.models import CircuitBreaker, Delivery, OutboxMessage, encryption
from editorial.notifications import mail
from editorial.workflow.ops import webhooks
from tests.notifications.conftest import NotifyingRoom
from tests.notifications.test_mail import spike
from tests.notifications.test_webhook_addresses import certify
from tests.notifications.test_webhooks import drop
from tests.proofs.chaos.bad_receivers import BadReceiver, bad_receivers
from tests.support.receivers import MailServer, serve_in_background

TOTAL = 0.6  # seconds


@pytest.fixture(autouse=True)
def short_deadlines(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Let every call end soon; each step may take as long as usual."""
    monkeypatch.setattr(http_client, "_TOTAL_TIMEOUT", TOTAL)
    monkeypatch.setattr(mail, "_TOTAL_TIMEOUT", TOTAL)
    settings.WEBHOOKS_ALLOW_PRIVATE_HOSTS = True


@pytest.fixture
def misbehaving() -> Iterator[dict[str, BadReceiver]]:
    """A receiver of each bad habit."""
    with bad_receivers() as receivers:
        for receiver in receivers:
            receiver.misbehave()
        yield {receiver.habit: receiver for receiver in receivers}
        for receiver in receivers:
            receiver.behave()


@pytest.mark.parametrize(
    ("habit", "error"),
    [
        ("hangs", "TOO_SLOW"),
        ("drips headers", "TOO_SLOW"),
        ("floods", "RemoteProtocolError"),
        ("refuses", "ConnectError"),
        ("fails", "HTTP_500"),
    ],
)
def test_a_webhook_call_ends_and_is_repeated_when_the_receiver_behaves(
    room: NotifyingRoom, misbehaving: dict[str, BadReceiver], habit: str, error: str
) -> None:
    receiver = misbehaving[habit]
    webhooks.add(desk_id=room.desk.pk, url=receiver.url, actor=room.people["ada"], now=room.now)
    began = time.monotonic()
    drop(room)
    assert time.monotonic() - began < TOTAL + 10
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == ("waiting", error)
    assert CircuitBreaker.objects.get().failures == 1
    receiver.behave()
    room.later(seconds=15)
    room.settle()
    assert Delivery.objects.get().state == "delivered"
    assert receiver.acknowledged == {str(delivery.pk)}
    assert not CircuitBreaker.objects.exists()
    receiver.misbehave()


def test_the_body_of_a_webhooks_response_is_not_awaited(
    room: NotifyingRoom, misbehaving: dict[str, BadReceiver]
) -> None:
    url = misbehaving["drips bodies"].url
    webhooks.add(desk_id=room.desk.pk, url=url, actor=room.people["ada"], now=room.now)
    drop(room)
    assert Delivery.objects.get().state == "delivered"


def test_a_rejected_delivery_does_not_hold_others_back(room: NotifyingRoom, receiver: Any) -> None:
    receiver.status = 404
    url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
    webhooks.add(desk_id=room.desk.pk, url=url, actor=room.people["ada"], now=room.now)
    drop(room)
    assert Delivery.objects.get().error == "HTTP_404"
    assert not CircuitBreaker.objects.exists()


def test_a_webhook_that_cannot_be_called_fails_alone(room: NotifyingRoom, receiver: Any) -> None:
    """Webhooks may be older than the check of their URL."""
    ada = room.people["ada"]
    old, secret = webhooks.add(desk_id=room.desk.pk, url="https://hooks.example/", actor=ada, now=room.now)
    old.url = "https://☃.net/"
    encryption.encrypt(old, "encrypted_secret", secret)  # bound to the URL
    old.save()
    url = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
    webhooks.add(desk_id=room.desk.pk, url=url, actor=ada, now=room.now)
    drop(room)
    assert len(receiver.requests) == 1
    failed = Delivery.objects.get(endpoint=old)
    assert (failed.state, failed.error) == ("failed", "DESTINATION_NOT_ALLOWED")


@contextmanager
def server(speak: Callable[[Any], None]) -> Iterator[int]:
    """A server that speaks like this; its port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                speak(self.wfile)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, block_on_close = True, False

    running = Server(("127.0.0.1", 0), Handler)
    with serve_in_background(running):
        yield int(running.server_address[1])


def drip(wfile: Any) -> None:
    """Send a byte now and then for a minute."""
    for _ in range(600):
        wfile.write(b"x")
        time.sleep(0.1)


def test_a_fetched_body_without_a_length_is_not_taken_for_complete_at_the_deadline() -> None:
    def speak(wfile: Any) -> None:
        wfile.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
        drip(wfile)

    with server(speak) as port, pytest.raises(RequestFailed, match="TOO_SLOW"):
        http_client.fetch(f"http://127.0.0.1:{port}/", accept="*/*", max_bytes=9999, allow_private=True)


def test_a_dripped_tls_handshake_ends() -> None:
    began = time.monotonic()
    with server(drip) as port, pytest.raises(RequestFailed):
        http_client.call("GET", f"https://127.0.0.1:{port}/", headers={}, max_bytes=9999, allow_private=True)
    assert time.monotonic() - began < TOTAL + 10


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port at which connections hang: its queue is full."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = int(listener.getsockname()[1])
        for _ in range(3):
            filler = opened.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        yield port


def resolve_mail_host(monkeypatch: pytest.MonkeyPatch, settings: Any, *addresses: tuple[str, int]) -> None:
    """Let the mail server's name have these addresses."""
    resolve = socket.getaddrinfo
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: found if host == "mail.example" else resolve(host, *a, **k)
    )
    settings.EMAIL_HOST = "mail.example"


def test_a_mail_server_whose_many_addresses_do_not_answer_fails_the_email_in_time(
    room: NotifyingRoom, mailbox: MailServer, silent_port: int, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    resolve_mail_host(monkeypatch, settings, *[("127.0.0.1", silent_port)] * 8)
    began = time.monotonic()
    spike(room)
    assert time.monotonic() - began < TOTAL + 10
    assert (Delivery.objects.get().state, Delivery.objects.get().error) == ("waiting", "TimeoutError")


def test_the_second_address_of_a_mail_server_is_tried_when_the_first_hangs(
    room: NotifyingRoom, mailbox: MailServer, silent_port: int, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(mail, "_TOTAL_TIMEOUT", 5)
    resolve_mail_host(monkeypatch, settings, ("127.0.0.1", silent_port), ("127.0.0.1", mailbox.port))
    spike(room)
    assert Delivery.objects.get().state == "delivered"


@pytest.mark.parametrize(("name", "state"), [("localhost", "delivered"), ("elsewhere.example", "waiting")])
def test_a_mail_server_is_verified_by_its_host_name(
    room: NotifyingRoom,
    mailbox: MailServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    name: str,
    state: str,
) -> None:
    certificate, key = certify(name, tmp_path)
    mailbox.use_tls(certificate, key)
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    monkeypatch.setattr(mail, "_TOTAL_TIMEOUT", 5)
    settings.EMAIL_HOST, settings.EMAIL_USE_SSL = "localhost", True
    spike(room)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == (state, "" if state == "delivered" else "SSLCertVerificationError")


def test_a_mail_server_that_drips_its_greeting_fails_the_email(
    room: NotifyingRoom, mailbox: MailServer, settings: Any
) -> None:
    began = time.monotonic()
    with server(drip) as port:
        settings.EMAIL_PORT = port
        spike(room)
    assert time.monotonic() - began < TOTAL + 10
    delivery = Delivery.objects.get()
    assert delivery.state == "waiting", "it was certainly not sent"
    assert CircuitBreaker.objects.get().receiver == "mail"


def test_a_mail_server_that_hangs_after_the_text_leaves_an_uncertain_delivery_that_is_repeated(
    room: NotifyingRoom, mailbox: MailServer
) -> None:
    mailbox.never_acknowledges = True
    began = time.monotonic()
    spike(room)
    assert time.monotonic() - began < TOTAL + 10
    assert Delivery.objects.get().state == "uncertain"
    assert CircuitBreaker.objects.get().failures == 1
    mailbox.never_acknowledges = False
    room.later(seconds=15)
    room.settle()
    assert [OutboxMessage.objects.get(kind="deliver").state, len(mailbox.emails)] == ["done", 2]
