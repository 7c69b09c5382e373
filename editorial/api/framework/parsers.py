"""Request parsers with limits on size and nesting; JSON is always UTF-8."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, JSONParser, MultiPartParser

from editorial.api.framework.errors import PayloadTooLarge

_FORM_FIELDS_BYTES = 1024 * 1024
_MAX_DEPTH = 32  # nested arrays and objects; the deepest input of an action has six
_MAX_VALUES = 50_000  # in one body; a case of 500 claims has some 10,000
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class StrictJSONParser(JSONParser):
    """JSON in UTF-8 (RFC 8259), whatever charset the header names, of limited size, depth and number of values."""

    @property
    def max_bytes(self) -> int:
        """The maximum size of a body."""
        return int(settings.JSON_MAX_BYTES)

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return parse_json(_read(stream, self.max_bytes, dict(parser_context or {})))


class UploadJSONParser(StrictJSONParser):
    """JSON that may carry the text of an exhibit or the documents of an import."""

    @property
    def max_bytes(self) -> int:
        """The maximum size of a body."""
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


class LimitedMultiPartParser(MultiPartParser):
    """A multipart form with a file, of limited size."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        context = dict(parser_context or {})
        _check_content_length(settings.EXHIBIT_MAX_BYTES + _FORM_FIELDS_BYTES, context)
        return super().parse(stream, media_type, context | {"encoding": "utf-8"})


class CSVParser(BaseParser):
    """A CSV file as the request body; all other fields are in the query."""

    media_type = "text/csv"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        context = dict(parser_context or {})
        body = _read(stream, settings.IMPORT_MAX_BYTES, context)
        fields: QueryDict = context["request"].query_params.copy()
        fields.setdefault("kind", "claims_sheet")
        sheet = SimpleUploadedFile("sheet.csv", body, "text/csv")
        return DataAndFiles(fields, MultiValueDict({"file": [sheet]}))


def parse_json(body: bytes) -> Any:
    """The values of a JSON text. Raises ParseError."""
    _check_structure(body)
    try:
        return json.loads(body.decode(), object_pairs_hook=_reject_duplicate_keys, parse_constant=_reject_constant)
    except ValueError as problem:
        raise ParseError(f"JSON parse error: {problem}") from None


def _check_structure(body: bytes) -> None:
    """Reject nesting that is too deep, and more values than any action takes, before they become Python objects."""
    structure = _STRING.sub(b"", body)
    if structure.count(b",") + structure.count(b"[") + structure.count(b"{") > _MAX_VALUES:
        raise ParseError(f"JSON parse error: more than {_MAX_VALUES} values.")
    depth = 0
    for bracket in structure.translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > _MAX_DEPTH:
            raise ParseError(f"JSON parse error: the nesting is deeper than {_MAX_DEPTH}.")


def _reject_duplicate_keys(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object. A duplicate name is rejected, for one of its values would be lost silently."""
    result = dict(fields)
    if len(result) < len(fields):
        raise ValueError("an object has a duplicate name.")
    return result


def _reject_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number.")


def _read(stream: IO[Any], max_bytes: int, context: Mapping[str, Any]) -> bytes:
    """The body. Raises PayloadTooLarge, without reading more than the limit."""
    max_bytes = _check_content_length(max_bytes, context)
    body: bytes = stream.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    return body


def _check_content_length(max_bytes: int, context: Mapping[str, Any]) -> int:
    """Reject a body by its declared length. Return the limit, which is lower before sign-in."""
    request = context["request"]
    if not (request.user and request.user.is_authenticated):
        max_bytes = min(max_bytes, settings.ANONYMOUS_MAX_BYTES)
    if int(request.META.get("CONTENT_LENGTH") or 0) > max_bytes:
        raise _too_large(max_bytes)
    return max_bytes


def _too_large(max_bytes: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"The body may have at most {max_bytes // 1024} KiB.")
