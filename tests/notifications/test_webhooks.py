"""Webhooks: signed, without content, to addresses that may be reached and to no others."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook, WebhookVerificationError

from editorial import http_client
from editorial.models import (
    ClaimVisibility,
    Delivery,
    Event,
    Membership,
    MessageKind,
    OutboxMessage,
    User,
    WebhookEndpoint,
)
from editorial.notifications import deliveries, webhooks
from editorial.policy import url_safety
from editorial.workflow.core.errors import Conflict, Forbidden, ValidationFailed
from editorial.workflow.evidence import claims, sources
from editorial.workflow.ops import scheduler
from editorial.workflow.ops import webhooks as workflow_webhooks
from editorial.workflow.review import replies
from tests.notifications.conftest import NotifyingRoom
from tests.support.cast import HOUR, assert_refused, events
from tests.support.keys import new_key
from tests.support.receivers import WebhookReceiver, serve_in_background


def add(room: NotifyingRoom, receiver: WebhookReceiver, url: str = "http://127.0.0.1:{port}/hook") -> tuple[Any, str]:
    """An endpoint of the politics desk at the receiver."""
    url = url.format(port=receiver.server_address[1])
    return workflow_webhooks.add(desk_id=room.desk.pk, url=url, actor=room.people["ada"], now=room.now)


def drop(room: NotifyingRoom, text: str = "The gate was open.") -> Event:
    """An event that webhooks receive."""
    claim = room.claim(text)
    claims.drop(claim_id=claim.pk, reason="Nobody cares.", actor=room.people["edith"], now=room.now)
    room.settle()
    return Event.objects.filter(action="claim.drop").latest("id")


def test_a_webhook_request_is_signed_and_carries_ids_and_codes_but_no_content(
    room: NotifyingRoom, receiver: WebhookReceiver
) -> None:
    room.now = datetime.now(UTC)
    _, secret = add(room, receiver)
    event = drop(room)
    (request,) = receiver.requests
    payload = Webhook(secret).verify(request.body, request.headers)
    claim = event.stream.removeprefix("claim:")
    assert payload["type"] == "claim.drop"
    assert payload["data"] == {"event": str(event.pk), "desk": str(room.desk.pk), "object": "claim", "id": claim}
    assert datetime.fromisoformat(payload["timestamp"]) == event.at
    assert request.headers["webhook-id"] == str(Delivery.objects.get(event=event).pk)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_c29tZWJvZHkgZWxzZQ==").verify(request.body, request.headers)


def test_findings_are_sent_as_codes(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    add(room, receiver)
    room.corroborated()
    (payload_of_finding,) = (
        payload for request in receiver.requests if (payload := json.loads(request.body))["data"].get("finding")
    )
    assert payload_of_finding["type"] == "claim.assess"
    assert payload_of_finding["data"]["finding"] == [None, "verified"]
    assert payload_of_finding["data"]["contested"] == [None, False]


def test_free_text_and_source_details_are_left_out_of_a_webhook_request() -> None:
    event = Event(
        stream="story:1", action="story.refuse", at=datetime(2031, 3, 4, tzinfo=UTC),
        data={
            "codes": ["E_FALSE_DECLINE", "ASK_CUSTODIAN", "E_LEGAL"], "reason": "He told me.", "kind": "He told me.",
            "changed": {"name": ["a", "b"]}, "code": "E_FALSE_DECLINE", "withheld": True, "source": "1",
            "at": "2031-03-04T10:00:00+00:00",
        },
    )  # fmt: skip
    data = webhooks.payload(event, uuid4())["data"]
    assert data.keys() == {"event", "desk", "object", "id", "codes", "withheld", "at"}
    assert data["codes"] == ["E_LEGAL"]


def test_a_webhook_names_only_claims_that_its_desk_sees(
    room: NotifyingRoom, receiver: WebhookReceiver, city: Any
) -> None:
    rosa, shared, hidden, party = room.people["rosa"], room.claim(), room.claim("Signed."), room.person()
    ClaimVisibility.objects.create(claim=shared, desk=city)  # as if a story of theirs used it
    claims.revise(claim_id=shared.pk, adverse_to=[party.pk], actor=rosa, now=room.now)
    for desk in (room.desk, city):
        url = f"http://127.0.0.1:{receiver.server_address[1]}/{desk.slug}"
        workflow_webhooks.add(desk_id=desk.pk, url=url, actor=room.people["ada"], now=room.now)
    asked = replies.send(
        to_id=party.pk, covers=[shared.pk, hidden.pk], question="Is it so?", deadline_at=room.now + HOUR * 5,
        actor=rosa, now=room.now,
    )  # fmt: skip
    replies.answer(request_id=asked.pk, outcome="declined", actor=rosa, now=room.now)
    room.settle()
    sent = {request.path: json.loads(request.body) for request in receiver.requests if b"reply.answer" in request.body}
    assert sorted(sent["/politics"]["data"]["claims"]) == sorted([str(shared.pk), str(hidden.pk)])
    assert sent["/city"]["data"]["claims"] == [str(shared.pk)]


def test_webhooks_never_receive_source_events(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    add(room, receiver)
    source, other = room.person(), room.person()
    sources.merge(source_id=source.pk, into_id=other.pk, reason="Same man.", actor=room.people["edith"], now=room.now)
    room.settle()
    assert room.notified_usernames("source.merge") == {"edgar", "sena"}
    assert receiver.requests == []


def test_a_webhook_receives_events_of_its_own_desk_only(
    room: NotifyingRoom, receiver: WebhookReceiver, city: Any
) -> None:
    url = f"http://127.0.0.1:{receiver.server_address[1]}/"
    workflow_webhooks.add(desk_id=city.pk, url=url, actor=room.people["ada"], now=room.now)
    drop(room)
    assert receiver.requests == []


def test_a_failed_delivery_is_retried_under_the_same_id(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    add(room, receiver)
    receiver.status = 503
    drop(room)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == ("waiting", "HTTP_503")
    receiver.status = 204
    room.later(seconds=15)
    room.settle()
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert Delivery.objects.get().state == "delivered"


def test_a_redirect_is_not_followed(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    add(room, receiver)
    receiver.status = 307
    drop(room)
    assert [request.path for request in receiver.requests] == ["/hook"]
    assert Delivery.objects.get().error == "HTTP_307"


def test_a_webhook_that_answers_410_three_times_is_disabled(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    endpoint, _ = add(room, receiver)
    receiver.status = 410
    drop(room)
    receiver.status = 200
    drop(room)
    receiver.status = 410
    for _ in range(2):
        drop(room)
    assert WebhookEndpoint.objects.get().active, "it was there in between"
    drop(room)
    assert not WebhookEndpoint.objects.get().active
    drop(room)
    assert len(receiver.requests) == 5
    assert Delivery.objects.filter(endpoint=endpoint, error="HTTP_410").count() == 4


def test_a_crash_right_after_the_third_410_does_not_lose_the_disabling(
    room: NotifyingRoom, receiver: WebhookReceiver
) -> None:
    endpoint, _ = add(room, receiver)
    receiver.status = 410
    drop(room)
    drop(room)
    room.delivering = False
    drop(room)
    (message,) = OutboxMessage.objects.filter(kind=MessageKind.DELIVER.value).exclude(state="done")
    deliveries.deliver(message_id=message.pk, clock=lambda: room.now)
    assert WebhookEndpoint.objects.get().active, "the worker died here"
    (check,) = OutboxMessage.objects.filter(kind=MessageKind.DISABLE_WEBHOOK.value).exclude(state="done")
    assert check.reference == str(endpoint.pk)
    room.settle()
    assert not WebhookEndpoint.objects.get().active


def test_disabling_a_webhook_is_logged_and_notifies_its_owner_only(
    room: NotifyingRoom, receiver: WebhookReceiver
) -> None:
    endpoint, _ = add(room, receiver)
    other = WebhookReceiver()
    with serve_in_background(other):
        add(room, other)
        receiver.status = 410
        for _ in range(3):
            drop(room)
        assert events(endpoint) == ["webhook.add", "webhook.auto_disable"]
        assert Event.objects.get(action="webhook.auto_disable").actor is None
        assert room.notified_usernames("webhook.auto_disable") == {"ada"}
        (notice,) = room.notifications_of("ada", "webhook.auto_disable")
        assert "Politics" in notice.body
        assert "127.0.0.1" not in notice.subject + notice.body, "some addresses carry a password"
        assert not any(b"webhook" in request.body for request in other.requests)
    workflow_webhooks.stop_failing(endpoint_id=endpoint.pk, now=room.now)
    assert events(endpoint)[-1:] == ["webhook.auto_disable"]
    assert Event.objects.filter(action="webhook.auto_disable").count() == 1


def test_an_owner_without_admin_role_is_still_notified_of_a_disabled_webhook(
    room: NotifyingRoom, receiver: WebhookReceiver, ada: User
) -> None:
    add(room, receiver)
    Membership.objects.filter(user=ada).update(role="reporter")
    receiver.status = 410
    for _ in range(3):
        drop(room)
    assert room.notified_usernames("webhook.auto_disable") == {"ada"}


def accepts(secret: str, request: Any) -> bool:
    """Whether a receiver built with the library and this secret accepts the request."""
    try:
        Webhook(secret).verify(request.body, request.headers)
    except WebhookVerificationError:
        return False
    return True


@pytest.mark.parametrize(
    ("since", "by_both"), [(timedelta(0), True), (timedelta(hours=23, minutes=59), True), (timedelta(hours=24), False)]
)
def test_for_a_day_after_rotation_both_secrets_verify_a_webhook_request(
    room: NotifyingRoom, receiver: WebhookReceiver, ada: User, edith: User, since: timedelta, by_both: bool
) -> None:
    room.now = datetime.now(UTC) - since  # receivers reject requests that are minutes old
    endpoint, former = add(room, receiver)
    with pytest.raises(Forbidden):
        workflow_webhooks.rotate(endpoint_id=endpoint.pk, actor=edith, now=room.now)
    _, new = workflow_webhooks.rotate(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    assert new != former
    room.now += since
    drop(room)
    (request,) = receiver.requests
    assert len(request.headers["webhook-signature"].split()) == 1 + by_both
    assert (accepts(former, request), accepts(new, request)) == (by_both, True), "whether or not the clock has swept"
    scheduler.run_due(now=room.now)
    endpoint.refresh_from_db()
    assert (endpoint.previous_secret is None) == (endpoint.previous_secret_expires_at is None) == (not by_both)
    assert events(endpoint) == ["webhook.add", "webhook.rotate"]


def test_disabling_a_webhook_revokes_its_secret_immediately(
    room: NotifyingRoom, receiver: WebhookReceiver, ada: User
) -> None:
    room.now = datetime.now(UTC)
    endpoint, leaked = add(room, receiver)
    workflow_webhooks.rotate(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    workflow_webhooks.disable(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    with pytest.raises(Conflict):
        workflow_webhooks.rotate(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    _, new = add(room, receiver)
    drop(room)
    (request,) = receiver.requests
    assert (accepts(leaked, request), accepts(new, request)) == (False, True)


def test_a_disabled_webhook_receives_nothing_not_even_deliveries_in_progress(
    room: NotifyingRoom, receiver: WebhookReceiver, ada: User, edith: User
) -> None:
    endpoint, secret = add(room, receiver)
    receiver.status = 500
    drop(room)
    with pytest.raises(Forbidden):
        workflow_webhooks.disable(endpoint_id=endpoint.pk, actor=edith, now=room.now)
    workflow_webhooks.disable(endpoint_id=endpoint.pk, actor=ada, now=room.now)
    room.later(hours=1)
    room.settle()
    assert len(receiver.requests) == 1
    assert Delivery.objects.get().error == "ENDPOINT_DISABLED"
    again, new_secret = add(room, receiver)
    assert again.pk == endpoint.pk
    assert new_secret != secret
    with pytest.raises(Conflict):
        add(room, receiver)


def test_only_an_admin_adds_a_webhook_and_its_secret_is_encrypted(
    room: NotifyingRoom, receiver: WebhookReceiver, edith: User
) -> None:
    with pytest.raises(Forbidden):
        workflow_webhooks.add(desk_id=room.desk.pk, url="https://203.0.114.5/", actor=edith, now=room.now)
    _, secret = add(room, receiver)
    assert secret.startswith("whsec_")
    assert secret.encode() not in bytes(WebhookEndpoint.objects.get().encrypted_secret)
    recorded = Event.objects.get(action="webhook.add")
    assert "127.0.0.1" not in json.dumps(recorded.data), "some addresses carry a password"
    room.now = datetime.now(UTC)
    drop(room)
    Webhook(secret).verify(receiver.requests[0].body, receiver.requests[0].headers)


def test_a_secret_whose_key_is_lost_waits_for_the_key(
    room: NotifyingRoom, receiver: WebhookReceiver, settings: Any
) -> None:
    add(room, receiver)
    keys, settings.WEBHOOK_KEYS = settings.WEBHOOK_KEYS, [new_key()]
    drop(room)
    assert Delivery.objects.get().error == "KEY_UNAVAILABLE"
    settings.WEBHOOK_KEYS = keys
    room.later(minutes=1)
    room.settle()
    assert len(receiver.requests) == 1


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
