"""A browser in which somebody has signed in is known to login throttling."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from editorial.models import SignIn, User
from editorial.policy.people.sign_ins import KNOWN_DEVICE_TTL
from editorial.workflow.people import devices
from tests.support.cast import Room

_PASSWORD, _HOME = "a winding word", "192.0.2.2"


@pytest.fixture
def rosa(room: Room) -> User:
    person: User = room.people["rosa"]
    person.set_password(_PASSWORD)
    person.save()
    return person


def test_a_browser_is_remembered_after_sign_in_only(rosa: User) -> None:
    client = Client(REMOTE_ADDR=_HOME)
    login = reverse("admin:login")
    client.post(login, {"username": "rosa", "password": "wrong"})
    assert "newsroom_device" not in client.cookies
    client.post(login, {"username": "rosa", "password": _PASSWORD})
    cookie: Any = client.cookies["newsroom_device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert int(cookie["max-age"]) == KNOWN_DEVICE_TTL.total_seconds()
    client.logout()
    client.cookies["newsroom_device"] = cookie.value
    client.post(login, {"username": "rosa", "password": _PASSWORD})
    assert SignIn.objects.latest("at").device == devices.recognize("rosa", cookie=cookie.value) != ""
