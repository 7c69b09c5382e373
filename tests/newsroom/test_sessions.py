"""Reading the table of sessions is not enough to take one over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editorial.models import Session, User
from editorial.models.people.sessions import digest
from editorial.workflow.people import users
from newsroom.web.session_activity import BACKGROUND_HEADER
from newsroom.web.sessions import SessionStore
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

    def test_another_secret_key_signs_everybody_out(self, room: Room, settings: Any) -> None:
        client = Client()
        client.force_login(room.people["rosa"])
        settings.SECRET_KEY = "another-secret-key-" * 4
        assert client.get("/admin/").status_code == 302
        assert client.get("/admin/login/").status_code == 200

    def test_a_reactivated_account_has_no_earlier_session(self, room: Room) -> None:
        rosa, ada = room.people["rosa"], room.people["ada"]
        client = Client()
        client.force_login(rosa)
        assert client.get("/admin/").status_code == 200
        users.deactivate(user_id=rosa.pk, actor=ada, now=room.now)
        users.reactivate(user_id=rosa.pk, actor=ada, now=room.now)
        assert client.get("/admin/").status_code == 302

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


@pytest.mark.django_db
class TestIdle:
    @pytest.fixture
    def rosa(self, room: Room) -> Client:
        client = Client()
        client.force_login(room.people["rosa"])
        assert _remaining() == pytest.approx(3600, abs=60)
        return client

    def test_a_session_ends_without_requests(self, rosa: Client) -> None:
        _pass(timedelta(minutes=59))
        assert rosa.get("/admin/").status_code == 200
        _pass(timedelta(minutes=59))
        assert rosa.get("/admin/").status_code == 200, "the request before extended it"
        _pass(timedelta(minutes=61))
        response = rosa.post("/admin/editorial/story/?a=1", {"headline": "late"})
        assert (response.status_code, response["Location"]) == (
            302,
            "/admin/login/?next=/admin/editorial/story/%3Fa%3D1",
        )

    def test_the_setting_decides_how_long(self, rosa: Client, settings: Any) -> None:
        settings.SESSION_IDLE = timedelta(minutes=90)
        _pass(timedelta(minutes=2))
        rosa.get("/admin/")
        assert _remaining() == pytest.approx(90 * 60, abs=60)

    def test_it_is_written_once_a_minute_at_most(self, rosa: Client) -> None:
        _pass(timedelta(seconds=70))
        assert _writes(rosa) == 1
        assert _writes(rosa) == 0

    def test_a_page_that_refreshes_itself_extends_nothing(self, rosa: Client) -> None:
        _pass(timedelta(minutes=30))
        assert rosa.get("/admin/", headers={BACKGROUND_HEADER: "1"}).status_code == 200
        assert _remaining() == pytest.approx(1800, abs=60)

    def test_no_session_outlives_twelve_hours(self, rosa: Client) -> None:
        session = rosa.session
        session["_started_at"] -= 12 * 3600 - 600
        session.save()
        for _ in range(2):
            assert rosa.get("/admin/").status_code == 200
            assert _remaining() == pytest.approx(600, abs=60)

    def test_the_twelve_hours_begin_at_sign_in(self) -> None:
        session = SessionStore()
        session["_started_at"] = timezone.now().timestamp() - 11 * 3600
        session.save()
        session.cycle_key()
        session.save()
        assert session["_started_at"] == pytest.approx(timezone.now().timestamp(), abs=60)


def _pass(time: timedelta) -> None:
    """As if this time had passed for every session."""
    Session.objects.update(expire_date=F("expire_date") - time, last_used_at=F("last_used_at") - time)


def _remaining() -> float:
    return (Session.objects.get().expire_date - timezone.now()).total_seconds()


def _writes(client: Client) -> int:
    """The writes to the table of sessions during a request."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/admin/").status_code == 200
    return sum(query["sql"].startswith("UPDATE") and "editorial_session" in query["sql"] for query in queries)
