"""Where webhooks are sent: to public addresses that were checked, and to no others."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from editorial import http_client
from editorial.models import Delivery, User, WebhookEndpoint
from editorial.policy import url_safety
from editorial.workflow.core.errors import ValidationFailed
from editorial.workflow.ops import webhooks as workflow_webhooks
from tests.notifications.conftest import NotifyingRoom
from tests.notifications.test_webhooks import add, drop
from tests.support.cast import HOUR, assert_refused
from tests.support.receivers import WebhookReceiver, serve_in_background


def test_a_url_changed_in_the_database_receives_nothing(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    endpoint, _ = add(room, receiver)
    WebhookEndpoint.objects.update(url=f"{endpoint.url}/elsewhere")
    drop(room)
    assert receiver.requests == []
    assert Delivery.objects.get().error == "CIPHERTEXT_INVALID"


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:10.0.0.1", "::ffff:127.0.0.1",
    "64:ff9b::a00:1", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused(address: str) -> None:
    assert not url_safety.check_address(address, allow_private=False)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert url_safety.check_address(address, allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://127.1/", "https://0x7f.1./",
        "https:///path", "https://", "ftp://hooks.example/",
        "https://user:word@hooks.example/", "https://hooks.example/#part", "https://hooks.example/a b",
        "https://hooks.example:0/", "https://hooks.example:99999/", "https://hooks.example/\r\nHost: evil",
        "javascript:alert(1)", "https://localhost/", "https://intranet/hook", "https://hooks.internal/",
        "https://hooks.example/" + "a" * 500, "https://[::1", "//hooks.example/",
        "https://☃.net/", "https://ａ.com", "https://-é.com/",
    ],
)  # fmt: skip
def test_an_invalid_url_cannot_be_added(room: NotifyingRoom, ada: User, url: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        workflow_webhooks.add(desk_id=room.desk.pk, url=url, actor=ada, now=room.now)
    assert refusal.value.reasons[0].field == "url"


def test_a_host_name_that_resolves_to_a_private_address_is_refused_on_delivery(
    room: NotifyingRoom, receiver: WebhookReceiver, settings: Any
) -> None:
    add(room, receiver, "https://localhost:{port}/")
    settings.WEBHOOKS_ALLOW_PRIVATE_HOSTS = False
    drop(room)
    assert receiver.requests == []
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == ("failed", "DESTINATION_NOT_ALLOWED")


def test_a_webhook_to_a_host_that_is_not_on_the_operators_list_is_not_delivered(
    room: NotifyingRoom, receiver: WebhookReceiver, settings: Any
) -> None:
    add(room, receiver, "http://localhost:{port}/")
    settings.OUTGOING_HOSTS = ["hooks.example"]
    drop(room)
    assert receiver.requests == []
    assert Delivery.objects.get().error == "DESTINATION_NOT_ALLOWED"
    with assert_refused(ValidationFailed, "URL_NOT_ALLOWED"):
        add(room, receiver, "http://127.0.0.1:{port}/")


def test_a_host_name_is_resolved_once_and_the_checked_address_is_used(
    room: NotifyingRoom, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts: list[str] = []

    def once(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "hooks.example":
            return resolve(host, port, *args, **kwargs)
        hosts.append(host)
        assert len(hosts) == 1, "a second look-up could lead elsewhere"
        return resolve("127.0.0.1", port, *args, **kwargs)

    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", once)
    add(room, receiver, "http://hooks.example:{port}/hook")
    drop(room)
    (request,) = receiver.requests
    assert request.headers["host"] == f"hooks.example:{receiver.server_address[1]}"


def test_a_host_name_with_any_private_address_is_refused(
    room: NotifyingRoom, receiver: WebhookReceiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE_HOSTS = False
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("93.184.215.14", "10.0.0.1")]
    workflow_webhooks.add(desk_id=room.desk.pk, url="https://hooks.example/", actor=room.people["ada"], now=room.now)
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: both if host == "hooks.example" else resolve(host, *a, **k)
    )
    drop(room)
    assert Delivery.objects.get().error == "DESTINATION_NOT_ALLOWED"


def test_tls_is_verified_against_the_host_name_although_the_request_goes_to_an_address(
    room: NotifyingRoom, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE_HOSTS = True
    certificate, key = certify("localhost", tmp_path)
    server = WebhookReceiver()
    server.use_tls(certificate, key)
    with serve_in_background(server):
        http_client._ssl_context.cache_clear()
        add(room, server, "https://localhost:{port}/")
        drop(room)
        assert (server.requests, Delivery.objects.get().error) == ([], "ConnectError"), "nobody vouches for it yet"
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        http_client._ssl_context.cache_clear()  # as a newly started process reads it
        room.now += HOUR
        room.settle()
        assert len(server.requests) == 1
        WebhookEndpoint.objects.update(url=f"https://127.0.0.1:{server.server_address[1]}/")
        drop(room)
        assert len(server.requests) == 1, "the certificate is for another name"
    http_client._ssl_context.cache_clear()


def certify(name: str, folder: Path) -> tuple[str, str]:
    """A certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("10.9.8.7"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")
