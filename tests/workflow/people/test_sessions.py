"""People see their own sessions and end them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone

from editorial.models import Session, User
from editorial.models.people.sessions import digest
from editorial.workflow.core.errors import NotFound
from editorial.workflow.people import sessions, users
from tests.support.cast import Room, events, exceptions_in, run_concurrently


def sign_in(person: User) -> tuple[Client, Session]:
    client = Client()
    client.force_login(person)
    return client, Session.objects.get(session_key=digest(client.cookies["sessionid"].value))


def is_signed_in(client: Client) -> bool:
    return SESSION_KEY in client.session


@pytest.mark.django_db
class TestSessions:
    def test_an_ended_session_opens_nothing_and_its_end_is_on_record(self, room: Room) -> None:
        (here, own), (there, other) = sign_in(room.people["rosa"]), sign_in(room.people["rosa"])
        sessions.end(session_id=other.pk, actor=room.people["rosa"], now=timezone.now())
        assert (is_signed_in(here), is_signed_in(there)) == (True, False)
        assert (events(other), list(sessions.of(room.people["rosa"], now=timezone.now()))) == (["session.end"], [own])

    def test_a_request_that_is_running_does_not_bring_its_session_back(self, room: Room) -> None:
        client, session = sign_in(room.people["rosa"])
        running = client.session
        running["draft"] = "half a sentence"
        sessions.end(session_id=session.pk, actor=room.people["rosa"], now=timezone.now())
        running.touch()
        with pytest.raises(UpdateError):
            running.save()
        assert not Session.objects.exists()

    @pytest.mark.parametrize("name", ["felix", "ada"])
    def test_nobody_ends_the_session_of_another_person(self, room: Room, name: str) -> None:
        client, session = sign_in(room.people["rosa"])
        with pytest.raises(NotFound):
            sessions.end(session_id=session.pk, actor=room.people[name], now=timezone.now())
        assert is_signed_in(client)

    def test_all_others_end_together_and_this_one_stays(self, room: Room) -> None:
        rosa = room.people["rosa"]
        (here, own), (there, _), (elsewhere, _) = (sign_in(rosa) for _ in range(3))
        felix, _ = sign_in(room.people["felix"])
        rosa.session_digest = own.session_key
        assert sessions.end_others(actor=rosa, now=timezone.now()) == 2
        assert [*map(is_signed_in, (here, there, elsewhere, felix))] == [True, False, False, True]

    def test_sessions_that_have_expired_are_neither_ended_nor_counted(self, room: Room) -> None:
        rosa, now = room.people["rosa"], timezone.now()
        _, expired = sign_in(rosa)
        Session.objects.update(expire_date=now - timedelta(hours=1))
        (_, own), _ = sign_in(rosa), sign_in(rosa)
        rosa.session_digest = own.session_key
        assert sessions.end_others(actor=rosa, now=timezone.now()) == 1
        with pytest.raises(NotFound):
            sessions.end(session_id=expired.pk, actor=rosa, now=timezone.now())
        assert events(expired) == []

    def test_only_sessions_that_still_work_are_listed(self, room: Room) -> None:
        rosa = room.people["rosa"]
        rosa.set_password("an old winding word")
        rosa.save()
        sign_in(rosa)
        assert sessions.of(rosa, now=timezone.now()).count() == 1
        assert sessions.of(rosa, now=timezone.now() + timedelta(hours=2)).count() == 0
        users.change_password(old="an old winding word", new="a long and winding word", actor=rosa, now=room.now)
        rosa.refresh_from_db()
        assert sessions.of(rosa, now=timezone.now()).count() == 0


@pytest.mark.exhaustive
def test_a_session_is_ended_once(parallel: Room) -> None:
    rosa = parallel.people["rosa"]
    _, session = sign_in(rosa)
    _, other = sign_in(rosa)
    outcomes = run_concurrently(
        *[lambda: sessions.end(session_id=session.pk, actor=rosa, now=timezone.now())] * 3,
        lambda: sessions.end_others(actor=rosa, now=timezone.now()),
    )
    assert all(isinstance(refusal, NotFound) for refusal in exceptions_in(outcomes)), outcomes
    assert (events(session), events(other)) == (["session.end"], ["session.end"])
    assert not Session.objects.exists()
