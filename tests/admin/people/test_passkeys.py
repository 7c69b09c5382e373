"""Passkeys in the admin: registered through a form, required on a second page after the password."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from editorial.models import Passkey, SecondFactor, SignIn, User
from editorial.workflow.people import devices, factor_codes
from tests.admin.conftest import AdminBrowser, assert_done, page_text
from tests.support.authenticator import SoftwareAuthenticator
from tests.support.cast import Room
from tests.support.openid_provider import OpenIDProvider
from tests.support.people import PASSWORD
from tests.support.provider_sign_in import refusal, sign_in

STEP = "/admin/login/second-factor/"


@pytest.fixture(autouse=True)
def address(settings: Any) -> None:
    """The newsroom's public URL."""
    settings.PUBLIC_URL = "http://testserver"


def _options(response: Any, attribute: str) -> dict[str, Any]:
    """The options that a page passes to its script."""
    found = re.search(rf'data-{attribute}="([^"]*)"', response.content.decode())
    assert found is not None, page_text(response)
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def _register(browser: AdminBrowser, page: Any = SecondFactor) -> SoftwareAuthenticator:
    authenticator = SoftwareAuthenticator()
    form = browser.open_form(page, "passkey.register")
    credential = authenticator.create(_options(form, "creation"))
    assert_done(browser.submit(page, "passkey.register", name="Blue key", credential=credential))
    return authenticator


def test_a_passkey_is_registered_and_listed_for_its_user(visit: Callable[[str], AdminBrowser], room: Room) -> None:
    browser = visit("rosa")
    _register(browser)
    assert "Blue key" in page_text(browser.listing(Passkey))
    assert "Blue key" not in page_text(visit("felix").listing(Passkey))
    assert visit("felix").page(Passkey.objects.get()).status_code != 200
    assert "Blue key" in page_text(visit("ada").listing(Passkey))


def test_a_role_that_requires_a_second_factor_may_register_one_first(
    visit: Callable[[str], AdminBrowser], room: Room, settings: Any
) -> None:
    settings.SECOND_FACTOR_ROLES = ["reporter"]
    browser = visit("rosa")
    enrollment = reverse("admin:editorial_secondfactor_changelist")
    assert browser.client.get("/admin/")["Location"] == enrollment
    assert "Register a passkey" in page_text(browser.client.get(enrollment))
    _register(browser)
    assert browser.client.get("/admin/").status_code == 200


def test_a_challenge_of_another_session_is_refused(visit: Callable[[str], AdminBrowser], room: Room) -> None:
    here, there = visit("rosa"), visit("rosa")
    credential = SoftwareAuthenticator().create(_options(here.open_form(Passkey, "passkey.register"), "creation"))
    response = there.submit(Passkey, "passkey.register", name="key", credential=credential)
    assert (response.status_code, "Reload the page" in page_text(response)) == (422, True)
    assert not Passkey.objects.exists()


def test_after_the_password_a_page_asks_for_the_passkey(
    visit: Callable[[str], AdminBrowser], rosa_with_password: User
) -> None:
    authenticator = _register(visit("rosa"))
    client = Client()
    credentials = {"username": "rosa", "password": PASSWORD, "next": "/admin/editorial/claim/"}
    wrong = client.post(reverse("admin:login"), credentials | {"password": "guess"})
    assert "No active account" in page_text(wrong)
    assert client.post(reverse("admin:login"), credentials)["Location"] == STEP
    assert client.get("/admin/").status_code == 302
    page = client.get(STEP)
    assert "Use a passkey" in page_text(page)
    assert 'name="code"' not in page.content.decode(), "she has no app"
    assert "no-store" in page["Cache-Control"]
    forged = SoftwareAuthenticator().get(_options(page, "options"))
    again = client.post(STEP, {"assertion": forged})
    assert "This passkey was not accepted" in page_text(again)
    (field,) = re.findall(r'<input type="hidden" name="assertion"[^>]*>', again.content.decode())
    assert "value" not in field, "the refused answer is gone"
    answer = authenticator.get(_options(again, "options"))
    assert client.post(STEP, {"assertion": answer})["Location"] == "/admin/editorial/claim/"
    assert client.get("/admin/").status_code == 200


def test_a_response_is_refused_in_another_browser(
    visit: Callable[[str], AdminBrowser], rosa_with_password: User
) -> None:
    authenticator = _register(visit("rosa"))
    hers, thiefs = Client(), Client()
    for client in (hers, thiefs):
        client.post(reverse("admin:login"), {"username": "rosa", "password": PASSWORD})
    answer = authenticator.get(_options(hers.get(STEP), "options"))
    assert "not accepted" in page_text(thiefs.post(STEP, {"assertion": answer}))
    assert hers.post(STEP, {"assertion": answer}).status_code == 302
    assert "Start again" in refusal(hers.get(STEP)), "the step is over"


