"""Drafts of forms, kept in the browser by static/editorial/drafts.js.

A draft is encrypted under a key that the server derives for the account and sends with each form. The browser does not
store the key, so that a device on which nobody is signed in reveals nothing.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.crypto import salted_hmac

SAVED_COOKIE = "newsroom_saved"
"""Names the draft whose form has been accepted; the next page deletes it."""

_SALT = "editorial.admin.framework.drafts"
_NAME = re.compile(r"[0-9a-f]{32}\.[0-9a-z]{8}")
_SAVED_SECONDS = 3600

Response = TypeVar("Response", bound=HttpResponse)


def form_draft(request: HttpRequest, path: str = "") -> dict[str, str]:
    """What the page tells the browser: the draft's id and key, and the name of the draft that was submitted.

    `path`: of a form that is within another page.
    """
    key = salted_hmac(f"{_SALT}.key", str(request.user.pk), algorithm="sha256").digest()
    return {
        "id": _draft_id(request, path or request.path),
        "key": b64encode(key).decode(),
        "name": _submitted_name(request),
    }


def check_view(request: HttpRequest) -> JsonResponse:
    """For a form that is about to be submitted: its draft's id, which tells the account, and a new CSRF token."""
    return JsonResponse({"id": _draft_id(request, request.GET.get("form", "")), "token": get_token(request)})


def mark_saved(request: HttpRequest, response: Response) -> Response:
    """Have the browser delete the draft of the form that was accepted."""
    if name := _submitted_name(request):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(SAVED_COOKIE, name, max_age=_SAVED_SECONDS, secure=secure, samesite="Strict")
    return response


def _draft_id(request: HttpRequest, path: str) -> str:
    """Tells neither the account nor the form."""
    return salted_hmac(f"{_SALT}.id", f"{request.user.pk}\n{path}", algorithm="sha256").hexdigest()[:32]


def _submitted_name(request: HttpRequest) -> str:
    name = request.POST.get("_draft", "")
    return name if _NAME.fullmatch(name) else ""
