"""Roles from the provider: exactly those, on record, and never without an administrator."""

from __future__ import annotations

from functools import partial

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from editorial.models import Event, Membership, ProviderAccount, ProviderSignIn, User
from editorial.policy.roles import Role
from editorial.workflow.core.errors import ActionError
from editorial.workflow.people import provider_roles
from tests.support.cast import Room, events, exceptions_in, run_concurrently
from tests.support.openid_provider import OpenIDProvider
from tests.support.provider_sign_in import at_provider, come_back, start


def _is_admin(user: User) -> bool:
    return Membership.objects.filter(user=user, role="admin", desk=None).exists()


def test_earlier_roles_are_replaced(room: Room) -> None:
    edith = room.people["edith"]
    provider_roles.map_roles(
        user_id=edith.pk, roles=[(Role.EDITOR, None), (Role.LAWYER, room.desk.pk)], actor=None, now=room.now
    )
    assert set(edith.memberships.values_list("role", "desk")) == {("editor", None), ("lawyer", room.desk.pk)}
    desk = str(room.desk.pk)
    assert Event.objects.get(stream=f"user:{edith.pk}").data == {
        "added": [["editor", None], ["lawyer", desk]],
        "removed": [["editor", desk]],
        "kept": [],
    }


def test_the_last_administrator_stays_one(room: Room) -> None:
    ada, edith = room.people["ada"], room.people["edith"]
    provider_roles.map_roles(user_id=ada.pk, roles=[(Role.EDITOR, None)], actor=None, now=room.now)
    assert set(ada.memberships.values_list("role", flat=True)) == {"admin", "editor"}
    assert Event.objects.get(stream=f"user:{ada.pk}").data["kept"] == [["admin", None]]
    Membership.objects.create(user=edith, role="admin")
    provider_roles.map_roles(user_id=ada.pk, roles=[], actor=None, now=room.now)
    assert not ada.memberships.exists(), "with another one, nothing is kept"


@pytest.mark.parametrize("repetition", range(3))
def test_two_administrators_who_lose_their_groups_together_leave_one(parallel: Room, repetition: int) -> None:
    ada, edith = parallel.people["ada"], parallel.people["edith"]
    Membership.objects.create(user=edith, role="admin")
    calls = [
        partial(provider_roles.map_roles, user_id=person.pk, roles=[], actor=None, now=parallel.now)
        for person in (ada, edith)
    ]
    outcomes = run_concurrently(*calls)
    assert all(isinstance(problem, ActionError) for problem in exceptions_in(outcomes))
    assert _is_admin(ada) != _is_admin(edith)
    for person in (ada, edith):
        events(person)


def test_two_concurrent_first_sign_ins_create_one_account(parallel: Room, provider: OpenIDProvider) -> None:
    browsers = [Client(), Client()]
    callbacks = [at_provider(start(browser)) for browser in browsers]
    calls = [partial(come_back, *pair) for pair in zip(browsers, callbacks, strict=True)]
    answers = run_concurrently(*calls)
    assert [answer["Location"] for answer in answers] == ["/admin/", "/admin/"]
    account = ProviderAccount.objects.get()
    assert events(account.user) == ["user.create", "user.link_provider", "user.map_roles"]
    assert User.objects.filter(email="nina@newsroom.example").count() == 1


def test_two_concurrent_callbacks_sign_in_once(parallel: Room, provider: OpenIDProvider) -> None:
    first, second = Client(), Client()
    callback = at_provider(start(first))
    second.cookies["newsroom_oidc"] = first.cookies["newsroom_oidc"].value
    answers = run_concurrently(partial(come_back, first, callback), partial(come_back, second, callback))
    assert sorted(answer["Location"] for answer in answers) == ["/admin/", "/admin/login/"]
    refused = next(answer for answer in answers if answer["Location"] == "/admin/login/")
    assert "was already used" in str([str(message) for message in get_messages(refused.wsgi_request)])
    assert not ProviderSignIn.objects.exists()
