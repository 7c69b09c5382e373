"""The Content-Security-Policy in a browser: the pages of every role work, and nothing on them violates it.

`log_in_browser` fails every browser test in which a page violates the policy or a component of the theme fails.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

MAIN_LISTS = ("claim", "source", "story")


def open_row_and_forms(page: Page) -> int:
    """From a list: its filters, its first row, and the first form that the row offers."""
    filters = page.locator("button", has_text="Filters")
    if filters.count():
        filters.first.click()
        expect(page.locator("#changelist-filter")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#changelist-filter")).to_be_hidden()
    row = page.locator("#result_list tbody a[href*='/change/']")
    if not row.count():
        return 1
    page.goto(row.first.get_attribute("href") or "")
    form = page.locator("a.nr-button:not(.nr-disabled)[href*='/action/']")
    if not form.count():
        return 2
    page.goto(form.first.get_attribute("href") or "")
    if (field := page.locator(".select2-selection:visible")).count():
        field.first.click()
        expect(page.locator(".select2-results")).to_be_visible()
    return 3


@pytest.mark.parametrize("name", ["mina", "felix", "cora", "edith", "sabine", "stanley", "lena", "karim"])
def test_the_main_pages_of_every_role_work_without_inline_script_style_or_eval(log_in_browser: Any, name: str) -> None:
    page = log_in_browser(name)
    opened = 0
    for model in MAIN_LISTS:
        page.goto(f"/admin/editorial/{model}/")
        opened += open_row_and_forms(page)
    assert opened > 2 * len(MAIN_LISTS)


def test_every_page_of_the_navigation_works_without_inline_script_style_or_eval(log_in_browser: Any) -> None:
    page = log_in_browser("alma")
    links = page.locator("#nav-sidebar-apps a[href^='/admin/']")
    addresses = sorted({link.get_attribute("href") or "" for link in links.all()})
    assert len(addresses) > 20
    for address in addresses:
        page.goto(address)
        open_row_and_forms(page)


def test_the_components_of_the_theme_work(log_in_browser: Any) -> None:
    page = log_in_browser("edith")
    root, sidebar = page.locator("html"), page.locator("#nav-sidebar")
    page.locator(".material-symbols-outlined", has_text="unfold_more").click()
    page.locator("a", has_text="Dark").click()
    expect(root).to_have_class("dark")
    page.reload()
    expect(root).to_have_class("dark")
    expect(sidebar).to_be_visible()
    page.locator(".material-symbols-outlined", has_text="dock_to_right").first.click()
    expect(sidebar).to_be_hidden()
    page.reload()
    expect(sidebar).to_be_hidden()


def test_the_api_documentation_works(log_in_browser: Any) -> None:
    page = log_in_browser("felix")
    page.goto("/api/v1/docs")
    page.locator(".opblock-summary").first.click()
    expect(page.locator(".opblock-body").first).to_be_visible()


def test_error_pages_and_signing_out_violate_nothing(log_in_browser: Any) -> None:
    page = log_in_browser("edith")
    for address in (
        "/nothing",
        "/admin/nothing/",
        "/admin/editorial/source/?key=0",
        "/admin/editorial/source/x/change/",
    ):
        page.goto(address)
    page.goto("/admin/")
    page.evaluate("document.cookie = 'csrftoken=none; path=/'")
    page.locator("form.nr-inline button").first.click()
    expect(page.get_by_role("heading", name="The form has expired")).to_be_visible()
    page.goto("/admin/")
    page.locator(".material-symbols-outlined", has_text="unfold_more").click()
    page.get_by_text("Sign out").click()
    expect(page.get_by_text("Sign in again")).to_be_visible()


def test_a_policy_violation_is_detected(log_in_browser: Any) -> None:
    page = log_in_browser("edith", expect_violations=True)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\" onclick=\"alert(1)\">x</p>')")
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {src: '/static/editorial/newsroom.js'}))"
    )
    page.wait_for_timeout(500)
    violated = {violation["directive"] for violation in page.evaluate("JSON.parse(sessionStorage.violations)")}
    assert {"style-src-attr", "script-src-elem"} <= violated
