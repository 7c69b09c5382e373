"""Reading the table of sessions is not enough to take one over."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from editorial.models import User
from newsroom.web.sessions import SessionStore, digest
from tests.support.cast import Room


@pytest.mark.django_db
class TestSessions:
    def test_the_table_holds_a_digest_of_the_key_that_opens_nothing(self, room: Room) -> None:
        rosa: User = room.people["rosa"]
        client = Client()
        client.force_login(rosa)
        key = client.cookies["sessionid"].value
        stored = Session.objects.get().session_key
        assert stored == digest(key)
        assert key not in stored
        assert client.get("/admin/").status_code == 200
        thief = Client()
        thief.cookies["sessionid"] = stored
        assert thief.get("/admin/").status_code == 302

    def test_a_session_is_kept_changed_and_ended(self) -> None:
        session = SessionStore()
        session["a"] = 1
        session.save()
        again = SessionStore(session.session_key)
        assert again["a"] == 1
        assert again.exists(str(session.session_key))
        again["a"] = 2
        again.save()
        assert SessionStore(session.session_key)["a"] == 2
        before = again.session_key
        again.cycle_key()
        assert (again["a"], again.session_key != before) == (2, True)
        assert SessionStore(before).load() == {}
        again.flush()
        assert Session.objects.count() == 0

    def test_an_unknown_key_is_not_adopted(self) -> None:
        session = SessionStore("a" * 32)
        assert session.load() == {}
        assert session.session_key is None
