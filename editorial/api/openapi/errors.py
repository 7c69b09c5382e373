"""Refusals as they are described: what every operation refuses, with which headers, and what it looks like."""

from __future__ import annotations

from typing import Any

from editorial.api.framework import errors
from editorial.api.framework.errors import MEDIA_TYPE, PROBLEM_TYPES

_ALL_OPERATIONS = (406, 429, 503)  # of every operation
_WRITE_OPERATIONS = (400, 409, 413, 415, 422)  # of those that take a body, or a key

# status → what is told, for example: code, words, and where
_EXAMPLES: dict[int, dict[str, str]] = {
    400: {"code": "PARSE_ERROR", "detail": "JSON parse error: a name stands in an object twice."},
    401: {"code": "INVALID_TOKEN", "detail": "This token is none of ours, or works no longer."},
    403: {"code": "FORBIDDEN", "detail": "Only an editor may do that."},
    404: {"code": "NOT_FOUND", "detail": "There is no such thing, or none that you may see."},
    406: {"code": "NOT_ACCEPTABLE", "detail": "Could not satisfy the request Accept header."},
    409: {"code": "WRONG_STATE", "detail": "It is published; only a correction changes it now."},
    410: {
        "code": "SYNC_TOKEN_EXPIRED",
        "detail": "What you may see has changed. Drop your copy and begin with “start”.",
    },
    412: {"code": "STALE_VERSION", "detail": "Somebody revised this while you were at it (it is version 8 now)."},
    413: {"code": "TOO_LARGE", "detail": "The body may have 10240 KiB at most."},
    415: {"code": "UNSUPPORTED_MEDIA_TYPE", "detail": "Unsupported media type “text/xml” in request."},
    422: {"code": "REQUIRED", "detail": "This field is required.", "pointer": "#/text"},
    428: {"code": "IF_MATCH_REQUIRED", "detail": "Say in If-Match which version you saw. * stands for any."},
    429: {"code": "THROTTLED", "detail": "That is too much at once: one token is good for 1200 requests a minute."},
    503: {"code": "BUSY", "detail": "Too many are at this at once. Try again in a moment; nothing was changed."},
}
_RETRY_AFTER = {"description": "After how many seconds to ask again.", "schema": {"type": "integer", "minimum": 0}}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}}},
    409: {"Retry-After": _RETRY_AFTER},
    412: {"ETag": {"description": "The tag of what it is now.", "schema": {"type": "string"}}},
    429: {"Retry-After": _RETRY_AFTER},
    503: {"Retry-After": _RETRY_AFTER},
}


def add_error_responses(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Give every operation the refusals that all share, and describe each kind once, with headers and an example."""
    told = result["components"].setdefault("responses", {})
    for path in result["paths"].values():
        for method, operation in path.items():
            for status in _ALL_OPERATIONS + (_WRITE_OPERATIONS if method != "get" else ()):
                operation["responses"].setdefault(
                    str(status), {"$ref": f"#/components/responses/{PROBLEM_TYPES[status][0]}"}
                )
            operation["responses"] = dict(sorted(operation["responses"].items()))
    for status, example in _EXAMPLES.items():
        slug, title = PROBLEM_TYPES[status]
        told[slug] = {
            "description": f"{title}.",
            "headers": _HEADERS.get(status, {}),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {"problem": {"summary": title, "value": errors.problem_body(status, [example])}},
                }
            },
        }
        if not told[slug]["headers"]:
            del told[slug]["headers"]
    return result
