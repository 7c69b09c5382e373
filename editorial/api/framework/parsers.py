"""Request parsers with limits on size and nesting; JSON is always UTF-8."""

from __future__ import annotations

import json
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


class StrictJSONParser(JSONParser):
    """JSON in UTF-8 (RFC 8259), whatever charset the header names."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        _check_content_length(settings.DATA_UPLOAD_MAX_MEMORY_SIZE, dict(parser_context or {}))
        try:
            return json.loads(
                stream.read().decode(), object_pairs_hook=_reject_duplicate_keys, parse_constant=_reject_constant
            )
        except RecursionError:
            raise ParseError("JSON parse error: the nesting is too deep.") from None
        except ValueError as problem:
            raise ParseError(f"JSON parse error: {problem}") from None


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
        _check_content_length(settings.IMPORT_MAX_BYTES, context)
        fields: QueryDict = context["request"].query_params.copy()
        fields.setdefault("kind", "claims_sheet")
        sheet = SimpleUploadedFile("sheet.csv", stream.read(), "text/csv")
        return DataAndFiles(fields, MultiValueDict({"file": [sheet]}))


def _reject_duplicate_keys(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object. A duplicate name is rejected, for one of its values would be lost silently."""
    result = dict(fields)
    if len(result) < len(fields):
        raise ValueError("an object has a duplicate name.")
    return result


def _reject_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number.")


def _check_content_length(max_bytes: int, context: Mapping[str, Any]) -> None:
    """Reject bodies by declared length; the server never passes on more than that."""
    if int(context["request"].META.get("CONTENT_LENGTH") or 0) > max_bytes:
        raise PayloadTooLarge(f"The body may have at most {max_bytes // 1024} KiB.")
