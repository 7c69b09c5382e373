"""Single sign-on in a browser: from the sign-in page to the provider and back, and an explained refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import save_screenshot
from tests.support.live import free_port, start_newsroom
from tests.support.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIDProvider
from tests.support.provider_sign_in import NINA
from tests.support.receivers import serve_in_background
from tests.support.servers import temporary_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def at_provider() -> Iterator[OpenIDProvider]:
    """A provider at which Nina is signed in."""
    server = OpenIDProvider()
    server.person = dict(NINA)
    with serve_in_background(server):
        yield server


@pytest.fixture(scope="module")
def address(at_provider: OpenIDProvider) -> Iterator[str]:
    """A newsroom configured through its environment, as an operator would."""
    variables = {
        "OIDC_ISSUER": at_provider.issuer,
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "OIDC_NAME": "the Gazette account",
        "OIDC_ROLES": json.dumps({"editors": ["editor", "politics"]}),
    }
    with temporary_folder("newsroom-sso-") as folder:
        port = free_port()
        with start_newsroom(folder / "data", port=port, **variables):
            yield f"http://localhost:{port}"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_one_click_leads_to_the_requested_page(page: Page, at_provider: OpenIDProvider) -> None:
    page.goto("/admin/editorial/claim/")
    save_screenshot(page, "sso-login")
    page.get_by_role("link", name="Sign in with the Gazette account").click()
    page.wait_for_url("**/admin/editorial/claim/")
    expect(page.get_by_text("Nina Vale").first).to_be_visible()
    assert "/authorize" in at_provider.requests


def test_a_refusal_is_explained_on_the_sign_in_page(page: Page, at_provider: OpenIDProvider) -> None:
    at_provider.person = NINA | {"sub": "another", "groups": ["staff"]}
    page.goto("/admin/login/")
    page.get_by_role("link", name="Sign in with the Gazette account").click()
    page.wait_for_url("**/admin/login/")
    expect(page.get_by_text("none of your groups has a role in this newsroom")).to_be_visible()
    save_screenshot(page, "sso-refused")
