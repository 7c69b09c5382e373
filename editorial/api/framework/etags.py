"""Entity tags and conditional requests (RFC 9110, sections 8.8.3 and 13).

A tag holds the row's version and a hash of its representation. `If-Match` compares the version only: an editor must
have seen the last revision, but a new finding by the engine does not conflict. `If-None-Match` compares all of it: a
new finding is news.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import APIException, ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.models.base_fields import VersionedModel

_ETAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_ETAG_LIST = re.compile(rf"{_ETAG}(?:[ \t]*,[ \t]*{_ETAG})*")
_VERSION_TAG = re.compile(r'"(\d{1,9})(?:-[^"]*)?"')
_ANY_TAG, _GZIP_SUFFIX = ["*"], '-gzip"'


class PreconditionRequired(APIException):
    """The update does not name the version it is based on."""

    status_code = 428
    default_detail = "Send If-Match with the ETag of the version you edited, or * for any version."
    default_code = "if_match_required"


def is_versioned(model: type[Model]) -> bool:
    return issubclass(model, VersionedModel)


def set_etag(response: Response, model: type[Model]) -> Response:
    """Set the ETag of the row in the response, if its model is versioned."""
    if is_versioned(model):
        row: Mapping[str, Any] = response.data
        fingerprint = salted_hmac(
            "editorial.api.framework.etags", JSONRenderer().render(row), algorithm="sha256"
        ).hexdigest()
        response["ETag"] = f'"{row["version"]}-{fingerprint[:16]}"'
    return response


def not_modified_or(response: Response, request: Request) -> Response:
    """The response, or 304 without a body if the caller already has it (weak comparison)."""
    # A compressed representation has the same tag with a suffix.
    known = [
        tag.removeprefix("W/").replace(_GZIP_SUFFIX, '"')
        for tag in _parse_tags(request.headers.get("If-None-Match", ""))
    ]
    if response.get("ETag") in known or known == _ANY_TAG:
        return Response(status=304, headers=dict(response.headers))
    return response


def expected_versions(request: Request) -> frozenset[int] | None:
    """The versions in `If-Match`; None if it accepts any."""
    header = request.headers.get("If-Match")
    if header is None:
        if request.method == "PATCH":
            raise PreconditionRequired
        return None
    tags = _parse_tags(header)
    if not tags:
        raise ParseError('If-Match must hold quoted tags, such as "7", or *.', code="if_match_malformed")
    if tags == _ANY_TAG:
        return None
    # A weak tag never matches here (strong comparison), nor does a foreign tag.
    matches = (_VERSION_TAG.fullmatch(tag) for tag in tags)
    return frozenset(int(match[1]) for match in matches if match)


def _parse_tags(header: str) -> list[str]:
    """The tags of a header, which may contain commas; none if it is malformed."""
    header = header.strip()
    if header == "*":
        return _ANY_TAG
    return re.findall(_ETAG, header) if _ETAG_LIST.fullmatch(header) else []
