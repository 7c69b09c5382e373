"""A source is registered inside the form that needs it: what is typed stays, and the new source is selected."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import save_screenshot

pytestmark = pytest.mark.browser

TYPED = "The lock keeper took the money."


def open_dialog(page: Page, field: str) -> Locator:
    row = page.locator(".nr-field", has=page.locator("label", has_text=field)).first
    row.get_by_role("button", name="New source").click()
    dialog = page.get_by_role("dialog", name="Register a source")
    expect(dialog).to_be_visible()
    return dialog


def choose_desk(dialog: Locator) -> None:
    if dialog.get_by_label("Desk").locator("option", has_text="Politics").count():
        dialog.get_by_label("Desk").select_option(label="Politics")


def test_an_accused_party_is_registered_while_its_claim_is_typed(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    page.goto("/admin/editorial/claim/action/claim.file/")
    page.get_by_label("The claim").fill(TYPED)
    dialog = open_dialog(page, "Adverse to")
    dialog.get_by_role("button", name="Register a source").click()
    expect(dialog.get_by_text("This field is required.").first).to_be_visible()
    save_screenshot(page, "new-source")
    dialog.get_by_label("Type").select_option("person")
    dialog.get_by_label("Name", exact=False).first.fill("Ole Lockkeeper")
    choose_desk(dialog)
    dialog.get_by_role("button", name="Register a source").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("The claim")).to_have_value(TYPED)
    expect(page.locator(".select2-selection__choice", has_text="Ole Lockkeeper")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('nr-draft.')).length") == 1
    page.get_by_label("Risk").select_option("contentious")
    choose_desk(page.locator("#decide"))
    page.locator("#decide form button[type=submit]").click()
    expect(page.get_by_text("Filed.", exact=False).first).to_be_visible()
    expect(page.get_by_text("Ole Lockkeeper").first).to_be_visible()


def test_a_dialog_that_is_closed_changes_nothing_and_offers_its_words_again(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    page.goto("/admin/editorial/claim/?risk__exact=serious")
    page.locator("#result_list tbody a").first.click()
    page.locator(".nr-button:not(.nr-disabled)", has_text="Record a statement").first.click()
    page.get_by_label("Verbatim").fill("I saw him.")
    dialog = open_dialog(page, "Source")
    dialog.get_by_label("How the source knows").fill("Was on the quay.")
    page.wait_for_timeout(1000)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Verbatim")).to_have_value("I saw him.")
    dialog = open_dialog(page, "Source")
    dialog.get_by_role("button", name="Restore what you typed").first.click()
    expect(dialog.get_by_label("How the source knows")).to_have_value("Was on the quay.")
