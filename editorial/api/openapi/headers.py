"""Headers in the OpenAPI document: idempotency keys and entity tags."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework.serializers import BaseSerializer

from editorial.api.framework import etags, idempotency

# ECMA 262 patterns, as in JSON Schema.
_ETAG_PATTERN = r'^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$'
_KEY_PATTERN = "^[!-~]([ -~]{0,253}[!-~])?$"
_ETAG_EXAMPLE = OpenApiExample("The ETag of the row", value='"7-5f0c3a9be1d24c86"')


def request_headers(view: Any, method: str, path: str) -> list[Any]:
    parameters = []
    if _accepts_key(view, method):
        parameters.append(_IDEMPOTENCY_KEY)
    if method != "GET" and "{" in path and _is_versioned(getattr(view, "output_serializer", None)):
        parameters.append(_if_match(required=method == "PATCH"))
    if getattr(view, "action", "") == "retrieve" and _is_versioned(view.output_serializer):
        parameters.append(_IF_NONE_MATCH)
    return parameters


def response_headers(view: Any, method: str, status: int, serializer: Any) -> list[Any]:
    headers = []
    if _accepts_key(view, method):
        headers.append(
            _response_header(
                idempotency.REPLAYED_HEADER, status, "`true` if the write was already carried out under this key."
            )
        )
    if getattr(view, "action", "") not in ("list", "export") and status != 204 and _is_versioned(serializer):
        headers.append(
            _response_header("ETag", status, "The version of the row and its representation. Send it in If-Match.")
        )
    return headers


def _accepts_key(view: Any, method: str) -> bool:
    """Whether the handler of this method accepts an idempotency key."""
    handler = getattr(view, getattr(view, "action", None) or method.lower())
    return hasattr(handler, "accepts_idempotency_key")


def _is_versioned(serializer: Any) -> bool:
    """Whether the response shows a versioned row."""
    row = isinstance(serializer, type) and issubclass(serializer, BaseSerializer) and hasattr(serializer, "Meta")
    return row and etags.is_versioned(serializer.Meta.model)


def _if_match(*, required: bool) -> OpenApiParameter:
    note = "Required for updates" if required else "Without it, no version is compared"
    return OpenApiParameter(
        "If-Match",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=required,
        pattern=_ETAG_PATTERN,
        description=f"The ETags of the version you edited; its number in quotes is enough, `*` is any. {note}. "
        "If the row has a newer version, 412 shows its current state.",
        examples=[
            _ETAG_EXAMPLE,
            OpenApiExample("The version", value='"7"'),
            OpenApiExample("Any version", value="*"),
        ],
    )


def _response_header(name: str, status: int, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, response=[status], description=description)


_IDEMPOTENCY_KEY = OpenApiParameter(
    idempotency.KEY_HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    pattern=_KEY_PATTERN,
    description="A new id for this write: 1 to 255 printable ASCII characters, such as a random UUID. A repeat with "
    "the same key within a day is not carried out again and gets the same response.",
    examples=[OpenApiExample("A random key", value="8e03978e-40d5-43dd-bc93-6894a57f9324")],
)
_IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETags you already have: 304 without a body if one still matches.",
    examples=[_ETAG_EXAMPLE],
)
