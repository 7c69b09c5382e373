"""The one error handler: every API error becomes application/problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.views import defaults
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.response import Response

from editorial.operations import metrics
from editorial.policy.vocabulary import Code
from editorial.workflow.core.errors import (
    ActionError,
    Conflict,
    Forbidden,
    NotFound,
    QuotaExceeded,
    Reason,
    ValidationFailed,
    VersionConflict,
)
from editorial.workflow.core.idempotency import RequestInProgress

MEDIA_TYPE = "application/problem+json"
_API_PREFIX = "/api/"

# status → the last part of the problem's type, and its title
PROBLEM_TYPES: dict[int, tuple[str, str]] = {
    400: ("malformed-request", "Malformed request"),
    401: ("unauthenticated", "Authentication required"),
    403: ("forbidden", "Permission denied"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "Method not allowed"),
    406: ("not-acceptable", "Not acceptable"),
    409: ("conflict", "Conflict with the current state"),
    410: ("cursor-expired", "Cursor expired"),
    412: ("version-conflict", "Changed since you read it"),
    413: ("payload-too-large", "Payload too large"),
    415: ("unsupported-media-type", "Unsupported media type"),
    416: ("range-not-satisfiable", "Range not satisfiable"),
    422: ("invalid", "Validation failed"),
    428: ("precondition-required", "Precondition required"),
    429: ("too-many-requests", "Too many requests"),
    500: ("internal", "Internal server error"),
    503: ("busy", "Service unavailable"),
}
_STATUS_BY_ERROR: dict[type[ActionError], int] = {
    NotFound: 404, Forbidden: 403, Conflict: 409, VersionConflict: 412, ValidationFailed: 422, QuotaExceeded: 429,
}  # fmt: skip
_BAD_REQUEST_EXCEPTIONS = (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError, UnicodeError)
BUSY_DETAIL = "Too many requests are changing the same data. Nothing was changed; try again in a moment."
_DATABASE_UNAVAILABLE_DETAIL = (
    "The database does not respond. Your change may or may not have been saved: check in a moment, or "
    "send it again with the same Idempotency-Key."
)
# PostgreSQL errors of a busy but reachable database: lock timeout, statement timeout, deadlock.
_BUSY_SQLSTATES = ("55P03", "57014", "40P01", "40001")
_INTERNAL_DETAIL = (
    "An internal error was logged. Nothing was changed. Try again, and notify your administrator if it happens again."
)

# Bounds of a response, so that no request makes the server write more than it was sent.
_MAX_ERRORS = 20
_MAX_TEXT_BYTES = 600
_MAX_DETAIL_BYTES = 2000
_MAX_NAME_LENGTH = 100

_WHOLE_REQUEST = ("", "id")  # fields of reasons that concern no single field

ErrorItem = dict[str, str]


class PayloadTooLarge(APIException):
    """The body is larger than allowed."""

    status_code = 413
    default_detail = "The request body is too large."
    default_code = "too_large"


class ParameterError(ValidationError):
    """A query parameter is unknown or invalid, in any request."""


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Map an exception to a problem response. None leaves it to Django, which logs it and calls `server_error`."""
    headers: dict[str, str] = {}
    match exc:
        case ActionError():
            status, errors = _status_of(exc), [_error_of_reason(reason) for reason in exc.reasons]
            metrics.count_rejections("api", (reason.code for reason in exc.reasons))
            headers = _retry_header(exc)
        case ValidationError():
            status, errors = 422, list(_flatten(exc.detail, location_key=_location_key(exc, context)))
        case APIException():
            status, errors = exc.status_code, list(_flatten(exc.detail))
            headers = _error_headers(exc)
        case Http404():
            status, errors = 404, [_error("not_found", "This object does not exist, or you may not see it.")]
        case PermissionDenied():
            status, errors = 403, [_error("forbidden", "You do not have permission to do this.")]
        case RequestDataTooBig():
            status, errors = 413, [_error("too_large", str(PayloadTooLarge.default_detail))]
        case ModelValidationError() | DataError():
            status, errors = 422, [_error("invalid", "A value is out of range.")]
        case OperationalError():
            status, errors, headers = 503, [_database_error(exc)], {"Retry-After": "2"}
        case _ if isinstance(exc, _BAD_REQUEST_EXCEPTIONS):
            status, errors = 400, [_error("malformed_request", "The request cannot be decoded. Check its encoding.")]
        case _:
            return None
    return Response(problem_body(status, errors), status=status, headers=headers, content_type=MEDIA_TYPE)


