"""Versions over HTTP: entity tags, and requests that depend on them (RFC 9110, sections 8.8.3 and 13).

A tag is made of the row's version and a hash of the row as it is shown to the caller. `If-Match` looks at the version
alone: whoever revises must have seen the last revision, and what the engine finds meanwhile takes nothing away from
them. `If-None-Match` looks at all of it: what the engine finds is news.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import APIException, ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.models.base_fields import VersionedModel
from editorial.workflow.core import preconditions

_ETAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_ETAG_LIST = re.compile(rf"{_ETAG}(?:[ \t]*,[ \t]*{_ETAG})*")
_VERSION_TAG = re.compile(r'"(\d{1,9})(?:-[^"]*)?"')
_ANY_TAG = ["*"]


class PreconditionRequired(APIException):
    """Whoever revises has to say what they saw."""

    status_code = 428
    default_detail = "Say in If-Match which version you saw: the ETag that it was shown with. * stands for any."
    default_code = "if_match_required"


def is_versioned(model: type[Model]) -> bool:
    """Whether rows of this table have versions."""
    return issubclass(model, VersionedModel)


def set_etag(response: Response, model: type[Model]) -> Response:
    """The response, with the tag of the row that it shows, where rows of that table have one."""
    if is_versioned(model):
        shown: Mapping[str, Any] = response.data
        looks = salted_hmac(
            "editorial.api.framework.etags", JSONRenderer().render(shown), algorithm="sha256"
        ).hexdigest()
        response["ETag"] = f'"{shown["version"]}-{looks[:16]}"'
    return response


def not_modified_or(response: Response, request: Request) -> Response:
    """The response, or 304 without a body where the caller has seen all of it (weak comparison)."""
    known = [tag.removeprefix("W/") for tag in _parse_tags(request.headers.get("If-None-Match", ""))]
    if response.get("ETag") in known or known == _ANY_TAG:
        return Response(status=304, headers=dict(response.headers))
    return response


def check_if_match(request: Request, key: UUID | None) -> AbstractContextManager[None]:
    """What the caller saw of the row with that key: around a verb, which refuses when it is that no more."""
    stated = request.headers.get("If-Match")
    if stated is None and request.method == "PATCH":
        raise PreconditionRequired
    if stated is None or key is None:
        return nullcontext()
    tags = _parse_tags(stated)
    if not tags:
        raise ParseError('If-Match takes tags in quotes, such as "7", or *.', code="if_match_malformed")
    if tags == _ANY_TAG:
        return nullcontext()
    # A weak tag never matches here (strong comparison), nor does one that is none of ours.
    found = (_VERSION_TAG.fullmatch(tag) for tag in tags)
    return preconditions.expect_version(key, frozenset(int(tag[1]) for tag in found if tag))


def _parse_tags(header: str) -> list[str]:
    """The tags of a header, which may hold commas; none where it is malformed."""
    header = header.strip()
    if header == "*":
        return _ANY_TAG
    return re.findall(_ETAG, header) if _ETAG_LIST.fullmatch(header) else []
