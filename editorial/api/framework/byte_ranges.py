"""Parts of a file (RFC 9110, section 14): one range of bytes, so that an interrupted download continues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.exceptions import APIException
from rest_framework.request import Request

_RANGE = re.compile(r"bytes=(?:([0-9]{1,15})-([0-9]{0,15})|-([0-9]{1,15}))")
_CHUNK_BYTES = 64 * 1024


class RangeNotSatisfiable(APIException):
    """The range begins after the end of the file."""

    status_code = 416
    default_detail = "The range begins after the end of the file."
    default_code = "range_not_satisfiable"


def file_response(
    request: Request, file: IO[bytes], *, size: int, etag: str, content_type: str, headers: dict[str, str]
) -> HttpResponseBase:
    """The file, or the range that the request asks for. Other units and several ranges are ignored, as HTTP allows."""
    first, last = 0, size - 1
    if span := _requested(request, size, etag):
        first, last = span
        if first > last:
            file.close()
            raise RangeNotSatisfiable
    file.seek(first)
    headers |= {"Accept-Ranges": "bytes", "Content-Length": str(last - first + 1), "ETag": etag}
    if span:
        headers |= {"Content-Range": f"bytes {first}-{last}/{size}"}
    content = _read(file, last - first + 1)
    response = StreamingHttpResponse(content, status=206 if span else 200, content_type=content_type, headers=headers)
    response._resource_closers.append(file.close)  # type: ignore[attr-defined]
    return response


def _requested(request: Request, size: int, etag: str) -> tuple[int, int] | None:
    """The first and last byte; None for the whole file. After another version, `If-Range` asks for the whole file."""
    span = _RANGE.fullmatch(request.headers.get("Range", ""))
    if span is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = span.groups()
    if suffix is not None:
        return (max(size - int(suffix), 0), size - 1) if int(suffix) else (size, size - 1)
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last or size), size - 1)


def _read(file: IO[bytes], remaining: int) -> Iterator[bytes]:
    while remaining > 0 and (chunk := file.read(min(remaining, _CHUNK_BYTES))):
        remaining -= len(chunk)
        yield chunk