def problem_body(status: int, errors: list[ErrorItem]) -> dict[str, Any]:
    """An RFC 9457 problem, with the first single errors in `errors` and the number of further ones."""
    slug, title = PROBLEM_TYPES.get(status, PROBLEM_TYPES[500] if status >= 500 else PROBLEM_TYPES[400])
    shown = [{name: _sanitize(text) for name, text in error.items()} for error in errors[:_MAX_ERRORS]]
    further = {"further_errors": len(errors) - len(shown)} if len(errors) > len(shown) else {}
    return {
        "type": f"urn:problem-type:newsroom:{slug}",
        "title": title,
        "status": status,
        "detail": _sanitize(" ".join(dict.fromkeys(error["detail"] for error in shown)), _MAX_DETAIL_BYTES),
        "errors": shown,
        **further,
    }


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400."""
    if not is_api_request(request):
        return defaults.bad_request(request, exception)
    return problem_response(400, "malformed_request", "The request is malformed.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 403."""
    if not is_api_request(request):
        return defaults.permission_denied(request, exception)
    return problem_response(403, "forbidden", "You do not have permission to do this.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 404."""
    if not is_api_request(request):
        return defaults.page_not_found(request, exception)
    return problem_response(404, "not_found", "This URL does not exist.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500. The cause is in the log, never in the response."""
    if not is_api_request(request):
        # Without the request: reading the user or a session could fail for the same reason.
        page = render_to_string("500.html", {"request_id": getattr(request, "id", "")})
        return HttpResponseServerError(page)
    body = problem_body(500, [_error("internal", _INTERNAL_DETAIL)]) | {"request_id": getattr(request, "id", "")}
    return JsonResponse(body, status=500, content_type=MEDIA_TYPE)


def is_api_request(request: HttpRequest) -> bool:
    return f"{request.path_info}/".startswith(_API_PREFIX)


def problem_response(status: int, code: str, detail: str) -> HttpResponse:
    """A problem with one error, for code outside of REST framework."""
    return JsonResponse(problem_body(status, [_error(code, detail)]), status=status, content_type=MEDIA_TYPE)


def _database_error(exc: OperationalError) -> ErrorItem:
    """Whether the database is busy or unreachable. If unreachable, the commit may have succeeded."""
    is_busy = getattr(exc.__cause__, "sqlstate", None) in _BUSY_SQLSTATES
    return _error("busy", BUSY_DETAIL) if is_busy else _error("database_unavailable", _DATABASE_UNAVAILABLE_DETAIL)


def _status_of(error: ActionError) -> int:
    """The status of a refused action. An unknown id in the body is invalid input; only the URL's own gives 404."""
    if isinstance(error, NotFound) and all(reason.field not in _WHOLE_REQUEST for reason in error.reasons):
        return 422
    return _STATUS_BY_ERROR.get(type(error), 409)


def _error(code: str, detail: str, **location: str) -> ErrorItem:
    return {"code": code.upper(), "detail": detail, **location}


def _error_of_reason(reason: Reason) -> ErrorItem:
    """A rejection's reason as an error. Gate codes refer to a claim; all others to a field or the whole body."""
    if reason.code in set(Code):
        return _error(reason.code, reason.text, claim=reason.field)
    if reason.field in _WHOLE_REQUEST:
        return _error(reason.code, reason.text)
    return _error(reason.code, reason.text, pointer=_pointer(reason.field.split("/")))


def _flatten(detail: Any, path: tuple[str, ...] = (), location_key: str = "pointer") -> Iterator[ErrorItem]:
    """DRF's nested details, flattened."""
    match detail:
        case dict():
            for name, inner in detail.items():
                yield from _flatten(inner, path if name == "non_field_errors" else (*path, str(name)), location_key)
        case list() | tuple():
            for number, inner in enumerate(detail):
                nested = isinstance(inner, dict | list)
                yield from _flatten(inner, (*path, str(number)) if nested else path, location_key)
        case _:
            code = detail.code if isinstance(detail, ErrorDetail) else "invalid"
            location = {location_key: _pointer(path) if location_key == "pointer" else ".".join(path)} if path else {}
            yield _error(str(code), str(detail), **location)


def _location_key(exc: ValidationError, context: dict[str, Any]) -> str:
    """Where values come from: the query of a read, usually the body of any other request."""
    request = context.get("request")
    is_read = request is not None and request.method in ("GET", "HEAD")
    return "parameter" if is_read or isinstance(exc, ParameterError) else "pointer"


def _pointer(path: Any) -> str:
    """A JSON pointer into the body (RFC 6901), as a URI fragment."""
    return "#/" + "/".join(name[:_MAX_NAME_LENGTH].replace("~", "~0").replace("/", "~1") for name in path)


def _sanitize(text: str, max_bytes: int = _MAX_TEXT_BYTES) -> str:
    """Remove what cannot be encoded as UTF-8, and shorten it; an error may quote the caller's input."""
    return text[:max_bytes].encode("utf-8", "replace")[:max_bytes].decode("utf-8", "ignore")


def _retry_header(error: ActionError) -> dict[str, str]:
    match error:
        case RequestInProgress():
            return {"Retry-After": "1"}
        case QuotaExceeded():
            return {"Retry-After": str(error.wait)}
    return {}


def _error_headers(exc: APIException) -> dict[str, str]:
    headers = {}
    if header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return headers
