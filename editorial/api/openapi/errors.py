"""Error responses in the OpenAPI document: statuses of every operation, headers and examples."""

from __future__ import annotations

from typing import Any

from editorial.api.framework import errors
from editorial.api.framework.byte_ranges import RangeNotSatisfiable
from editorial.api.framework.errors import MEDIA_TYPE, PROBLEM_TYPES
from editorial.api.framework.etags import PreconditionRequired
from editorial.api.framework.sync import CursorExpired
from editorial.api.openapi.document import Document

_ALL_OPERATIONS = {406, 429, 503}  # statuses of every operation
_WRITE_OPERATIONS = {400, 409, 413, 415, 422}  # of operations with a body or a key

# status → an example's code, detail and location
_EXAMPLES: dict[int, dict[str, str]] = {
    400: {"code": "PARSE_ERROR", "detail": "JSON parse error: an object has a duplicate name."},
    401: {"code": "INVALID_TOKEN", "detail": "Invalid or expired token. Issue a new one with POST /tokens."},
    403: {"code": "FORBIDDEN", "detail": "This requires the role editor."},
    404: {"code": "NOT_FOUND", "detail": "This object does not exist, or you may not see it."},
    406: {"code": "NOT_ACCEPTABLE", "detail": "Could not satisfy the request Accept header."},
    409: {"code": "WRONG_STATE", "detail": "It is published; only a correction changes it now."},
    410: {"code": "SYNC_TOKEN_EXPIRED", "detail": str(CursorExpired.default_detail)},
    412: {"code": "STALE_VERSION", "detail": "Someone else changed this while you were editing (now version 8)."},
    413: {"code": "TOO_LARGE", "detail": "The body may have at most 10240 KiB."},
    415: {"code": "UNSUPPORTED_MEDIA_TYPE", "detail": "Unsupported media type “text/xml” in request."},
    416: {"code": "RANGE_NOT_SATISFIABLE", "detail": str(RangeNotSatisfiable.default_detail)},
    422: {"code": "REQUIRED", "detail": "This field is required.", "pointer": "#/text"},
    428: {"code": "IF_MATCH_REQUIRED", "detail": str(PreconditionRequired.default_detail)},
    429: {"code": "THROTTLED", "detail": "Too many requests. The limit is 1200 a minute per token."},
    503: {"code": "BUSY", "detail": errors.BUSY_DETAIL},
}
_RETRY_AFTER = {"description": "Seconds to wait before the next attempt.", "schema": {"type": "integer", "minimum": 0}}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "The authentication scheme.", "schema": {"type": "string"}}},
    409: {"Retry-After": _RETRY_AFTER},
    412: {"ETag": {"description": "The ETag of the current version.", "schema": {"type": "string"}}},
    429: {"Retry-After": _RETRY_AFTER},
    503: {"Retry-After": _RETRY_AFTER},
}


def add_error_responses(result: Document, **_: Any) -> Document:
    """Refer every operation to shared error responses, and describe each once, with headers and an example."""
    for path in result["paths"].values():
        for method, operation in path.items():
            responses = operation["responses"]
            statuses = {int(status) for status in responses if status >= "400"} | _ALL_OPERATIONS
            statuses |= _WRITE_OPERATIONS if method != "get" else set()
            references = {
                str(status): {"$ref": f"#/components/responses/{PROBLEM_TYPES[status][0]}"} for status in statuses
            }
            operation["responses"] = dict(sorted((responses | references).items()))
    result["components"]["responses"] = {
        PROBLEM_TYPES[status][0]: _error_response(status, example) for status, example in _EXAMPLES.items()
    }
    return result


def _error_response(status: int, example: dict[str, str]) -> dict[str, Any]:
    title = PROBLEM_TYPES[status][1]
    schema = {"$ref": "#/components/schemas/Problem"}
    examples = {"problem": {"summary": title, "value": errors.problem_body(status, [example])}}
    headers = {"headers": _HEADERS[status]} if status in _HEADERS else {}
    return {
        "description": f"{title}.",
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    } | headers
