"""Access that an account had before it could sign, publish or open the vault."""

from __future__ import annotations

import pytest
from django.test import Client

from editorial.models import Token, User
from editorial.policy.roles import Role
from editorial.workflow.people import provider_roles, tokens
from tests.support.account_changes import DELAY, after_the_delay, approve, ask


class TestEarlierAccess:
    """Sessions and tokens from before a protected role: somebody else may hold them, such as the account's creator."""

    @pytest.fixture
    def browser(self, rosa, data_folder):
        """A browser in which somebody is signed in as Rosa."""
        (data_folder / "static").mkdir(exist_ok=True)  # without it Django warns
        browser = Client()
        browser.force_login(rosa)
        return browser

    @pytest.fixture(autouse=True)
    def issued(self, room, rosa, ada):
        """A token that Ada issued, and one in Rosa's own name."""
        for actor in (ada, rosa):
            tokens.issue(user_id=rosa.pk, scopes=["read"], ttl=3 * DELAY, actor=actor, now=room.now)

    def is_signed_in(self, browser):
        return browser.get("/admin/").status_code == 200

    def test_it_ends_when_two_administrators_grant_the_role(self, room, rosa, bella, browser):
        assert self.is_signed_in(browser)
        change = ask(room, rosa, "role", role="custodian", desk_id=room.desk.pk)
        approve(room, change, bella)
        assert self.is_signed_in(browser)
        after_the_delay(room)
        assert not self.is_signed_in(browser)
        assert not Token.objects.filter(user=rosa, revoked_at=None).exists()
        browser.force_login(User.objects.get(pk=rosa.pk))
        assert self.is_signed_in(browser)

    def test_it_ends_when_the_provider_grants_the_role(self, room, rosa, browser):
        provider_roles.map_roles(user_id=rosa.pk, roles=[(Role.CUSTODIAN, room.desk.pk)], actor=None, now=room.now)
        assert not self.is_signed_in(browser)
        assert not Token.objects.filter(user=rosa, revoked_at=None).exists()

    def test_it_stays_when_the_provider_confirms_or_grants_other_roles(self, room, rosa, browser):
        for roles in ([(Role.REPORTER, room.desk.pk)], [(Role.COPY_EDITOR, room.desk.pk)]):
            provider_roles.map_roles(user_id=rosa.pk, roles=roles, actor=None, now=room.now)
        assert self.is_signed_in(browser)
        assert Token.objects.filter(user=rosa, revoked_at=None).count() == 2

    def test_it_ends_under_a_former_secret_key_too(self, room, rosa, browser, settings):
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new and long enough secret key"
        browser.force_login(rosa)
        assert self.is_signed_in(browser)
        provider_roles.map_roles(user_id=rosa.pk, roles=[(Role.CUSTODIAN, room.desk.pk)], actor=None, now=room.now)
        assert not self.is_signed_in(browser)
