"""Sessions: every sign-in ends here, whether by password, second factor or single sign-on."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from editorial.admin.framework import request_user
from editorial.models import User
from editorial.policy.people.sign_ins import KNOWN_DEVICE_TTL
from editorial.workflow.people import devices, sign_in
from editorial.workflow.people import sessions as user_sessions

NO_ROLE = "Your account has no role at any desk. Ask an administrator to grant you one."
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def finish_sign_in(
    request: HttpRequest, user: User, next_url: str, *, used_provider_factor: bool = False
) -> HttpResponse:
    """Sign a verified user in, and remember the browser for login throttling. Users without a role are refused."""
    if not request_user.has_role(user.facts()):
        messages.error(request, NO_ROLE)
        return HttpResponseRedirect(reverse("admin:login"))
    login(request, user, backend=_BACKEND)
    sign_in.record_provider_factor(request.session, used_provider_factor)
    user_sessions.record_client(
        request.session, user_agent=request.headers.get("User-Agent", ""), address=address(request)
    )
    response = HttpResponseRedirect(next_url or reverse("admin:index"))
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        devices.remember(user.get_username(), cookie=request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")),
        max_age=KNOWN_DEVICE_TTL,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def known_device(request: HttpRequest, username: str) -> str:
    """The id of this browser, if the user has signed in there lately; else an empty string."""
    return devices.recognize(username, cookie=request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))


def address(request: HttpRequest) -> str | None:
    """The client's IP address."""
    return request.META.get("REMOTE_ADDR") or None
