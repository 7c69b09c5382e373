"""Accounts, roles and desks."""

from __future__ import annotations

from editorial.models import Desk, Membership, User
from tests.admin.conftest import assert_done, page_text


def test_an_administrator_creates_users_and_grants_roles(room, visit):
    ada = visit("ada")
    assert_done(ada.submit(Desk, "desk.open", name="Science"))
    desk = Desk.objects.get(name="Science")
    hire = {
        "username": "nora", "email": "nora@newsroom.example", "password": "correct horse battery", "role": "reporter",
        "desk": str(desk.pk), "time_zone": "Europe/London",
    }  # fmt: skip
    assert_done(ada.submit(User, "user.create", **hire))
    nora = User.objects.get(username="nora")
    assert nora.check_password("correct horse battery")
    assert_done(ada.submit(nora, "user.grant_role", role="fact_checker", desk_id=""))
    assert set(nora.memberships.values_list("role", "desk__name")) == {("reporter", "Science"), ("fact_checker", None)}
    assert_done(ada.submit(nora.memberships.get(role="fact_checker"), "user.revoke_role"))
    assert_done(ada.submit(nora, "user.revise", first_name="Nora", email=nora.email, time_zone="UTC"), nora)
    assert_done(ada.submit(nora, "user.deactivate"), nora)
    assert not nora.is_active
    assert_done(ada.submit(nora, "user.reactivate"), nora)
    assert (nora.is_active, nora.first_name, nora.memberships.count()) == (True, "Nora", 1)


def test_a_weak_password_is_refused_and_not_sent_back(room, visit):
    hire = {
        "username": "nora",
        "email": "n@newsroom.example",
        "password": "short-1",
        "role": "editor",
        "time_zone": "UTC",
    }
    answer = visit("ada").submit(User, "user.create", **hire)
    assert answer.status_code == 422
    assert "too short" in page_text(answer)
    assert b"short-1" not in answer.content


def test_the_last_administrator_stays(room, visit):
    own = Membership.objects.get(user__username="ada")
    answer = visit("ada").submit(own, "user.revoke_role")
    assert answer.status_code == 409
    assert "Appoint another one first." in page_text(answer)


def test_only_administrators_manage_users(room, visit, people):
    assert visit("sena").submit(people["rosa"], "user.deactivate").status_code == 403
    assert visit("sena").page(people["rosa"]).status_code == 403
