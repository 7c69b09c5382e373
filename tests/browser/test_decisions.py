"""Decisions in a browser: a task answered beside its evidence, the next one taken in one press, a story published."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import save_screenshot

pytestmark = pytest.mark.browser


def test_a_task_is_done_beside_its_evidence_and_the_next_one_taken_in_one_press(log_in_browser: Any) -> None:
    page = log_in_browser("felix")
    page.get_by_role("button", name="Take next").last.click()
    expect(page.get_by_text("Assigned to you")).to_be_visible()
    expect(page.get_by_role("heading", name="Sources for and against")).to_be_visible()
    expect(page.get_by_role("heading", name="Stories that use it")).to_be_visible()
    first = page.url
    save_screenshot(page, "task")
    page.get_by_role("button", name="Done – take next").click()
    expect(page.get_by_text("This is your next task")).to_be_visible()
    expect(page.get_by_text("Assigned to you")).to_be_visible()
    assert page.url != first
    page.get_by_role("link", name="Open the claim").click()
    expect(page.get_by_role("heading", name="Yours 1")).to_be_visible()
    page.locator("#brief a").first.click()
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("Released to the queue.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_stays_in_view_while_the_evidence_is_read(log_in_browser: Any, scheme: str) -> None:
    page = log_in_browser("edith", color_scheme=scheme)
    page.goto("/admin/editorial/story/?status__exact=cleared")
    page.locator("#result_list tbody a").first.click()
    page.locator(".nr-button", has_text="Publish").first.click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    expect(page.get_by_text("Version 1 goes out: revision")).to_be_visible()
    save_screenshot(page, f"publish-{scheme}")
    page.get_by_role("heading", name="Claims used, and gate results").scroll_into_view_if_needed()
    page.mouse.wheel(0, 1500)
    expect(page.get_by_role("button", name="Publish")).to_be_in_viewport()


def test_on_a_phone_the_form_follows_the_evidence_and_is_one_press_away(log_in_browser: Any) -> None:
    page = log_in_browser("stanley")
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto("/admin/editorial/claim/?risk__exact=serious")
    page.locator("#result_list tbody a").first.click()
    page.goto(page.url.replace("/change/", "/action/signoff.read_standards/"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    button = page.get_by_role("button", name="Standards review")
    expect(button).not_to_be_in_viewport()
    page.get_by_role("link", name="To the form").click()
    expect(button).to_be_in_viewport()
