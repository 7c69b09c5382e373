"""Accounts in the admin: tokens, the second factor, the password, and the roles that require a second factor."""

from __future__ import annotations

import re

import pyotp
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from editorial.models import SecondFactor, SignIn, Token
from editorial.workflow.people import factor_codes, second_factors, tokens
from tests.admin.conftest import page_text
from tests.support.people import PASSWORD, app_of


def log_in(client, **data):
    return client.post(reverse("admin:login"), {"username": "rosa", "password": PASSWORD, **data})


class TestTokens:
    def test_a_token_is_shown_once_and_in_no_message(self, visit, rosa):
        browser = visit("rosa")
        response = browser.submit(
            Token, "token.issue", user_id=str(rosa.pk), label="CMS plug-in", scopes=["read", "file"], ttl="30 days"
        )
        (secret,) = re.findall(r"nr_[0-9a-f]{64}", response.content.decode())
        assert tokens.authenticate(secret, now=timezone.now()).user == rosa
        assert "no-store" in response["Cache-Control"]
        assert list(get_messages(response.wsgi_request)) == []
        assert secret not in str(dict(browser.client.session)) + str(browser.client.cookies)
        assert secret not in browser.page(Token.objects.get()).content.decode()
        assert "CMS plug-in" in page_text(browser.listing(Token))

    def test_a_button_revokes_a_token(self, visit, rosa):
        issued = tokens.issue(user_id=rosa.pk, actor=rosa, now=timezone.now())
        assert visit("rosa").submit(issued.token, "token.revoke").status_code == 302
        assert tokens.authenticate(issued.secret, now=timezone.now()) is None

    def test_tokens_of_others_are_for_organization_administrators(self, visit, rosa):
        token = tokens.issue(user_id=rosa.pk, label="mine", actor=rosa, now=timezone.now()).token
        assert "mine" not in page_text(visit("felix").listing(Token))
        assert visit("felix").open_form(token, "token.revoke").status_code == 404
        assert "mine" in page_text(visit("ada").listing(Token))
        assert visit("ada").open_form(token, "token.revoke").status_code == 200

    def test_only_an_administrator_may_choose_another_user(self, visit, rosa, felix):
        data = {"user_id": str(rosa.pk), "label": "x", "scopes": ["read"], "ttl": "a week"}
        assert visit("felix").submit(Token, "token.issue", **data).status_code == 422
        signing = visit("ada").submit(Token, "token.issue", **data | {"scopes": ["sign"]})
        assert signing.status_code == 422
        assert "A token for another user cannot have the scope sign" in page_text(signing)
        assert visit("ada").submit(Token, "token.issue", **data).status_code == 200


