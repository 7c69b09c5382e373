"""An editing session in a browser: take a task, review, sign by two, read the gate's reasons, confirm, publish."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

# Names of this run's own, so that the tests may be run again against the same newsroom.
STAMP = f"{datetime.now(UTC):%H%M%S}"
CLAIM = f"The sluice stood open on Friday night ({STAMP})."


def press(page: Page, name: str) -> None:
    """Press the button or link of this name."""
    page.locator(".nr-button:not(.nr-disabled)", has_text=name).first.click()


def pick(page: Page, label: str, text: str) -> None:
    """Find a row by typing, as in every field that picks one."""
    field = page.locator(".nr-field", has=page.locator("label", has_text=label)).first
    field.locator(".select2-selection").click()
    page.locator(".select2-search__field").last.fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def find(page: Page, model: str, text: str) -> None:
    """Open a row's page from its list."""
    page.goto(f"/admin/editorial/{model}/?q={text}")
    page.locator("#result_list tbody a").first.click()


def register(page: Page, name: str) -> None:
    page.goto("/admin/editorial/source/action/source.register/")
    page.get_by_label("Type").select_option("person")
    page.get_by_label("Name", exact=False).first.fill(name)
    choose_desk(page)
    page.get_by_role("button", name="Register a source").click()
    expect(page.get_by_text("Registered.")).to_be_visible()


def choose_desk(page: Page) -> None:
    desk = page.get_by_label("Desk")
    if desk.locator("option", has_text="Politics").count():
        desk.select_option(label="Politics")


def rate(page: Page, name: str) -> None:
    find(page, "source", name)
    press(page, "Rate")
    page.get_by_label("Reliability").select_option("B")
    page.get_by_role("button", name="Rate").click()
    expect(page.get_by_text("Rated.", exact=False).first).to_be_visible()


def record(page: Page, claim: str, source: str) -> None:
    find(page, "claim", claim)
    press(page, "Record a statement")
    pick(page, "Source", source)
    page.get_by_label("What it does to the claim").select_option("affirms")
    page.get_by_label("How the source knows").select_option("first_hand")
    page.get_by_label("Verbatim").fill("I stood next to it.")
    page.get_by_role("button", name="Record a statement").click()
    expect(page.get_by_text("Recorded.", exact=False).first).to_be_visible()


def wait_for(page: Page, text: Locator, *, within: float = 60) -> None:
    """Look again until the background work has caught up."""
    for _ in range(int(within * 2)):
        if text.first.is_visible():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"It never showed: {text}")


def test_a_task_is_taken_reviewed_and_released(log_in_browser: Any) -> None:
    page = log_in_browser("felix")
    page.get_by_role("button", name="Take next").first.click()
    expect(page.get_by_text("Assigned to you")).to_be_visible()
    expect(page.locator("time[data-countdown]")).to_contain_text("left")
    press(page, "Extend 30 min")
    expect(page.get_by_text("Yours for another half hour.")).to_be_visible()
    expect(page.get_by_role("heading", name="What is missing")).to_be_visible()
    page.get_by_role("link", name="Open the claim").click()
    expect(page.get_by_role("heading", name="Sources for and against")).to_be_visible()
    page.goto("/admin/")
    page.locator("#my-tasks .nr-task").first.click()
    press(page, "Release")
    expect(page.get_by_text("Released to the queue.")).to_be_visible()


