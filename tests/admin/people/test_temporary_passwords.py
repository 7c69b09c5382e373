"""A password that an administrator chose for somebody else: changed at the first sign-in, and short-lived."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from editorial.models import User
from editorial.workflow.people import account_changes, tokens, users
from tests.admin.conftest import page_text

CHOSEN, OWN = "a long and winding word", "proof before print, always"
INDEX = reverse("admin:index")
FORM = reverse("admin:editorial_secondfactor_action_new", args=["user.change_password"])


@pytest.fixture
def nina(room, ada):
    """A new reporter."""
    return users.create(
        username="nina", password=CHOSEN, email="n@newsroom.example", memberships=[("reporter", None)], actor=ada,
        now=timezone.now(),
    )  # fmt: skip


def log_in(password=CHOSEN):
    """The browser, and the response to its sign-in form."""
    client = Client()
    return client, client.post(reverse("admin:login"), {"username": "nina", "password": password})


def issue_token(password=CHOSEN):
    body = {"username": "nina", "password": password}
    return Client().post("/api/v1/tokens", body, content_type="application/json")


def test_the_first_sign_in_opens_nothing_but_the_change_of_the_password(nina):
    client, response = log_in()
    assert response.status_code == 302
    for page in (
        INDEX,
        reverse("admin:editorial_story_changelist"),
        reverse("admin:editorial_secondfactor_changelist"),
    ):
        assert client.get(page)["Location"] == FORM
    assert "Choose your own to continue" in page_text(client.get(FORM))
    refused = client.get("/api/v1/me")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (401, "PASSWORD_CHANGE_REQUIRED")
    assert client.post(reverse("admin:logout")).status_code == 200


def test_with_a_password_of_their_own_everything_opens(nina):
    client, _ = log_in()
    assert "Choose another one" in page_text(client.post(FORM, {"old": CHOSEN, "new": CHOSEN}))
    assert client.post(FORM, {"old": CHOSEN, "new": OWN}).status_code == 302
    client, _ = log_in(OWN)
    assert client.get(INDEX).status_code == 200
    assert issue_token(OWN).status_code == 201


def test_the_api_refuses_it_and_keeps_accepting_tokens_of_the_account(nina, ada):
    refused = issue_token()
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (401, "PASSWORD_CHANGE_REQUIRED")
    assert issue_token("wrong").json()["errors"][0]["code"] == "WRONG_CREDENTIALS"
    secret = tokens.issue(user_id=nina.pk, scopes=["read"], actor=ada, now=timezone.now()).secret
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_it_expires(nina, settings):
    assert nina.password_expires_at - timezone.now() == pytest.approx(timedelta(hours=72), abs=timedelta(minutes=2))
    User.objects.filter(pk=nina.pk).update(password_expires_at=timezone.now())
    _, response = log_in()
    assert "temporary and has expired" in page_text(response)
    _, response = log_in("wrong")
    assert "expired" not in page_text(response), "only the right password reveals it"


def test_a_reset_password_must_be_changed_too(nina, ada):
    client, _ = log_in()
    client.post(FORM, {"old": CHOSEN, "new": OWN})
    users.revise(user_id=nina.pk, password=CHOSEN, actor=ada, now=timezone.now())
    client, _ = log_in()
    assert client.get(INDEX)["Location"] == FORM


def test_an_approved_password_is_temporary_too(room, cuno, ada, bella):
    change = users.revise(user_id=cuno.pk, password=CHOSEN, reason="He forgot it.", actor=ada, now=room.now)
    account_changes.break_glass(change_id=change.pk, reason="Now.", actor=bella, now=room.now)
    cuno.refresh_from_db()
    assert cuno.check_password(CHOSEN)
    assert cuno.password_expires_at == room.now + timedelta(hours=72)


def test_a_password_set_by_the_system_or_by_its_owner_is_not_temporary(room, ada):
    root = users.create(
        username="root", password=CHOSEN, email="r@newsroom.example", memberships=[("admin", None)], actor=None,
        now=room.now,
    )  # fmt: skip
    assert root.password_expires_at is None
    assert users.change_password(old=CHOSEN, new=OWN, actor=root, now=room.now).password_expires_at is None
