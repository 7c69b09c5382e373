"""axe finds nothing on any page: in light and dark, on a phone, at 200 %. New pages of the registry are tested, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from playwright.sync_api import Page, expect

from editorial.admin.framework.read_only_admin import ReadOnlyAdmin

pytestmark = pytest.mark.browser

# What the page looks like: colour scheme, and width and height in CSS pixels. 640 × 450 is 1280 × 900 at 200 %.
FORMS = {
    "light": ("light", 1280, 900),
    "dark": ("dark", 1280, 900),
    "phone": ("light", 390, 844),
    "200 %": ("light", 640, 450),
}
MODELS = sorted(
    model._meta.model_name for model, page in admin.site._registry.items() if isinstance(page, ReadOnlyAdmin)
)
# Pages of the desk are seen by people of the desk; the rest by an administrator of all desks.
DESK = {"claim", "story", "reviewtask", "statement", "source", "replyrequest", "signoff", "correction"}


def assert_accessible(page: Page, name: str) -> None:
    """Check the page in each form: no violation, and nothing beyond the edge."""
    for form, (scheme, width, height) in FORMS.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(150)
        found = Axe().run(page).response["violations"]
        nodes = [
            f"{each['id']}: {node['html'][:200]} ({node['failureSummary']})" for each in found for node in each["nodes"]
        ]
        assert not nodes, f"{name}, {form}: {nodes}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name}, {form}: wider than the screen"
    page.set_viewport_size({"width": 1280, "height": 900})


def pages_of(page: Page, model: str, opened: set[str]) -> Iterator[str]:
    """The list, the first row, and each form that they offer, one after the other."""
    forms: list[str] = []
    for address in (f"/admin/editorial/{model}/", None):
        if address is None:
            row = page.locator("#result_list tbody a[href*='/change/']")
            if not row.count():
                break
            address = row.first.get_attribute("href")
        page.goto(str(address))
        yield str(address)
        links = page.locator("a.nr-button[href*='/action/'], a[href$='/revisions/']").all()
        forms += [str(link.get_attribute("href")) for link in links]
        page.goto(str(address))
    for form in forms:
        if (action := form.rstrip("/").partition("/action/")[2].partition("/")[0]) not in opened:
            opened.add(action)
            page.goto(form)
            yield form


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_axe_finds_nothing_on_the_list_the_page_and_the_forms(log_in_browser: Any, model: str) -> None:
    opened: set[str] = set()
    for name in ("edith", "felix") if model in DESK else ("alma",):
        page = log_in_browser(name)
        for address in pages_of(page, model, opened):
            assert_accessible(page, address)


@pytest.mark.parametrize("address", ["/admin/", "/admin/operations/", "/nothing", "/admin/editorial/source/?key=0"])
def test_axe_finds_nothing_on_pages_of_no_model(log_in_browser: Any, address: str) -> None:
    page = log_in_browser("alma")
    page.goto(address)
    assert_accessible(page, address)


def test_axe_finds_nothing_before_sign_in_and_after_signing_out(log_in_browser: Any) -> None:
    page = log_in_browser("alma")
    page.context.clear_cookies()
    page.goto("/admin/")
    assert_accessible(page, "sign-in")


def test_axe_finds_what_is_wrong(log_in_browser: Any) -> None:
    page = log_in_browser("edith")
    page.evaluate(
        "document.querySelector('#main-content').insertAdjacentHTML('beforeend', '<input><img src=\"/x.png\">')"
    )
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page, "broken")


def test_the_first_tab_stop_skips_the_menu(log_in_browser: Any) -> None:
    page = log_in_browser("edith")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#main-content').contains(document.activeElement)")