class TestSecondFactor:
    def test_an_app_is_set_up_with_a_qr_code_and_a_code(self, visit, rosa):
        browser = visit("rosa")
        browser.submit(SecondFactor, "second_factor.enroll")
        factor = SecondFactor.objects.get(user=rosa)
        form = browser.open_form(factor, "second_factor.confirm")
        assert "<svg" in form.content.decode()
        assert "http" not in re.search(r'<div class="nr-qr">.*?</div>', form.content.decode(), re.DOTALL)[0]
        app = pyotp.TOTP(re.search(r'<code class="nr-secret">(\w+)</code>', form.content.decode())[1])
        response = browser.submit(factor, "second_factor.confirm", code=app.now())
        codes = re.findall(r"(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}", response.content.decode())
        assert len(codes) == 10
        assert codes[0] not in browser.page(factor).content.decode()
        again = browser.open_form(factor, "second_factor.confirm")
        assert app.secret not in again.content.decode(), "the secret is not shown again"

    def test_without_a_key_the_page_names_the_setting(self, visit, rosa, settings):
        factor = second_factors.enroll(actor=rosa, now=timezone.now())
        settings.SECOND_FACTOR_KEYS = []
        browser = visit("rosa")
        form = browser.open_form(factor, "second_factor.confirm")
        assert (form.status_code, "nr-qr" in form.content.decode()) == (200, False)
        response = browser.submit(SecondFactor, "second_factor.enroll")
        assert response.status_code == 409
        assert "This process has no SECOND_FACTOR_KEYS" in page_text(response)

    def test_the_qr_code_is_visible_to_its_user_only(self, visit, rosa):
        factor = second_factors.enroll(actor=rosa, now=timezone.now())
        response = visit("ada").open_form(factor, "second_factor.confirm")
        assert (response.status_code, "nr-qr" in response.content.decode()) == (403, False)
        assert visit("felix").open_form(factor, "second_factor.confirm").status_code == 404

    def test_sign_in_requires_a_code(self, room, rosa_with_password):
        app = app_of(rosa_with_password, room)
        assert "Enter an app or recovery code" in page_text(log_in(Client()))
        assert "wrong or was already used" in page_text(log_in(Client(), code="000000"))
        assert log_in(Client(), code=app.at(room.now, counter_offset=1)).status_code == 302
        assert [sign_in.outcome for sign_in in SignIn.objects.order_by("id")] == [
            "code_missing",
            "wrong_code",
            "succeeded",
        ]

    def test_the_second_factor_is_not_revealed_before_the_right_password(self, room, rosa_with_password):
        app_of(rosa_with_password, room)
        guess = Client().post(reverse("admin:login"), {"username": "rosa", "password": "guess", "code": "000000"})
        assert "No active account has this username and password." in page_text(guess)
        assert "code of" not in page_text(guess)

    def test_a_role_that_requires_it_opens_no_other_page_before_setup(self, visit, rosa, settings):
        settings.SECOND_FACTOR_ROLES = ["reporter"]
        browser, page = visit("rosa"), reverse("admin:editorial_secondfactor_changelist")
        assert browser.client.get(reverse("admin:index"))["Location"] == page
        assert browser.submit(Token, "token.issue")["Location"] == page
        assert browser.client.get(page).status_code == 200
        browser.submit(SecondFactor, "second_factor.enroll")
        factor = SecondFactor.objects.get()
        app = pyotp.parse_uri(factor_codes.provisioning_uri(factor))
        browser.submit(factor, "second_factor.confirm", code=app.now())
        assert browser.client.get(reverse("admin:index")).status_code == 200
        assert visit("felix").client.get(reverse("admin:index")).status_code == 200, "others are left in peace"

    def test_an_administrator_removes_a_lost_second_factor_with_a_reason(self, room, visit, rosa):
        app_of(rosa, room)
        factor = SecondFactor.objects.get()
        assert visit("ada").submit(factor, "second_factor.remove").status_code == 422
        assert visit("ada").submit(factor, "second_factor.remove", reason="She stood before me.").status_code == 302
        assert not SecondFactor.objects.exists()


class TestSignIn:
    def test_failed_sign_ins_are_limited_across_api_and_admin(self, rosa_with_password):
        guesser = Client(REMOTE_ADDR="192.0.2.7")
        for _ in range(5):
            log_in(guesser, password="guess")
            guesser.post("/api/v1/tokens", {"username": "x", "password": "guess"}, content_type="application/json")
        assert "Too many failed attempts" in page_text(log_in(guesser))
        assert log_in(Client(REMOTE_ADDR="192.0.2.8")).status_code == 302

    def test_sign_in_changes_the_session_id(self, rosa_with_password):
        client = Client()
        client.get(reverse("admin:login"))
        session = client.session
        session["planted"] = "yes"
        session.save()
        client.cookies["sessionid"] = session.session_key
        log_in(client)
        assert client.session.session_key != session.session_key

    def test_a_new_password_ends_every_session(self, rosa_with_password):
        here, there = Client(), Client()
        log_in(here), log_in(there)
        form = here.get(reverse("admin:password_change"))["Location"]
        assert here.get(form).status_code == 200
        data = {"old": PASSWORD, "new": "a long and winding word"}
        assert here.post(form, data | {"old": "guess"}).status_code == 422
        assert here.post(form, data).status_code == 302
        for client in (here, there):
            assert client.get(reverse("admin:index")).status_code == 302
        assert log_in(Client(), password="a long and winding word").status_code == 302

    def test_sign_out_clears_the_browser(self, rosa_with_password):
        client = Client()
        log_in(client)
        response = client.post(reverse("admin:logout"))
        assert response["Clear-Site-Data"] == '"cache", "storage"'
        assert client.get(reverse("admin:index")).status_code == 302

    def test_the_sign_in_log_is_for_administrators(self, visit, rosa_with_password):
        log_in(Client())
        assert visit("edith").listing(SignIn).status_code == 403
        assert "Succeeded" in page_text(visit("ada").listing(SignIn))
