"""Every admin URL and error page: a strict policy, and no inline code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from newsroom.web.permissions_policy import HEADER as PERMISSIONS_POLICY
from tests.admin.conftest import registered_pages
from tests.support.sample_newsroom import create_row_of_each_kind

pytestmark = pytest.mark.exhaustive

POLICY = {
    "default-src": "'none'", "style-src": "'self'", "img-src": "'self'", "font-src": "'self'", "connect-src": "'self'",
    "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip
ARGUMENTS = {"object_id": "row", "action": "source.register", "button": "source.register"}


class InlineCode(HTMLParser):
    """What a strict policy blocks in a page, and the nonces of its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.nonces: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "style" or (tag == "script" and not attributes.get("src")):
            self.found.append(f"<{tag}>")
        if tag == "script":
            self.nonces.add(attributes.get("nonce") or "")
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value!r}>")


def assert_strict(response: HttpResponseBase, address: str) -> bool:
    """Check the headers and, in a page, the absence of anything inline. Whether it is a page with scripts."""
    assert response["Permissions-Policy"] == PERMISSIONS_POLICY
    if "Content-Disposition" in response:  # an exhibit, saved and not shown
        assert "sandbox" in response["Content-Security-Policy"]
        return False
    directives = (directive.partition(" ") for directive in response["Content-Security-Policy"].split("; "))
    policy = {name: sources for name, _, sources in directives}
    script_source = policy.pop("script-src")
    assert policy == POLICY, address
    assert response["X-Content-Type-Options"] == "nosniff"
    if not response["Content-Type"].startswith("text/html"):
        return False
    page = InlineCode()
    page.feed(response.content.decode())  # type: ignore[attr-defined]
    assert not page.found, address
    assert script_source == " ".join(f"'nonce-{nonce}'" for nonce in page.nonces), address
    assert "" not in page.nonces
    return bool(page.nonces)


def admin_patterns(patterns: Any, prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from admin_patterns(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)


def addresses(rows: list[Any]) -> Iterator[str]:
    """Each address of the admin, with a row where it takes one: of the model that the address names."""
    row_of = {type(row)._meta.model_name: row for row in rows}
    for pattern in admin_patterns(admin.site.urls[0]):
        row = next((row for name, row in row_of.items() if pattern.startswith(f"editorial/{name}/")), None)
        yield reverse("admin:index") + re.sub(
            r"<(?:\w+:)?(\w+)>", lambda part, row=row: argument(part[1], row), pattern.replace("^", "").replace("$", "")
        )


def argument(name: str, row: Any) -> str:
    return str(row.pk) if name in ("object_id", "pk") and row else "nothing"


@pytest.mark.slow
@pytest.mark.exhaustive
def test_every_admin_url_has_a_strict_policy_for_every_role(room, visit):
    rows = list(create_row_of_each_kind(room).values())
    with_scripts = 0
    for browser in map(visit, ["rosa", "felix", "edith", "cuno", "ada"]):
        for address in addresses(rows):
            with_scripts += assert_strict(browser.client.get(address), address)
    assert with_scripts > 5 * len(registered_pages())


def test_every_list_page_and_form_has_a_strict_policy(room, visit):
    rows = create_row_of_each_kind(room)
    with_scripts = 0
    browser = visit("ada")
    for row in {type(row): row for row in rows.values()}.values():
        page = registered_pages()[type(row)]
        responses = [browser.listing(type(row)), browser.page(row)]
        responses += [browser.open_form(row, button.slug) for button in page.buttons]
        with_scripts += sum(assert_strict(response, str(row)) for response in responses)
    assert with_scripts > 40


def test_pages_before_sign_in_and_error_pages_have_a_strict_policy(db, visit):
    stranger = Client(enforce_csrf_checks=True)
    assert assert_strict(stranger.get(reverse("admin:login")), "login")
    for response, status in (
        (stranger.post(reverse("admin:login"), {"username": "x"}), 403),
        (stranger.get("/nothing"), 404),
        (stranger.get("/api/v1/nothing"), 404),
        (stranger.get("/api/v1/me"), 401),
        (stranger.get("/admin/", headers={"Host": "elsewhere.example"}), 400),
        (stranger.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}), 403),
    ):
        assert response.status_code == status
        assert_strict(response, response.request["PATH_INFO"])


@pytest.mark.parametrize("path", ["/admin/login/", "/api/v1/me", "/health/live", "/nothing"])
def test_trace_echoes_no_header(db, path):
    response = Client(enforce_csrf_checks=True).trace(path, headers={"Cookie": "newsroom_device=canary"})
    assert b"canary" not in response.content
    assert response["Content-Type"] != "message/http"


def test_a_nonce_is_used_once(visit):
    policies = {visit("rosa").client.get(reverse("admin:index"))["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3