def test_the_second_step_remembers_and_recognizes_the_browser(
    visit: Callable[[str], AdminBrowser], rosa_with_password: User
) -> None:
    authenticator, client = _register(visit("rosa")), Client()
    for _ in range(2):
        client.post(reverse("admin:login"), {"username": "rosa", "password": PASSWORD})
        assert (
            client.post(STEP, {"assertion": authenticator.get(_options(client.get(STEP), "options"))}).status_code
            == 302
        )
        device = devices.recognize("rosa", cookie=client.cookies["newsroom_device"].value)
    assert SignIn.objects.filter(outcome="succeeded").latest("at").device == device != ""


def test_a_user_without_a_role_gets_a_message_and_no_session(
    visit: Callable[[str], AdminBrowser], rosa_with_password: User
) -> None:
    authenticator, client = _register(visit("rosa")), Client()
    client.post(reverse("admin:login"), {"username": "rosa", "password": PASSWORD})
    answer = authenticator.get(_options(client.get(STEP), "options"))
    rosa_with_password.memberships.all().delete()
    assert "no role at any desk" in refusal(client.post(STEP, {"assertion": answer}))
    assert "_auth_user_id" not in client.session
    again = client.post(reverse("admin:login"), {"username": "rosa", "password": PASSWORD})
    assert "no role at any desk" in page_text(again)


def test_single_sign_on_asks_for_it_too(provider: OpenIDProvider, room: Room) -> None:
    client = Client()
    sign_in(client)
    nina = AdminBrowser(User.objects.get(username="nina"))
    authenticator = _register(nina)
    assert sign_in(client)["Location"] == STEP
    assert client.post(STEP, {"assertion": authenticator.get(_options(client.get(STEP), "options"))}).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_removing_your_own_takes_a_passkey_and_anothers_a_reason(
    visit: Callable[[str], AdminBrowser], room: Room
) -> None:
    browser = visit("rosa")
    authenticator = _register(browser)
    passkey = Passkey.objects.get()
    form = browser.open_form(passkey, "passkey.remove")
    assert "Use a passkey" in page_text(form)
    assert browser.submit(passkey, "passkey.remove").status_code == 422
    answer = authenticator.get(_options(form, "options"))
    assert_done(browser.submit(passkey, "passkey.remove", assertion=answer))
    _register(browser)
    passkey = Passkey.objects.get()
    _register(visit("ada"))
    assert "Use a passkey" not in page_text(visit("ada").open_form(passkey, "passkey.remove"))
    assert_done(visit("ada").submit(passkey, "passkey.remove", reason="She stood before me."))
    assert not Passkey.objects.filter(user=browser.person).exists()


def test_an_app_takes_a_code_or_a_passkey(visit: Callable[[str], AdminBrowser], room: Room) -> None:
    browser = visit("rosa")
    authenticator = _register(browser)
    enrollment = browser.open_form(SecondFactor, "second_factor.enroll")
    answer = authenticator.get(_options(enrollment, "options"))
    assert_done(browser.submit(SecondFactor, "second_factor.enroll", assertion=answer))
    factor = SecondFactor.objects.get()
    app: Any = pyotp.parse_uri(factor_codes.provisioning_uri(factor))
    assert browser.submit(factor, "second_factor.confirm", code=app.now()).status_code == 200
    for action, status in (("regenerate_codes", 200), ("remove", 302)):
        form = browser.open_form(factor, f"second_factor.{action}")
        assert 'autocomplete="one-time-code"' in form.content.decode()
        answer = authenticator.get(_options(form, "options"))
        assert browser.submit(factor, f"second_factor.{action}", assertion=answer).status_code == status
    assert not SecondFactor.objects.exists()


def test_revealing_a_name_takes_a_fresh_passkey(visit: Callable[[str], AdminBrowser], room: Room) -> None:
    browser = visit("cuno")
    authenticator = _register(browser)
    source = room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970")
    room.approve_unmask(source)
    form = browser.open_form(source, "source.unmask")
    refused = browser.submit(source, "source.unmask")
    assert (refused.status_code, "Use your passkey" in page_text(refused)) == (422, True)
    revealed = browser.submit(source, "source.unmask", assertion=authenticator.get(_options(form, "options")))
    assert "Jo Roe" in page_text(revealed)


def test_the_script_is_a_static_file_and_no_page_has_inline_script(
    visit: Callable[[str], AdminBrowser], room: Room
) -> None:
    page = visit("rosa").open_form(Passkey, "passkey.register").content.decode()
    assert "editorial/passkeys.js" in page
    assert "navigator.credentials" not in page
