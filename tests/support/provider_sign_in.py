"""Sign-ins through the test's OpenID provider, as a browser makes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from editorial.models import Desk, SignIn
from tests.support.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIDProvider
from tests.support.receivers import serve_in_background

NINA = {
    "sub": "248289761001",
    "preferred_username": "nina",
    "email": "nina@newsroom.example",
    "email_verified": True,
    "given_name": "Nina",
    "family_name": "Vale",
    "groups": ["editors", "staff"],
}


@pytest.fixture
def provider(politics: Desk, city: Desk, settings: Any) -> Iterator[OpenIDProvider]:
    """A running provider with the newsroom as its client and Nina signed in."""
    server = OpenIDProvider()
    server.person = dict(NINA)
    settings.PUBLIC_URL = "http://testserver"
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = server.issuer, CLIENT_ID, CLIENT_SECRET
    settings.OIDC_NAME = "the Gazette account"
    settings.OIDC_ROLES = {
        "editors": ["editor", "politics"],
        "reporters": [["reporter", "politics"], ["reporter", "city"]],
        "admins": ["admin"],
        "moon": ["editor", "moon"],
    }
    with serve_in_background(server):
        yield server


def start(client: Client, **query: str) -> str:
    """Start a sign-in; the provider URL that the browser is redirected to."""
    response = client.get(reverse("admin:oidc_start"), query)
    assert response.status_code == 302
    return str(response["Location"])


def at_provider(url: str) -> str:
    """Sign in there; the callback URL that the browser is redirected to."""
    response = httpx.get(url, verify=False)  # noqa: S501 - it is not encrypted
    assert response.status_code == 302, response.text
    return str(response.headers["location"])


def come_back(client: Client, callback: str) -> Any:
    """The response to the callback."""
    parts = urlsplit(callback)
    return client.get(f"{parts.path}?{parts.query}")


def sign_in(client: Client, **query: str) -> Any:
    """Start, sign in at the provider, follow the callback."""
    return come_back(client, at_provider(start(client, **query)))


def refusal(response: Any) -> str:
    """The error message on the sign-in page after a redirect."""
    assert (response.status_code, response["Location"]) == (302, reverse("admin:login"))
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def outcomes() -> list[str]:
    """How each attempt to sign in ended, oldest first."""
    return list(SignIn.objects.order_by("id").values_list("outcome", flat=True))
