"""A claim that exists is found while it is typed, and used instead of a second one: by keyboard alone, too."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import save_screenshot

pytestmark = pytest.mark.browser

NEW = "/admin/editorial/claim/action/claim.file/"


def first_claim(page: Page) -> str:
    """The text of the newest claim."""
    page.goto("/admin/editorial/claim/?risk__exact=serious")
    page.locator("#result_list tbody a").first.click()
    return page.locator("h2.nr-claim").inner_text()


def test_an_existing_claim_is_shown_while_it_is_typed_and_opened_by_keyboard(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    text = first_claim(page)
    page.goto(NEW)
    page.get_by_label("The claim").press_sequentially(f"It is not true that {text}")
    listed = page.locator(".nr-related-list li", has_text=text)
    expect(listed.get_by_text("Only one has a negation")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="like this one")).to_have_count(1)
    save_screenshot(page, "related-claims")
    listed.get_by_role("link", name="Use this one").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h2.nr-claim")).to_have_text(text)
    expect(page.get_by_role("heading", name="Related claims")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('nr-draft.')).length") == 0


def test_the_form_behind_the_dialog_takes_the_claim_of_a_passage(log_in_browser: Any) -> None:
    page = log_in_browser("edith")
    text = first_claim(page)
    page.goto("/admin/editorial/story/")
    page.locator("#result_list tbody a", has_text="Head of NASA").first.click()
    form = page.get_by_role("link", name="File a claim").get_attribute("href")
    page.goto(f"{form}#passage={quote(text)}")
    dialog = page.get_by_role("dialog", name="File a claim")
    listed = dialog.locator(".nr-related-list > ul > li", has_text=text).first
    expect(listed.get_by_text("The same words")).to_be_visible()
    listed.get_by_role("link", name="Use this one").click()
    expect(dialog).to_have_count(0)
    chosen = page.locator("details.nr-use[open] .select2-selection__rendered")
    expect(chosen.filter(has_text=text)).to_be_visible()
