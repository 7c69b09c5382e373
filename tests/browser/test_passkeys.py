"""Passkeys in a browser, with Chromium's virtual authenticator: register one, sign in and reveal a name with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import PASSWORD, save_screenshot

pytestmark = pytest.mark.browser

STAMP = f"{datetime.now(UTC):%H%M%S}"


def _attach_authenticator(page: Page) -> tuple[CDPSession, str]:
    """A security key in this browser that confirms immediately that the user is there."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": False,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    answer = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, str(answer["authenticatorId"])


def _register(page: Page, name: str) -> None:
    page.goto("/admin/editorial/passkey/action/passkey.register/")
    page.get_by_label("Name").fill(name)
    save_screenshot(page, "register")
    page.get_by_role("button", name="Register a passkey").click()
    expect(page.get_by_text("Registered.", exact=False).first).to_be_visible()


def _remove(page: Page, name: str) -> None:
    page.goto("/admin/editorial/passkey/")
    page.get_by_role("link", name=name).first.click()
    page.locator(".nr-button:not(.nr-disabled)", has_text="Remove").first.click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Removed.", exact=False).first).to_be_visible()


@pytest.fixture
def with_passkey(log_in_browser: Callable[..., Page]) -> Iterator[Callable[[str], tuple[Page, Any]]]:
    """`with_passkey("karim")`: a demo user, signed in, with a passkey that is removed in the end."""
    registered: list[tuple[Page, str]] = []

    def log_in(name: str) -> tuple[Page, Any]:
        page = log_in_browser(name)
        authenticator = _attach_authenticator(page)
        _register(page, f"key of {name} {STAMP}")
        registered.append((page, f"key of {name} {STAMP}"))
        return page, authenticator

    yield log_in
    for page, name in registered:
        _remove(page, name)


def test_a_passkey_is_asked_for_after_the_password(with_passkey: Callable[[str], tuple[Page, Any]]) -> None:
    page, (session, key) = with_passkey("felix")
    page.goto("/admin/editorial/passkey/")
    save_screenshot(page, "list")
    page.context.clear_cookies()
    page.goto("/admin/editorial/claim/")
    page.get_by_label("Username").fill("felix")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    save_screenshot(page, "second-step")

    # Without its owner's PIN the key says no, and the page says what to do.
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Press the button again.", exact=False)).to_be_visible()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/editorial/claim/")


def test_the_same_key_is_not_registered_twice(with_passkey: Callable[[str], tuple[Page, Any]]) -> None:
    page, _ = with_passkey("edith")
    page.goto("/admin/editorial/passkey/action/passkey.register/")
    page.get_by_label("Name").fill("the same key")
    page.get_by_role("button", name="Register a passkey").click()
    expect(page.get_by_text("already registered")).to_be_visible()
    save_screenshot(page, "same-key")


def test_a_name_is_revealed_with_a_fresh_passkey(
    with_passkey: Callable[[str], tuple[Page, Any]], log_in_browser: Callable[..., Page]
) -> None:
    custodian, _ = with_passkey("karim")
    reporter, second = log_in_browser("mina"), log_in_browser("stanley")
    reporter.goto("/admin/editorial/source/action/source.register/")
    reporter.get_by_label("Type").select_option("person")
    reporter.get_by_label("Name", exact=False).first.fill(f"a keeper {STAMP}")
    desk = reporter.get_by_label("Desk")
    if desk.locator("option", has_text="Politics").count():
        desk.select_option(label="Politics")
    reporter.get_by_role("button", name="Register a source").click()
    reporter.locator(".nr-button:not(.nr-disabled)", has_text="Protect identity").first.click()
    save_screenshot(reporter, "protect")
    reporter.get_by_label("Real name").fill(f"Jolanda Roe{STAMP}")
    reporter.get_by_label("Known by").fill("born 1970")
    reporter.get_by_label("Public description").fill(f"a clerk {STAMP}")
    reporter.get_by_role("button", name="Protect identity").click()
    expect(reporter.get_by_text("Protected.", exact=False).first).to_be_visible()
    address = reporter.url.split("?")[0]

    custodian.goto(address)
    custodian.locator(".nr-button:not(.nr-disabled)", has_text="Request to reveal").first.click()
    custodian.get_by_label("Why you need to know").fill("A court asks.")
    custodian.get_by_role("button", name="Request to reveal").click()
    expect(custodian.get_by_text("Requested.", exact=False).first).to_be_visible()
    second.goto(address)
    second.locator(".nr-button:not(.nr-disabled)", has_text="Approve revealing").first.click()
    second.get_by_role("button", name="Approve revealing").click()
    expect(second.get_by_text("Approved.", exact=False).first).to_be_visible()

    custodian.goto(address)
    custodian.locator(".nr-button:not(.nr-disabled)", has_text="Reveal identity").first.click()
    save_screenshot(custodian, "unmask")
    custodian.get_by_role("button", name="Reveal identity").click()
    expect(custodian.get_by_text(f"Jolanda Roe{STAMP}")).to_be_visible()
    save_screenshot(custodian, "unmasked")
