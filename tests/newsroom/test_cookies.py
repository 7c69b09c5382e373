"""Behind TLS, a browser accepts each cookie from this host only: its name begins with `__Host-`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from editorial.models import User
from tests.support.cast import Room
from tests.support.live import clean_environment
from tests.support.openid_provider import OpenIDProvider
from tests.support.servers import ROOT

_NAMES = ("SESSION", "CSRF", "MESSAGE", "DEVICE", "OIDC")
_PRINT = "import json; from newsroom import settings; print(json.dumps({n: getattr(settings, n) for n in %r}))"
_SERVED = {
    "DATABASE_URL": "postgresql://newsroom@db.invalid/newsroom",
    "REDIS_URL": "redis://redis.invalid/0",
    "EMAIL_URL": "smtp://mail.invalid:25",
    "ALLOWED_HOSTS": "newsroom.example",
}


def _cookie_names(tmp_path: Path, **environment: str) -> dict[str, str]:
    code = _PRINT % [f"{name}_COOKIE_NAME" for name in _NAMES]
    env = clean_environment(NEWSROOM_DATA=str(tmp_path), **environment)
    run = [sys.executable, "-c", code]
    return dict(json.loads(subprocess.run(run, cwd=ROOT, env=env, check=True, capture_output=True).stdout))  # noqa: S603


def test_the_names_have_the_prefix_on_a_server_and_not_on_localhost(tmp_path: Path) -> None:
    for name, plain in _cookie_names(tmp_path).items():
        assert not plain.startswith("__"), name
        assert _cookie_names(tmp_path, **_SERVED)[name] == f"__Host-{plain}"


@pytest.mark.django_db
def test_every_cookie_of_a_sign_in_fulfils_what_the_prefix_demands(
    room: Room, settings: Any, provider: OpenIDProvider
) -> None:
    for name in _NAMES:
        setattr(settings, f"{name}_COOKIE_NAME", f"__Host-{name.lower()}")
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    rosa: User = room.people["rosa"]
    rosa.set_password("a winding word")
    rosa.save()
    browser = Client(enforce_csrf_checks=True)
    seen: dict[str, Any] = {}

    def keep(response: Any) -> Any:
        seen.update(response.cookies)
        return response

    page = keep(browser.get(reverse("admin:login"), secure=True))
    data = {"username": "rosa", "password": "a winding word", "csrfmiddlewaretoken": page.context["csrf_token"]}
    origin = {"HTTP_REFERER": "https://testserver/admin/login/"}
    assert keep(browser.post(reverse("admin:login"), data, secure=True, **origin)).status_code == 302
    assert keep(browser.get(reverse("admin:index"), secure=True)).status_code == 200
    keep(browser.get(reverse("admin:oidc_start"), headers={"Sec-Fetch-Site": "same-origin"}, secure=True))
    keep(browser.get(reverse("admin:oidc_callback"), secure=True))  # refused with a message
    assert set(seen) == {f"__Host-{name.lower()}" for name in _NAMES}
    for name, cookie in seen.items():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", ""), name