def test_a_claim_is_filed_signed_and_published(log_in_browser: Any) -> None:
    reporter, checker, editor, copy_editor = (
        log_in_browser("mina"),
        log_in_browser("felix"),
        log_in_browser("edith"),
        log_in_browser("cora"),
    )

    # The reporter files a claim, registers two sources and records their statements.
    reporter.goto("/admin/editorial/claim/action/claim.file/")
    reporter.get_by_label("The claim").fill(CLAIM)
    reporter.get_by_label("Risk").select_option("contentious")
    choose_desk(reporter)
    reporter.get_by_role("button", name="File a claim").click()
    expect(reporter.locator("h2.nr-claim")).to_have_text(CLAIM)
    for name in (f"Lida Fenn {STAMP}", f"Bert Quay {STAMP}"):
        register(reporter, name)
        rate(checker, name)
        record(reporter, STAMP, name)
    wait_for(reporter, reporter.get_by_text("The engine finds it verified"))

    # She writes and submits the story; the editor clears it, and publishing is refused with a reason.
    reporter.goto("/admin/editorial/story/action/story.pitch/")
    reporter.get_by_label("Headline").fill(f"Sluice stood open {STAMP}")
    reporter.get_by_label("Copy").fill("The sluice stood open on Friday night.")
    choose_desk(reporter)
    reporter.get_by_role("button", name="Pitch a story").click()
    press(reporter, "Revise")
    reporter.get_by_text("Use another claim").first.click()
    pick(reporter, "Claim", STAMP)
    reporter.get_by_label("Used as").first.select_option("attributed")
    reporter.get_by_role("button", name="Revise").click()
    press(reporter, "Submit")
    reporter.get_by_role("button", name="Submit").click()

    find(editor, "story", STAMP)
    press(editor, "Clear")
    editor.get_by_role("button", name="Clear").click()
    press(editor, "Publish")
    editor.get_by_role("button", name="Publish").click()
    expect(editor.get_by_role("alert")).to_contain_text("Not done. Nothing was changed")
    expect(editor.get_by_role("alert")).to_contain_text("Say in the copy")

    # Two users sign the finding.
    find(checker, "claim", STAMP)
    press(checker, "Propose finding")
    checker.get_by_role("button", name="Propose finding").click()
    expect(checker.get_by_text("An editor who was not involved has to approve.")).to_be_visible()
    expect(checker.locator(".nr-signoff .nr-button.nr-disabled", has_text="Approve")).to_be_visible()
    find(editor, "claim", STAMP)
    editor.locator(".nr-signoff").get_by_text("Approve").click()
    editor.get_by_role("button", name="Approve").click()
    expect(editor.locator(".nr-result .nr-is-verified")).to_be_visible()

    # The copy editor confirms the remaining condition; then the story is published.
    find(copy_editor, "story", STAMP)
    while copy_editor.get_by_role("button", name="Confirm condition").count():
        copy_editor.get_by_role("button", name="Confirm condition").first.click()
        expect(copy_editor.get_by_text("Condition confirmed.")).to_be_visible()
    find(editor, "story", STAMP)
    press(editor, "Publish")
    editor.get_by_role("button", name="Publish").click()
    expect(editor.get_by_text("Published.", exact=False).first).to_be_visible()

    # A source withdraws: the story is flagged, and the first page shows it.
    find(reporter, "claim", STAMP)
    reporter.locator(".nr-statement summary").first.click()
    press(reporter, "Mark as ended")
    reporter.get_by_label("How it ended").select_option("withdrawn")
    reporter.get_by_label("What happened").fill("Rang at nine and took it back.")
    reporter.get_by_role("button", name="Mark as ended").click()
    editor.goto("/admin/")
    corrections = editor.locator("section", has=editor.get_by_role("heading", name="Corrections due"))
    wait_for(editor, corrections.get_by_text(f"Sluice stood open {STAMP}"))


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_screen(log_in_browser: Any, width: int) -> None:
    page = log_in_browser("edith")
    page.set_viewport_size({"width": width, "height": 900})
    pages = ["/admin/"]
    for model in ("claim", "story", "source", "reviewtask"):
        page.goto(f"/admin/editorial/{model}/")
        pages += [page.url, page.locator("#result_list tbody a").first.get_attribute("href") or ""]
    for address in pages:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_every_control_works_with_the_keyboard(log_in_browser: Any) -> None:
    page = log_in_browser("felix")
    page.get_by_role("button", name="Take next").last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Assigned to you")).to_be_visible()
    page.locator(".nr-button", has_text="Release").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Released to the queue.")).to_be_visible()
    page.goto("/admin/editorial/claim/")
    page.locator("#result_list tbody a").first.focus()
    page.keyboard.press("Enter")
    menu = page.locator(".nr-menu").first
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.locator(".nr-button").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.locator(".nr-button").first).to_be_hidden()
