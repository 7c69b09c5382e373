"""Where you are signed in: a page in the account menu."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from editorial.models import Session
from editorial.models.people.sessions import digest
from tests.admin.conftest import action_url, page_text

PASSWORD = "proof before print, always"  # noqa: S105
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


def _log_in(rosa, **client) -> Client:
    rosa.set_password(PASSWORD)
    rosa.save()
    browser = Client(**client)
    response = browser.post(reverse("admin:login"), {"username": "rosa", "password": PASSWORD})
    assert response.status_code == 302
    return browser


def test_a_sign_in_is_listed_by_browser_and_address(rosa):
    browser = _log_in(rosa, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.7")
    assert "Where you are signed in" in page_text(browser.get(reverse("admin:index")))
    page = browser.get(reverse("admin:editorial_session_changelist"))
    assert "Firefox on Windows" in page_text(page)
    assert "192.0.2.7" in page_text(page)
    assert "this browser" in page_text(page)
    key, stored = browser.cookies["sessionid"].value, Session.objects.get()
    assert not any(secret in page.content.decode() for secret in (key, digest(key), stored.auth_hash))


def test_a_button_ends_another_session_and_none_this_one(visit, rosa):
    here, there = visit("rosa"), visit("rosa")
    own, other = (Session.objects.get(session_key=digest(b.client.cookies["sessionid"].value)) for b in (here, there))
    assert "session.end" in here.page(other).content.decode()
    assert "session.end" not in here.page(own).content.decode()
    assert here.submit(other, "session.end").status_code == 302
    assert there.client.get(reverse("admin:index")).status_code == 302
    assert here.client.get(reverse("admin:index")).status_code == 200


def test_a_button_ends_all_others(visit, rosa):
    here, there, felix = visit("rosa"), visit("rosa"), visit("felix")
    response = here.submit(Session, "session.end.others")
    assert "Sessions ended: 1." in page_text(here.client.get(response["Location"]))
    codes = [browser.client.get(reverse("admin:index")).status_code for browser in (here, there, felix)]
    assert codes == [200, 302, 200]


def test_nobody_opens_the_session_of_another_person(visit, rosa):
    visit("rosa")
    session, ada = Session.objects.get(), visit("ada")
    assert str(session.pk) not in ada.listing(Session).content.decode()
    assert ada.page(session).status_code == 302
    assert ada.client.post(action_url(session, "session.end")).status_code == 404
    assert Session.objects.filter(pk=session.pk).exists()
