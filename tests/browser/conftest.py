"""A real Chromium in front of a whole newsroom, with the demo in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

PASSWORD = "proof-before-print"  # noqa: S105 - of every person of the demo, and printed at its start
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Runs before each page's scripts and records violations of the Content-Security-Policy.
RECORD_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  const noted = JSON.parse(sessionStorage.violations || "[]");
  noted.push({directive: event.effectiveDirective, page: event.documentURI, blocked: event.blockedURI});
  sessionStorage.violations = JSON.stringify(noted);
});
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The installed Chromium."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.fail("The browser tests need Chromium. On Debian and Ubuntu: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def log_in_browser(browser: Browser, live_newsroom: str) -> Iterator[Callable[..., Page]]:
    """`log_in_browser("edith")`: a demo user, signed in, on the first page.

    A script error fails the test, and so does a violation of the Content-Security-Policy, unless it is expected.
    """
    contexts, thrown, violations = [], [], []

    def note(message: ConsoleMessage) -> None:
        if any(text in message.text for text in ("Content Security Policy", "Alpine", "CSP")):
            violations.append(f"{message.text} ({message.page.url if message.page else ''})")

    def log_in(name: str, *, expect_violations: bool = False, **options: Any) -> Page:
        context = browser.new_context(base_url=live_newsroom, viewport={"width": 1280, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda problem: thrown.append(str(problem)))
        page.add_init_script(RECORD_VIOLATIONS)
        if not expect_violations:
            page.on("console", note)
        page.goto("/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="My work").wait_for()
        return page

    yield log_in
    for context in contexts:
        context.close()
    assert not thrown
    assert not violations


def save_screenshot(page: Page, name: str) -> None:
    """Keep a screenshot where SCREENSHOTS names a folder, for people to look at."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")
