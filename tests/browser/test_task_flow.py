"""Assigning, taking and snoozing in browsers, on pages that refresh themselves without losing focus or input."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import save_screenshot

pytestmark = pytest.mark.browser


def test_assigned_tasks_reach_the_open_home_page_and_are_taken_first(log_in_browser: Any) -> None:
    editor, checker = log_in_browser("edith"), log_in_browser("felix")
    expect(checker.locator("#my-tasks")).to_have_count(0)
    checker.locator(".nr-queue .nr-task").first.focus()
    focused = checker.evaluate("document.activeElement.getAttribute('href')")

    editor.goto("/admin/editorial/reviewtask/?queue__exact=investigate&kind__exact=TRACE_ROOT")
    ticks = editor.get_by_role("checkbox", name="Tick: ")
    ticks.nth(0).check()
    ticks.nth(1).check()
    editor.get_by_role("button", name="Assign the ticked tasks").click()
    editor.get_by_label("Assign to").select_option(label="Felix Arany")
    save_screenshot(editor, "assign")
    editor.get_by_role("button", name="Assign tasks").click()
    expect(editor.get_by_text("2 assigned to")).to_be_visible()

    expect(checker.locator("#my-tasks .nr-task")).to_have_count(2, timeout=60_000)  # without a reload
    assert checker.evaluate("document.activeElement.getAttribute('href')") == focused, "the focus stays on its row"
    save_screenshot(checker, "home")

    checker.get_by_role("button", name="Take next").first.click()
    expect(checker.get_by_text("Assigned to you")).to_be_visible()
    expect(checker.get_by_role("heading", name="Sources for and against")).to_be_visible()
    checker.get_by_role("link", name="Snooze").click()
    checker.get_by_label("Why it has to wait").fill("The archive opens at nine.")
    checker.get_by_role("button", name="Snooze").click()
    expect(checker.get_by_text("Snoozed by Felix Arany")).to_be_visible()
    checker.get_by_role("button", name="Take next").click()
    expect(checker.get_by_text("Assigned to you")).to_be_visible()
    checker.get_by_role("button", name="Release").click()
    expect(checker.get_by_text("Released to the queue.")).to_be_visible()


def test_a_refresh_keeps_ticks_and_shows_what_a_colleague_took(log_in_browser: Any) -> None:
    editor, reporter = log_in_browser("sabine"), log_in_browser("felix")
    editor.goto("/admin/editorial/reviewtask/?queue__exact=corroborate&holder=all")
    reporter.get_by_role("button", name="Take next").last.click()
    expect(reporter.get_by_text("Assigned to you")).to_be_visible()
    expect(editor.locator("#result_list").get_by_text("Felix Arany").first).to_be_visible(timeout=60_000)

    box = editor.get_by_role("checkbox", name="Tick: ").first
    box.check()
    reporter.get_by_role("button", name="Release").click()
    editor.wait_for_timeout(20_000)  # longer than the interval
    expect(box).to_be_checked()
    box.uncheck()
    expect(editor.locator("#result_list").get_by_text("Felix Arany")).to_have_count(0, timeout=60_000)


@pytest.mark.parametrize("name", ["edith", "felix", "lena", "cora"])
def test_the_home_page_of_each_role_fits_a_phone(log_in_browser: Any, name: str) -> None:
    page = log_in_browser(name, color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for chart in page.locator(".nr-chart svg").all():
        assert chart.get_attribute("aria-label")
    save_screenshot(page, f"home-phone-{name}")


def test_a_task_is_found_taken_and_released_by_keys_alone(log_in_browser: Any) -> None:
    page = log_in_browser("felix")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.matches('.nr-task')")
    page.goto("/admin/editorial/reviewtask/?queue__exact=corroborate")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Actions", exact=True)).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_text("Assigned to you")).to_be_visible()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Extend 30 min")
    save_screenshot(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.get_by_label("Why it has to wait").press_sequentially("j?sed")
    expect(page.get_by_label("Why it has to wait")).to_have_value("j?sed")
    page.go_back()
    page.keyboard.press("r")
    expect(page.get_by_text("Released to the queue.")).to_be_visible()


def test_keys_can_be_switched_off(log_in_browser: Any) -> None:
    page = log_in_browser("felix")
    page.keyboard.press("?")
    page.get_by_label("Turn off all shortcuts except ?").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    assert page.evaluate("!document.activeElement.matches('.nr-task')")
