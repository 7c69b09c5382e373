"""Exports: complete lists with their filters, as CSV for spreadsheets or JSON Lines for programs.

Rows are read in pages by id and streamed, so that memory use is constant and no transaction stays open for a slow
client (decision 0026).
"""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from editorial import replica
from editorial.api.framework.references import SourceRefField, UserRefField

PAGE_SIZE = 500
MAX_CONCURRENT = 2  # of a web process's four threads; the others stay free for other requests
_slots = threading.BoundedSemaphore(MAX_CONCURRENT)

Rows = Iterable[dict[str, Any]]


class JSONLinesRenderer(JSONRenderer):
    """One JSON object per line. Errors are JSON, as everywhere."""

    media_type = "application/x-ndjson"
    format = "jsonl"


class CSVRenderer(JSONRenderer):
    """Comma-separated values. Errors are JSON, as everywhere."""

    media_type = "text/csv"
    format = "csv"


EXPORT_RENDERERS: tuple[type[BaseRenderer], ...] = (JSONLinesRenderer, CSVRenderer)
_RENDERER_BY_FORMAT = {renderer.format: renderer for renderer in EXPORT_RENDERERS}
FORMAT_PARAMETER = OpenApiParameter(
    "format",
    str,
    enum=list(_RENDERER_BY_FORMAT),
    description="The format: JSON Lines for programs, CSV for spreadsheets. `Accept` works too.",
)


class ExportMixin:
    """Adds an export to a resource."""

    def get_renderers(self) -> list[Any]:
        """The renderer that `format` names; for an export, both."""
        renderers: list[Any] = super().get_renderers()  # type: ignore[misc]
        request = getattr(self, "request", None)
        requested = request.query_params.get("format") if isinstance(request, Request) else None
        return [renderer for renderer in renderers if renderer.format == requested] or renderers

    @action(detail=False, url_path="export", renderer_classes=list(EXPORT_RENDERERS))
    def export(self, request: Request) -> StreamingHttpResponse:
        """Export the complete list, oldest first, with the list's filters: everything you may see.

        JSON Lines has each row as in the list. CSV is for spreadsheets: an apostrophe precedes text that a spreadsheet
        would run as a formula. Rows are read while the response is sent, so a row that changes meanwhile appears in its
        old or new state, never twice. If the connection ends before the last chunk, start again.
        """
        view: Any = self
        if request.query_params.get("format", "csv") not in _RENDERER_BY_FORMAT:
            raise ValidationError({"format": [f"Allowed formats: {', '.join(_RENDERER_BY_FORMAT)}."]})
        rows = view.filter_queryset(view.get_queryset())
        renderer = request.accepted_renderer
        write = _to_csv if renderer.format == CSVRenderer.format else _to_json_lines
        lines = write(view.get_serializer(), _iter_pages(rows, view.get_serializer))
        filename = f"{view.basename}-{timezone.now():%Y-%m-%d}.{renderer.format}"
        return _ExportResponse(
            () if request.method == "HEAD" else lines,
            content_type=f"{renderer.media_type}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{filename}"'},
        )


def export_responses(view: Any) -> dict[Any, Any]:
    return {
        (200, JSONLinesRenderer.media_type): OpenApiResponse(
            view.get_serializer_class(), description="All rows, one per line; CSV starts with a header line."
        ),
        (200, CSVRenderer.media_type): OpenApiResponse(
            OpenApiTypes.STR, examples=[OpenApiExample("Two columns", '"id","version"\r\n"019f7c52-…","1"\r\n')]
        ),
    }


class _ExportResponse(StreamingHttpResponse):
    """A streaming response. Only a few run at a time, so that other requests find a free thread."""

    def __init__(self, *args: Any, **options: Any) -> None:
        if not _slots.acquire(blocking=False):
            raise Throttled(wait=10, detail=f"{MAX_CONCURRENT} exports are already running. Try again in a moment.")
        self._holds_slot = True
        super().__init__(*args, **options)

    def close(self) -> None:
        """Release the slot, whether the response was read to the end, aborted or never started."""
        if self._holds_slot:
            self._holds_slot = False
            _slots.release()
        super().close()


def _iter_pages(rows: QuerySet[Any], get_serializer: Callable[..., Any]) -> Iterator[Rows]:
    """The serialized rows, one page at a time, in id order."""
    rows, after = rows.order_by("pk"), Q()
    while True:
        page, data = replica.read(partial(_read_page, rows.filter(after)[:PAGE_SIZE], get_serializer))
        if page:
            yield data
        if len(page) < PAGE_SIZE:
            return
        after = Q(pk__gt=page[-1].pk)


def _read_page(rows: QuerySet[Any], get_serializer: Callable[..., Any]) -> tuple[list[Any], Rows]:
    page = list(rows.all())
    return page, get_serializer(page, many=True).data


def _to_json_lines(_: Any, pages: Iterable[Rows]) -> Iterator[str]:
    """JSON Lines: each row as in the list."""
    for page in pages:
        yield "".join(f"{json.dumps(row, cls=JSONEncoder, ensure_ascii=False)}\n" for row in page)


def _to_csv(serializer: serializers.Serializer[Any], pages: Iterable[Rows]) -> Iterator[str]:
    """CSV (RFC 4180) with a byte order mark, which tells spreadsheets that it is UTF-8."""
    columns = _columns(serializer)
    yield "\ufeff" + _csv_lines([[name for name, _ in columns]])
    for page in pages:
        yield _csv_lines([[cell(row) for _, cell in columns] for row in page])


def _csv_lines(cells: Iterable[Iterable[Any]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(cells)
    return buffer.getvalue()


def _columns(serializer: serializers.Serializer[Any]) -> list[tuple[str, Callable[[dict[str, Any]], str]]]:
    """The columns. Users and sources take two: name and id."""
    columns: list[tuple[str, Callable[[dict[str, Any]], str]]] = []
    for name, field in serializer.fields.items():
        item_field = field.child if isinstance(field, serializers.ListField) else field
        if isinstance(item_field, UserRefField | SourceRefField):
            columns += [(name, _cell(name, "name")), (f"{name}_id", _cell(name, "id"))]
        else:
            columns.append((name, _cell(name)))
    return columns


def _cell(name: str, part: str = "") -> Callable[[dict[str, Any]], str]:
    """The text of a cell; several values follow one another."""

    def cell(row: dict[str, Any]) -> str:
        values = row[name] if isinstance(row[name], list) else [row[name]]
        return _escape_formulas("; ".join(_cell_text(value[part] if part and value else value) for value in values))

    return cell


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return json.dumps(value, cls=JSONEncoder, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)


# The start of a cell – also for programs that use another separator or ignore quotes – if it begins a formula (OWASP,
# CSV injection).
_FORMULA = re.compile(r"""(^|\r\n|[,;|\t\r\n"'])([ \u00a0]*)(?=[=+\-@\t＝＋－＠])|^(?=[\r\n])""")


def _escape_formulas(text: str) -> str:
    """The text with an apostrophe before anything that a spreadsheet would evaluate."""
    return _FORMULA.sub(r"\1'\2", text)
