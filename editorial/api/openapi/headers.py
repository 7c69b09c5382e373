"""Headers by which a request is made safe, as they are described: keys of writes, and tags of rows."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework.serializers import BaseSerializer

from editorial.api.framework import etags, idempotency

# Patterns of ECMA 262, as JSON Schema has them.
_TAGS = r'^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$'
_PRINTABLE = "^[!-~]([ -~]{0,253}[!-~])?$"
_A_TAG = OpenApiExample("The tag it was shown with", value='"7-5f0c3a9be1d24c86"')


def asked(view: Any, method: str, path: str) -> list[Any]:
    """What an operation takes."""
    on_a_row = "{" in path
    taken = []
    if method in idempotency.WRITES and _takes_keys(view):
        taken.append(_KEY)
    if method in idempotency.WRITES and on_a_row and _is_counted(getattr(view, "shown", None)):
        taken.append(_if_match(needed=method == "PATCH"))
    if getattr(view, "action", "") == "retrieve" and _is_counted(view.shown):
        taken.append(_IF_NONE_MATCH)
    return taken


def answered(view: Any, method: str, status: int, answers: Any) -> list[Any]:
    """What its answer carries."""
    told = []
    if method in idempotency.WRITES and _takes_keys(view):
        told.append(
            _told(idempotency.REPLAYED, status, "`true` where this was carried out before, under the same key.")
        )
    if getattr(view, "action", "") not in ("list", "export") and status != 204 and _is_counted(answers):
        told.append(_told("ETag", status, "The version of the row, and of how it is shown to you. Say it in If-Match."))
    return told


def _takes_keys(view: Any) -> bool:
    """Whether the view does, and what is asked of it."""
    handler = getattr(view, getattr(view, "action", None) or "", None)
    return bool(getattr(view, "takes_keys", False) and getattr(handler, "takes_keys", True))


def _is_counted(shown: Any) -> bool:
    """Whether what is shown is a row that has a version."""
    row = isinstance(shown, type) and issubclass(shown, BaseSerializer) and hasattr(shown, "Meta")
    return row and etags.are_counted(shown.Meta.model)


def _if_match(*, needed: bool) -> OpenApiParameter:
    kept = "Whoever revises has to say what they saw" if needed else "Nothing is compared without it"
    return OpenApiParameter(
        "If-Match",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=needed,
        pattern=_TAGS,
        description=f"The tag, or tags, of the row as you saw it; its version in quotes will do, `*` is any. {kept}. "
        "Where somebody has revised it since, 412 shows what it is now.",
        examples=[_A_TAG, OpenApiExample("Its version", value='"7"'), OpenApiExample("Whatever it is", value="*")],
    )


def _told(name: str, status: int, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, response=[status], description=description)


_KEY = OpenApiParameter(
    idempotency.KEY,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    pattern=_PRINTABLE,
    description="Names this write, in 1 to 255 printable ASCII characters that you never used before, such as a random "
    "UUID. Sent again under its key within a day it is not done again, and is answered alike.",
    examples=[OpenApiExample("A random one", value="8e03978e-40d5-43dd-bc93-6894a57f9324")],
)
_IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The tag, or tags, of what you have already: 304 without a body where it is still the same.",
    examples=[_A_TAG],
)
