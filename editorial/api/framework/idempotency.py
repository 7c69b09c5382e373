"""Idempotent retries: a write with an `Idempotency-Key` runs once, however often it is sent.

The header follows the IETF draft "The Idempotency-Key HTTP Header Field"; its semantics are in
`workflow.core.idempotency`. This module computes a request's fingerprint and converts responses to records and back.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.models import db_clock
from editorial.workflow.core import idempotency
from editorial.workflow.core.idempotency import StoredResponse

if TYPE_CHECKING:
    from editorial.api.framework.viewsets import BaseAPIView

KEY_HEADER, REPLAYED_HEADER = "Idempotency-Key", "Idempotency-Replayed"

Handler = Callable[..., Response]

_KEY_PATTERN = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?")


def idempotent(handler: Handler) -> Handler:
    """Let a view's handler accept a key, under which its write runs once."""

    @wraps(handler)
    def idempotent_handler(view: BaseAPIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(KEY_HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not _KEY_PATTERN.fullmatch(key):
            raise ParseError(
                f"{KEY_HEADER} must have 1 to 255 printable ASCII characters.", code="idempotency_key_malformed"
            )
        stored = idempotency.run_once(
            key=key,
            fingerprint=_fingerprint(request),
            actor=view.user,
            now=db_clock.now(),
            handler=lambda: _response_record(handler(view, request, *args, **kwargs)),
        )
        data = json.loads(stored.body) if stored.body else None
        headers = {**stored.headers, REPLAYED_HEADER: "true"} if stored.replayed else dict(stored.headers)
        return Response(data, status=stored.status, headers=headers)

    vars(idempotent_handler)["accepts_idempotency_key"] = True
    return idempotent_handler


def _response_record(response: Response) -> StoredResponse:
    body = "" if response.data is None else JSONRenderer().render(response.data).decode()
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    return StoredResponse(response.status_code, body, headers)


def _fingerprint(request: Request) -> str:
    """The keyed hash of method, URL and input, so that nobody who reads the table can guess the input."""
    canonical = json.dumps([request.method, request.get_full_path(), _normalize_body(request.data)], sort_keys=True)
    return salted_hmac("editorial.api.framework.idempotency", canonical, algorithm="sha256").hexdigest()


def _normalize_body(data: Any) -> Any:
    """The body without its encoding: a retry of a form may use other multipart boundaries."""
    if not isinstance(data, QueryDict):
        return data
    return [[name, [_hash_file(value) for value in values]] for name, values in sorted(data.lists())]


def _hash_file(value: Any) -> Any:
    """The digest of a file's bytes, read in chunks. Its name is ignored, for it may reveal who provided it."""
    if not isinstance(value, UploadedFile):
        return value
    value.seek(0)
    content: Any = value.file
    return {"sha256": hashlib.file_digest(content, "sha256").hexdigest()}
