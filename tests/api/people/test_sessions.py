"""Browser sessions by API: one's own, without anything that opens them."""

from uuid import uuid4

from django.test import Client
from django.utils import timezone

from editorial.models import Session, User
from editorial.workflow.people import tokens
from tests.api.conftest import ClientFactory


def _sign_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_users_see_and_end_their_own_sessions(client_for: ClientFactory, rosa: User) -> None:
    browser, client = _sign_in(rosa), client_for(rosa, scopes=["read", "manage"])
    listed = client.get("sessions")
    (session,) = listed.json["results"]
    assert session.keys() == {"id", "device", "address", "signed_in_at", "last_used_at", "is_current", "created_at"}
    stored, key = Session.objects.get(), browser.cookies["sessionid"].value
    assert not any(secret in listed.response.content.decode() for secret in (key, stored.session_key, stored.auth_hash))
    assert session["is_current"] is False
    assert client.send("delete", f"sessions/{session['id']}", None).status == 204
    assert browser.get("/admin/").status_code == 302
    assert client.send("delete", f"sessions/{session['id']}", None).status == 404


def test_this_session_is_marked(rosa: User) -> None:
    browser, _ = _sign_in(rosa), _sign_in(rosa)
    results = browser.get("/api/v1/sessions").json()["results"]
    assert sorted(result["is_current"] for result in results) == [False, True]


def test_the_session_of_another_person_does_not_exist(client_for: ClientFactory, rosa: User, ada: User) -> None:
    browser, session = _sign_in(rosa), Session.objects.get()
    client = client_for(ada, scopes=["read", "manage"])
    assert client.get("sessions").json["results"] == []
    for key in (session.pk, uuid4()):
        assert (client.get(f"sessions/{key}").status, client.send("delete", f"sessions/{key}", None).status) == (
            404,
            404,
        )
    assert browser.get("/admin/").status_code == 200


def test_a_token_that_somebody_else_issued_shows_none(rosa: User, ada: User) -> None:
    _sign_in(rosa)
    shown = []
    for issuer in (rosa, ada):
        token = tokens.issue(user_id=rosa.pk, label="CMS", scopes=["read"], actor=issuer, now=timezone.now())
        response = Client().get("/api/v1/sessions", headers={"Authorization": f"Bearer {token.secret}"})
        shown.append(len(response.json()["results"]))
    assert shown == [1, 0]


def test_ending_needs_the_scope_manage(client_for: ClientFactory, rosa: User) -> None:
    _sign_in(rosa)
    client = client_for(rosa, scopes=["read"])
    assert client.send("delete", f"sessions/{Session.objects.get().pk}", None).status == 403
