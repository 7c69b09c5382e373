"""The one error map: whatever goes wrong behind this door is told as application/problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views import defaults
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.response import Response

from editorial.operations import metrics
from editorial.policy.vocabulary import Code
from editorial.workflow.core.actions import Conflict, Forbidden, Invalid, NotFound, Reason, Refused, Stale
from editorial.workflow.core.idempotency import InProgress

MEDIA_TYPE = "application/problem+json"
_OURS = "/api/"

# status → the last part of the problem's type, and its title
KINDS: dict[int, tuple[str, str]] = {
    400: ("unreadable", "The request cannot be read"),
    401: ("not-signed-in", "Sign in first"),
    403: ("forbidden", "You may not do that"),
    404: ("not-found", "There is no such thing, or none that you may see"),
    405: ("method-not-allowed", "This address does not offer that method"),
    406: ("not-acceptable", "This is not offered in the form asked for"),
    409: ("conflict", "The state of things does not allow it"),
    410: ("outdated", "That is of no use any more"),
    412: ("stale", "Somebody revised it since you saw it"),
    413: ("too-large", "That is too much at once"),
    415: ("unsupported-media-type", "This address does not take that media type"),
    422: ("invalid", "What was given cannot be"),
    428: ("precondition-needed", "Say which version you saw"),
    429: ("too-many-requests", "Slow down"),
    500: ("internal", "Something went wrong on our side"),
    503: ("busy", "The newsroom is busy"),
}
_REFUSALS = {NotFound: 404, Forbidden: 403, Conflict: 409, Stale: 412, Invalid: 422}
_UNREADABLE = (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError, UnicodeError)
_BUSY = "Too many are at this at once. Try again in a moment; nothing was changed."
_GONE = (
    "The database does not answer. If it went away just now, this may have been done or not: "
    "look in a moment before you try again, or send it again under the same Idempotency-Key."
)
# What PostgreSQL says when it refuses while it is there: no lock in time, no answer in time, a deadlock.
_THERE = ("55P03", "57014", "40P01", "40001")
_INTERNAL = "This has been logged. Nothing was changed; try again, and tell your administrator if it happens again."

Told = dict[str, str]


class TooLarge(APIException):
    """The body is larger than is taken here."""

    status_code = 413
    default_detail = "The body of the request is too large."
    default_code = "too_large"


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """What went wrong, for the caller. None leaves it to Django, which logs it and answers by `server_error`."""
    headers: dict[str, str] = {}
    match exc:
        case Refused():
            status, told = _REFUSALS.get(type(exc), 409), [_reason(reason) for reason in exc.reasons]
            metrics.refused("api", (reason.code for reason in exc.reasons))
            headers = {"Retry-After": "1"} if isinstance(exc, InProgress) else {}
        case ValidationError():
            status, told = 422, list(_flat(exc.detail, where=_place(context)))
        case APIException():
            status, told = exc.status_code, list(_flat(exc.detail))
            headers = _headers(exc)
        case Http404():
            status, told = 404, [_told("not_found", "There is no such thing, or none that you may see.")]
        case PermissionDenied():
            status, told = 403, [_told("forbidden", "You may not do that.")]
        case RequestDataTooBig():
            status, told = 413, [_told("too_large", str(TooLarge.default_detail))]
        case ModelValidationError() | DataError():
            status, told = 422, [_told("invalid", "A value is out of its range.")]
        case OperationalError():
            status, told, headers = 503, [_unavailable(exc)], {"Retry-After": "2"}
        case _ if isinstance(exc, _UNREADABLE):
            status, told = 400, [_told("unreadable", "The request cannot be read; look at its encoding.")]
        case _:
            return None
    return Response(body(status, told), status=status, headers=headers, content_type=MEDIA_TYPE)


def body(status: int, told: list[Told]) -> dict[str, Any]:
    """A problem as RFC 9457 wants it, with every single error in `errors`."""
    slug, title = KINDS.get(status, KINDS[500] if status >= 500 else KINDS[400])
    told = [{name: _sound(text) for name, text in error.items()} for error in told]
    return {
        "type": f"urn:problem-type:newsroom:{slug}",
        "title": title,
        "status": status,
        "detail": " ".join(dict.fromkeys(error["detail"] for error in told)),
        "errors": told,
    }


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400."""
    if not _is_ours(request):
        return defaults.bad_request(request, exception)
    return _plain(400, "unreadable", "The request cannot be read.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 403."""
    if not _is_ours(request):
        return defaults.permission_denied(request, exception)
    return _plain(403, "forbidden", "You may not do that.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 404."""
    if not _is_ours(request):
        return defaults.page_not_found(request, exception)
    return _plain(404, "not_found", "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500. What happened is in the log, never in the answer."""
    if not _is_ours(request):
        return defaults.server_error(request)
    told = body(500, [_told("internal", _INTERNAL)]) | {"request_id": getattr(request, "id", "")}
    return JsonResponse(told, status=500, content_type=MEDIA_TYPE)


def _is_ours(request: HttpRequest) -> bool:
    return f"{request.path_info}/".startswith(_OURS)


def _plain(status: int, code: str, detail: str) -> HttpResponse:
    return JsonResponse(body(status, [_told(code, detail)]), status=status, content_type=MEDIA_TYPE)


def _unavailable(exc: OperationalError) -> Told:
    """Whether the database is busy, or gone: then a commit may have been its last deed."""
    there = getattr(exc.__cause__, "sqlstate", None) in _THERE
    return _told("busy", _BUSY) if there else _told("no_database", _GONE)


def _told(code: str, detail: str, **where: str) -> Told:
    return {"code": code.upper(), "detail": detail, **where}


def _reason(reason: Reason) -> Told:
    """A refusal's reason. What the gate says is about a claim; everything else is about a field, or the whole."""
    if reason.code in set(Code):
        return _told(reason.code, reason.text, claim=reason.field)
    if reason.field in ("", "id"):
        return _told(reason.code, reason.text)
    return _told(reason.code, reason.text, pointer=_pointer(reason.field.split("/")))


def _flat(detail: Any, path: tuple[str, ...] = (), where: str = "pointer") -> Iterator[Told]:
    """DRF's nested details, one by one."""
    match detail:
        case dict():
            for name, inner in detail.items():
                yield from _flat(inner, path if name == "non_field_errors" else (*path, str(name)), where)
        case list() | tuple():
            for number, inner in enumerate(detail):
                nested = isinstance(inner, dict | list)
                yield from _flat(inner, (*path, str(number)) if nested else path, where)
        case _:
            code = detail.code if isinstance(detail, ErrorDetail) else "invalid"
            at = {where: _pointer(path) if where == "pointer" else ".".join(path)} if path else {}
            yield _told(str(code), str(detail), **at)


def _place(context: dict[str, Any]) -> str:
    """Where a value came from: the query of a read, or the body of anything else."""
    request = context.get("request")
    return "parameter" if request is not None and request.method in ("GET", "HEAD") else "pointer"


def _pointer(path: Any) -> str:
    """A JSON pointer into the body (RFC 6901), as a fragment."""
    return "#/" + "/".join(name.replace("~", "~0").replace("/", "~1") for name in path)


def _sound(text: str) -> str:
    """Without what cannot be sent as UTF-8; a caller's own words may come back to it here."""
    return text[:2000].encode("utf-8", "replace").decode("utf-8")


def _headers(exc: APIException) -> dict[str, str]:
    headers = {}
    if header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return headers
