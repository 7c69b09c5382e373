"""Copies of the heads reach another machine, in order, once it answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings

from editorial.models import AuditHead
from editorial.workflow.ops import audit_heads
from editorial.workflow.ops.audit_heads import sender
from editorial.workflow.ops.audit_heads.head_files import Head, HeadFolder
from tests.support.cast import Room
from tests.support.receivers import WebhookReceiver, serve_in_background
from tests.workflow.ops.audit_heads.conftest import Sign


@pytest.fixture
def receiver(settings: Settings) -> Iterator[WebhookReceiver]:
    """The other machine."""
    server = WebhookReceiver()
    settings.AUDIT_HEADS_URL = f"http://127.0.0.1:{server.server_address[1]}/heads"
    with serve_in_background(server):
        yield server


def test_a_head_is_posted_once_it_is_signed(parallel: Room, heads: HeadFolder, receiver: WebhookReceiver) -> None:
    audit_heads.sign_due(now=parallel.now)
    audit_heads.send_pending(now=parallel.now)
    audit_heads.send_pending(now=parallel.now + timedelta(minutes=1))
    (request,) = receiver.requests
    assert request.path == "/heads"
    assert Head.from_json(request.body.decode()) == heads.read(1)
    assert AuditHead.objects.get().delivered_at == parallel.now


def test_heads_that_were_refused_are_posted_in_order_later(
    parallel: Room, sign: Sign, heads: HeadFolder, receiver: WebhookReceiver
) -> None:
    receiver.status = 503
    for _ in range(3):
        sign(parallel.later(hours=1))
        with pytest.raises(sender.NotDelivered, match="HTTP_503"):
            sender.send_pending(heads, now=parallel.now)
    receiver.requests.clear()
    receiver.status = 201
    assert sender.send_pending(heads, now=parallel.now) == 3
    assert [Head.from_json(request.body.decode()).number for request in receiver.requests] == [1, 2, 3]
    assert sender.send_pending(heads, now=parallel.now) == 0


def test_a_slow_receiver_gets_the_rest_with_the_next_run(
    parallel: Room, sign: Sign, heads: HeadFolder, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        sign(parallel.later(hours=1))
    monkeypatch.setattr(sender, "_MAX_SECONDS", 0)
    assert sender.send_pending(heads, now=parallel.now) == 1
    monkeypatch.undo()
    assert sender.send_pending(heads, now=parallel.now) == 2
    assert [Head.from_json(request.body.decode()).number for request in receiver.requests] == [1, 2, 3]


def test_a_redirect_is_not_followed(parallel: Room, sign: Sign, heads: HeadFolder, receiver: WebhookReceiver) -> None:
    sign(parallel.now)
    receiver.status = 302
    with pytest.raises(sender.NotDelivered, match="HTTP_302"):
        sender.send_pending(heads, now=parallel.now)
    assert len(receiver.requests) == 1


def test_without_an_address_nothing_is_posted(parallel: Room, sign: Sign, heads: HeadFolder) -> None:
    sign(parallel.now)
    assert sender.send_pending(heads, now=parallel.now) == 0
    assert AuditHead.objects.get().delivered_at is None


def test_an_unreachable_receiver_delays_no_head(
    parallel: Room, heads: HeadFolder, settings: Settings, receiver: WebhookReceiver
) -> None:
    settings.AUDIT_HEADS_URL = "http://127.0.0.1:9/heads"
    for now in (parallel.now, parallel.now + timedelta(hours=1)):
        audit_heads.sign_due(now=now)
        audit_heads.send_pending(now=now)
    assert heads.numbers() == [1, 2]
