"""What the main job costs: clicks and page loads from a pitch to print, by the four people who do it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

STAMP = f"{datetime.now(UTC):%H%M%S}"
CLAIM = f"The lock keeper was paid to open the sluice at night ({STAMP})."
PARTY = f"Ole Lockkeeper {STAMP}"
WITNESSES = (f"Lida Fenn {STAMP}", f"Bert Quay {STAMP}")
COUNT_CLICKS = "document.addEventListener('click', (event) => event.isTrusted && window.countClick(), true)"
SELECT = """
(paragraph) => {
  const range = document.createRange();
  range.selectNodeContents(paragraph);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}
"""


class Effort:
    """Clicks and page loads of all people together. A field that is filled in or chosen counts as a click."""

    def __init__(self) -> None:
        self.clicks = self.loads = 0

    def watch(self, page: Page) -> Page:
        """Count from here on."""
        page.expose_function("countClick", self.click)
        page.add_init_script(COUNT_CLICKS)
        page.evaluate(COUNT_CLICKS)
        page.on("load", self._load)
        return page

    def click(self) -> None:
        self.clicks += 1

    def fill(self, field: Locator, text: str) -> None:
        field.fill(text)
        self.clicks += 1

    def choose(self, field: Locator, value: str) -> None:
        field.select_option(value)
        self.clicks += 1

    def _load(self, _page: Page) -> None:
        self.loads += 1


def press(page: Page, name: str) -> None:
    """Press the button or link of this name."""
    page.locator(".nr-button:not(.nr-disabled)", has_text=name).first.click()


def send(page: Page, name: str) -> None:
    """Send the form whose button has this name."""
    with page.expect_navigation():
        page.locator("form").get_by_role("button", name=name, exact=True).last.click()


def field(page: Page | Locator, label: str) -> Locator:
    return page.locator(".nr-field", has=page.locator("label", has_text=label)).first


def open_from_list(page: Page, section: str, text: str) -> None:
    """Open a row that is among the newest."""
    page.get_by_role("navigation", name="Newsroom").get_by_role("link", name=section, exact=True).click()
    page.locator("#result_list a", has_text=text).first.click()


def register(page: Page, effort: Effort, label: str, name: str) -> None:
    """Register a person in a dialog, from the field that needs one."""
    field(page, label).get_by_role("button", name="New source").click()
    dialog = page.get_by_role("dialog", name="Register a source")
    effort.choose(dialog.get_by_label("Type"), "person")
    effort.fill(dialog.get_by_label("Name", exact=False).first, name)
    dialog.get_by_role("button", name="Register a source").click()
    expect(dialog).to_have_count(0)


def pitch(page: Page, effort: Effort) -> None:
    """The reporter writes the story and files the claim from a passage of it."""
    page.get_by_role("link", name="Stories", exact=True).first.click()
    page.get_by_role("link", name="Pitch a story").first.click()
    effort.fill(page.get_by_label("Headline"), f"Lock keeper was paid {STAMP}")
    effort.fill(page.get_by_label("Copy"), f"The yard flooded on Friday.\n\n{CLAIM}\n")
    send(page, "Pitch a story")
    page.locator("#copy .nr-copy p").last.evaluate(SELECT)
    effort.click()  # the passage was selected with the mouse
    page.get_by_role("link", name="File a claim").click()
    dialog = page.get_by_role("dialog", name="File a claim")
    effort.choose(dialog.get_by_label("Risk"), "contentious")
    register(page, effort, "Adverse to", PARTY)
    dialog.get_by_role("button", name="File a claim").click()
    expect(dialog).to_have_count(0)
    effort.choose(page.get_by_label("Used as").first, "asserted")
    send(page, "Revise")
    press(page, "Submit")
    send(page, "Submit")


def gather_evidence(page: Page, effort: Effort) -> None:
    """Two witnesses, each registered in the form of the statement; the party is asked, and declines."""
    page.locator("a", has_text=CLAIM).first.click()
    for witness in WITNESSES:
        press(page, "Record a statement")
        register(page, effort, "Source", witness)
        effort.choose(page.get_by_label("What it does to the claim"), "affirms")
        effort.choose(page.get_by_label("How the source knows"), "first_hand")
        effort.fill(page.get_by_label("Verbatim"), "I saw the envelope.")
        send(page, "Record a statement")
    press(page, "Log a request for comment")
    effort.fill(page.get_by_label("Question"), "Were you paid to open the sluice?")
    send(page, "Log a request for comment")
    press(page, "Record the response")
    effort.choose(page.get_by_label("Outcome"), "declined")
    send(page, "Record the response")


def check(page: Page, effort: Effort) -> None:
    """The fact-checker rates the witnesses, and proposes the finding."""
    open_from_list(page, "Claims", CLAIM)
    for witness in WITNESSES:
        page.locator(".nr-statement").get_by_role("link", name=witness).first.click()
        press(page, "Rate")
        effort.choose(page.get_by_label("Reliability"), "B")
        send(page, "Rate")
        page.locator("a", has_text=CLAIM).first.click()
    wait_for(page, page.get_by_text("The engine finds it verified"))
    press(page, "Propose finding")
    send(page, "Propose finding")


def sign_and_clear(page: Page) -> None:
    """An editor who was not involved approves the finding and clears the story."""
    open_from_list(page, "Claims", CLAIM)
    press(page, "Approve")
    send(page, "Approve")
    page.locator("a", has_text=f"Lock keeper was paid {STAMP}").first.click()
    press(page, "Clear")
    send(page, "Clear")


def confirm(page: Page) -> None:
    """The copy editor confirms what the copy must say."""
    open_from_list(page, "Stories", STAMP)
    while page.get_by_role("button", name="Confirm condition").count():
        page.get_by_role("button", name="Confirm condition").first.click()
        expect(page.get_by_text("Condition confirmed.")).to_be_visible()


def wait_for(page: Page, text: Locator) -> None:
    """Wait until the background work has caught up; the page refreshes itself."""
    expect(text.first).to_be_visible(timeout=60_000)


def test_from_pitch_to_print_takes_at_most_75_clicks_and_60_page_loads(log_in_browser: Any) -> None:
    effort = Effort()
    reporter, checker, editor, copy_editor = (
        effort.watch(log_in_browser(name)) for name in ("mina", "felix", "edith", "cora")
    )
    pitch(reporter, effort)
    gather_evidence(reporter, effort)
    check(checker, effort)
    sign_and_clear(editor)
    confirm(copy_editor)
    press(editor, "Publish")
    send(editor, "Publish")
    expect(editor.get_by_text("Published.", exact=False).first).to_be_visible()
    assert 50 < effort.clicks <= 75, "fewer: they are not counted"
    assert 30 < effort.loads <= 60
