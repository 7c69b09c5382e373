"""A passage of the copy becomes a claim, and the story uses it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import save_screenshot

pytestmark = pytest.mark.browser

# Selects the last sentence of the first paragraph.
SELECT = """
(paragraph) => {
  const range = document.createRange();
  range.selectNodeContents(paragraph);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}
"""


def test_a_selected_passage_is_filed_as_a_claim_and_listed_as_used(log_in_browser: Any) -> None:
    page = log_in_browser("edith")
    page.goto("/admin/editorial/story/")
    page.locator("#result_list tbody a", has_text="Head of NASA").first.click()
    paragraph = page.locator("#copy .nr-copy p").first
    paragraph.evaluate(SELECT)
    passage = page.evaluate("getSelection().toString()").strip()
    page.get_by_role("link", name="File a claim").click()
    dialog = page.get_by_role("dialog", name="File a claim")
    expect(dialog).to_be_visible()
    assert dialog.get_by_label("The claim").input_value()[:40] == passage[:40]
    assert "passage" not in page.url, "it is not kept in the history"
    save_screenshot(page, "file-a-passage")
    dialog.get_by_label("The claim").fill("The report should be looked into.")
    if dialog.get_by_label("Desk").locator("option", has_text="Politics").count():
        dialog.get_by_label("Desk").select_option(label="Politics")
    dialog.get_by_role("button", name="File a claim").click()
    expect(dialog).to_have_count(0)
    chosen = page.locator("details.nr-use[open] .select2-selection__rendered")
    expect(chosen.filter(has_text="The report should be looked into.")).to_be_visible()
