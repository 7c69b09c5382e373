"""Headers by which a request is made safe, as they are described: keys of writes, and tags of rows."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework.serializers import BaseSerializer

from editorial.api.framework import etags, idempotency

# Patterns of ECMA 262, as JSON Schema has them.
_ETAG_PATTERN = r'^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$'
_KEY_PATTERN = "^[!-~]([ -~]{0,253}[!-~])?$"
_ETAG_EXAMPLE = OpenApiExample("The tag it was shown with", value='"7-5f0c3a9be1d24c86"')


def request_headers(view: Any, method: str, path: str) -> list[Any]:
    """What an operation takes."""
    on_a_row = "{" in path
    taken = []
    if method in idempotency.WRITE_METHODS and _accepts_key(view):
        taken.append(_IDEMPOTENCY_KEY)
    if method in idempotency.WRITE_METHODS and on_a_row and _is_versioned(getattr(view, "output_serializer", None)):
        taken.append(_if_match(required=method == "PATCH"))
    if getattr(view, "action", "") == "retrieve" and _is_versioned(view.output_serializer):
        taken.append(_IF_NONE_MATCH)
    return taken


def response_headers(view: Any, method: str, status: int, serializer: Any) -> list[Any]:
    """What its answer carries."""
    told = []
    if method in idempotency.WRITE_METHODS and _accepts_key(view):
        told.append(
            _response_header(
                idempotency.REPLAYED_HEADER, status, "`true` where this was carried out before, under the same key."
            )
        )
    if getattr(view, "action", "") not in ("list", "export") and status != 204 and _is_versioned(serializer):
        told.append(
            _response_header(
                "ETag", status, "The version of the row, and of how it is shown to you. Say it in If-Match."
            )
        )
    return told


def _accepts_key(view: Any) -> bool:
    """Whether the view does, and what is asked of it."""
    handler = getattr(view, getattr(view, "action", None) or "", None)
    return bool(getattr(view, "accepts_idempotency_key", False) and getattr(handler, "accepts_idempotency_key", True))


def _is_versioned(serializer: Any) -> bool:
    """Whether what is shown is a row that has a version."""
    row = isinstance(serializer, type) and issubclass(serializer, BaseSerializer) and hasattr(serializer, "Meta")
    return row and etags.is_versioned(serializer.Meta.model)


def _if_match(*, required: bool) -> OpenApiParameter:
    kept = "Whoever revises has to say what they saw" if required else "Nothing is compared without it"
    return OpenApiParameter(
        "If-Match",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=required,
        pattern=_ETAG_PATTERN,
        description=f"The tag, or tags, of the row as you saw it; its version in quotes will do, `*` is any. {kept}. "
        "Where somebody has revised it since, 412 shows what it is now.",
        examples=[
            _ETAG_EXAMPLE,
            OpenApiExample("Its version", value='"7"'),
            OpenApiExample("Whatever it is", value="*"),
        ],
    )


def _response_header(name: str, status: int, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, response=[status], description=description)


_IDEMPOTENCY_KEY = OpenApiParameter(
    idempotency.KEY_HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    pattern=_KEY_PATTERN,
    description="Names this write, in 1 to 255 printable ASCII characters that you never used before, such as a random "
    "UUID. Sent again under its key within a day it is not done again, and is answered alike.",
    examples=[OpenApiExample("A random one", value="8e03978e-40d5-43dd-bc93-6894a57f9324")],
)
_IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The tag, or tags, of what you have already: 304 without a body where it is still the same.",
    examples=[_ETAG_EXAMPLE],
)
