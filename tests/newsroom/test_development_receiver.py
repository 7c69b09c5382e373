"""The demo newsroom sends every desk's events to itself, at the port of its last start."""

from __future__ import annotations

from typing import Any

import pytest

from editorial.models import Desk, User, WebhookEndpoint
from newsroom.management.commands.prepare import _connect_receiver

PATH = "/admin/development/webhooks/receive/"


def active() -> set[tuple[str, str]]:
    return set(WebhookEndpoint.objects.filter(active=True).values_list("desk__name", "url"))


def test_each_desk_has_one_webhook_whose_port_is_that_of_the_last_start(
    settings: Any, people: dict[str, User], politics: Desk, city: Desk
) -> None:
    for port in (8000, 8123, 8123, 8000):
        settings.DEVELOPMENT_WEBHOOK_URL = url = f"http://127.0.0.1:{port}{PATH}"
        _connect_receiver(url)
        assert active() == {("Politics", url), ("City", url)}


@pytest.mark.django_db
def test_a_newsroom_without_an_administrator_has_none(settings: Any) -> None:
    settings.DEVELOPMENT_WEBHOOK_URL = url = f"http://127.0.0.1:8000{PATH}"
    Desk.objects.create(name="Politics", slug="politics")
    _connect_receiver(url)
    assert active() == set()
