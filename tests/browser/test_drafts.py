"""Nothing typed is lost, and nothing of it can be read on the device: ended sessions, expired forms, lost networks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ARGUMENTS, PASSWORD, save_screenshot

pytestmark = pytest.mark.browser

CLAIM_FORM = "/admin/editorial/claim/action/claim.file/"
TYPED = "The lock keeper slept through the siren."
RESTORE = "Restore what you typed"


def type_claim(page: Page, text: str = TYPED) -> None:
    """Type into the form for a claim, and wait until the draft is on the device."""
    page.goto(CLAIM_FORM)
    page.get_by_label("The claim").fill(text)
    page.get_by_label("Risk").select_option("contentious")
    page.get_by_label("Needs context").check()
    wait_for_draft(page)


def wait_for_draft(page: Page) -> None:
    """Wait until what was typed last is on the device."""
    page.wait_for_timeout(1000)
    assert "nr-draft" in stored(page)


def submit(page: Page) -> None:
    page.locator("#decide form button[type=submit]").click()


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def stored(page: Page) -> str:
    text: str = page.evaluate("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])")
    return text


def choose_desk(page: Page) -> None:
    if page.get_by_label("Desk").locator("option", has_text="Politics").count():
        page.get_by_label("Desk").select_option(label="Politics")


def expect_restored(page: Page, text: str = TYPED) -> None:
    expect(page.get_by_label("The claim")).to_have_value(text)
    expect(page.get_by_label("Risk")).to_have_value("contentious")
    expect(page.get_by_label("Needs context")).to_be_checked()


def offer(page: Page) -> Locator:
    return page.get_by_role("button", name=RESTORE)


def test_what_was_typed_is_offered_again_and_not_applied_by_itself(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    type_claim(page)
    page.reload()
    expect(offer(page)).to_be_visible()
    save_screenshot(page, "draft-offered")
    expect(page.get_by_label("The claim")).to_have_value("")
    offer(page).click()
    expect_restored(page)
    expect(offer(page)).to_have_count(0)
    page.wait_for_timeout(600)
    page.reload()
    page.get_by_role("button", name="Discard").click()
    page.reload()
    expect(page.get_by_label("The claim")).to_be_visible()
    page.wait_for_timeout(300)
    expect(offer(page)).to_have_count(0)


def test_the_draft_is_gone_once_the_form_was_accepted(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    type_claim(page, "A claim that was accepted.")
    choose_desk(page)
    submit(page)
    expect(page.get_by_text("Filed.", exact=False).first).to_be_visible()
    assert "nr-draft" not in stored(page)


def test_leaving_a_form_with_unsaved_words_asks_first(log_in_browser: Any) -> None:
    page, asked = log_in_browser("mina"), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    type_claim(page)
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/claim/")
    assert asked == ["beforeunload"]


def test_an_ended_session_costs_no_word(log_in_browser: Any) -> None:
    page, elsewhere = log_in_browser("mina"), log_in_browser("mina")
    type_claim(page)
    choose_desk(page)
    elsewhere.goto("/admin/editorial/session/")
    elsewhere.get_by_text("End all others").first.click()
    if elsewhere.locator("#decide form").count():
        submit(elsewhere)
    submit(page)
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    save_screenshot(page, "session-ended")
    expect_restored(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    sign_in(opened.value, "mina")
    opened.value.get_by_role("heading", name="My work").wait_for()
    submit(page)
    expect(page.get_by_text("Filed.", exact=False).first).to_be_visible()


def test_after_an_ended_session_the_draft_is_offered_where_signing_in_leads(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    type_claim(page)
    page.context.clear_cookies()
    page.reload()
    sign_in(page, "mina")
    offer(page).click()
    expect_restored(page)


def test_a_form_whose_token_has_expired_is_accepted(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    type_claim(page, "A claim typed before the token expired.")
    choose_desk(page)
    page.context.clear_cookies(name="csrftoken")
    submit(page)
    expect(page.get_by_text("Filed.", exact=False).first).to_be_visible()


def test_a_failed_csrf_check_leads_back_to_the_form_and_the_draft(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    type_claim(page)
    page.context.clear_cookies(name="csrftoken")
    page.evaluate("document.querySelector('#decide form').submit()")
    expect(page.get_by_role("heading", name="The form has expired")).to_be_visible()
    page.get_by_role("link", name="Open the form again").click()
    offer(page).click()
    expect_restored(page)


def test_a_lost_network_costs_no_word(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    type_claim(page, "A claim typed in a tunnel.")
    choose_desk(page)
    page.context.set_offline(True)
    submit(page)
    expect(page.get_by_text("The newsroom cannot be reached.")).to_be_visible()
    expect_restored(page, "A claim typed in a tunnel.")
    page.context.set_offline(False)
    submit(page)
    expect(page.get_by_text("Filed.", exact=False).first).to_be_visible()


def test_another_account_on_the_device_is_offered_nothing_and_reads_nothing(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    type_claim(page)
    page.context.clear_cookies()
    page.goto(CLAIM_FORM)
    assert "lock keeper" not in stored(page)
    sign_in(page, "felix")
    page.goto(CLAIM_FORM)
    page.wait_for_timeout(500)
    expect(offer(page)).to_have_count(0)
    keys = page.evaluate("document.querySelector('#decide form').dataset.draftKey")
    assert keys not in stored(page)
    page.context.clear_cookies()
    page.goto(CLAIM_FORM)
    sign_in(page, "mina")
    expect(offer(page)).to_be_visible()


def test_a_form_is_not_sent_under_another_account_that_has_signed_in_since(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    type_claim(page, "A claim that only Mina files.")
    choose_desk(page)
    page.context.clear_cookies()
    other = page.context.new_page()
    other.goto("/")
    sign_in(other, "felix")
    other.get_by_role("heading", name="My work").wait_for()
    submit(page)
    expect(page.get_by_text("Somebody else has signed in on this device.")).to_be_visible()
    other.goto("/admin/editorial/claim/?q=only Mina files")
    expect(other.get_by_text("A claim that only Mina files.")).to_have_count(0)


def test_signing_out_removes_the_drafts_of_every_account(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    type_claim(page)
    page.goto("/admin/")
    page.locator(".material-symbols-outlined", has_text="unfold_more").click()
    page.get_by_text("Sign out").click()
    expect(page.get_by_text("Sign in again")).to_be_visible()
    page.goto("/admin/login/")
    assert "nr-draft" not in stored(page)


def test_an_old_draft_is_removed_on_the_next_page(log_in_browser: Any) -> None:
    page = log_in_browser("mina")
    type_claim(page)
    page.goto("/admin/")
    page.evaluate(
        "Object.keys(localStorage).filter((name) => name.startsWith('nr-draft.')).forEach((name) =>"
        " localStorage[name] = JSON.stringify({...JSON.parse(localStorage[name]), until: Date.now() - 1}))"
    )
    page.goto("/admin/")
    assert "nr-draft" not in stored(page)


def test_a_form_that_names_a_confidential_source_leaves_nothing_readable_on_the_disk(
    browser: Browser, live_newsroom: str, tmp_path: Path
) -> None:
    context = browser.browser_type.launch_persistent_context(
        str(tmp_path), executable_path=shutil.which("chromium"), args=ARGUMENTS, base_url=live_newsroom
    )
    page = context.pages[0]
    page.goto("/")
    sign_in(page, "mina")
    page.get_by_role("heading", name="My work").wait_for()
    page.goto("/admin/editorial/source/action/source.register/")
    page.get_by_label("Type").select_option("person")
    page.get_by_label("Name", exact=False).first.fill("a zyxwvname engineer")
    page.get_by_label("Real name").fill("Quirin Vaultname")
    page.get_by_label("How the source knows").fill("Works for the qqplughdepartment.")
    wait_for_draft(page)
    key = page.evaluate("document.querySelector('#decide form').dataset.draftKey")
    page.reload()
    page.get_by_role("button", name=RESTORE).click()
    expect(page.get_by_label("How the source knows")).to_have_value("Works for the qqplughdepartment.")
    expect(page.get_by_label("Real name")).to_have_value("")
    page.wait_for_timeout(1000)
    context.close()
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"nr-draft." in content  # the draft itself is on the disk
    for word in ("zyxwvname", "Vaultname", "qqplughdepartment", key):
        assert word.encode() not in content
        assert word.encode("utf-16-le") not in content
