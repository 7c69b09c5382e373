"""Imports: bring in a claims sheet, a feed, ninjs or a page, and see what becomes of each row."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiRequest,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.fields import EnumField, IdField, TextField, UserRefField
from editorial.api.framework.filtering import FlagFilter, VisibleRowFilter
from editorial.api.framework.pagination import DEFAULT_ORDERINGS
from editorial.api.framework.parsers import CSVParser, LimitedMultiPartParser, StrictJSONParser
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet, action_endpoint
from editorial.api.openapi.schema import error_responses
from editorial.models import Import, ImportRow
from editorial.policy.imports import ImportKind, ImportState, RowState
from editorial.workflow.imports import imports

_DESK = "019f7c52-6f0a-7d33-9d3e-5a4a1c9b2e10"


@extend_schema_field({"oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]})
class NinjsDocumentsField(serializers.JSONField):
    """One JSON document, or several."""


@extend_schema_serializer(
    examples=[
        OpenApiExample("A feed", {"desk": _DESK, "kind": "feed", "url": "https://gazette.example/feed.xml"}),
        OpenApiExample("A page", {"desk": _DESK, "kind": "page", "url": "https://gazette.example/2026/the-gate"}),
        OpenApiExample(
            "The text of a page that only people can open",
            {
                "desk": _DESK,
                "kind": "page",
                "url": "https://gazette.example/2026/the-gate",
                "text": "The gate stood open all night.\n\nNobody had kept the log, said a keeper.",
            },
        ),
        OpenApiExample(
            "ninjs",
            {
                "desk": _DESK,
                "kind": "ninjs",
                "items": {
                    "uri": "urn:newsml:wire.example:20260303:gate",
                    "standard": {"name": "ninjs", "version": "3.0"},
                    "type": "text",
                    "firstCreated": "2026-03-03T12:00:00Z",
                    "infoSources": [{"name": "A wire service"}],
                    "headlines": [{"role": "main", "value": "Gate stood open all night"}],
                    "bodies": [{"role": "main", "contentType": "text/html", "value": "<p>The gate stood open.</p>"}],
                },
            },
        ),
    ]
)
class ImportCreateSerializer(InputSerializer):
    """What is to be brought in. Which fields it takes depends on its kind."""

    desk = IdField(source="desk_id", help_text="The desk that it is for.")
    kind = EnumField(ImportKind, help_text="What comes in.")
    dry_run = serializers.BooleanField(
        source="check_only", required=False, help_text="Only say what would become of each row; file nothing."
    )
    file = serializers.FileField(
        required=False, allow_empty_file=True, help_text="Of a claims sheet: the CSV file. Its name is not kept."
    )
    url = TextField(max_length=2000, required=False, help_text="Of a feed or a page: its address, with https.")
    text = TextField(
        max_length=1_000_000, required=False, help_text="Of a page: its pasted text; nothing is fetched then."
    )
    headline = TextField(
        max_length=200, required=False, help_text="Of pasted text: its headline; else it is the first line."
    )
    items = NinjsDocumentsField(
        required=False, help_text="Of ninjs: a document of version 3 (or 2), or a list of up to 200."
    )
    outlet = IdField(
        source="outlet_id",
        required=False,
        help_text="The source of type outlet whose items they are; else it is found by the name that they give.",
    )


class ImportSerializer(OutputSerializer):
    """An import and how far it is. `rows` is where to read what became of each row."""

    dry_run = serializers.BooleanField(
        source="check_only", read_only=True, help_text="Nothing is filed, only looked at."
    )
    processed = serializers.IntegerField(read_only=True, help_text="Rows of which something has become.")
    rows = serializers.SerializerMethodField(help_text="Where to read what became of each row, below this API.")
    started_by = UserRefField(help_text="Who began it, and in whose name it is filed.")
    select_related = ("started_by",)

    class Meta:
        model = Import
        fields = (
            "id", "desk", "kind", "dry_run", "url", "outlet", "state", "problem", "read_as", "row_count", "processed",
            "filed", "known", "updated", "refused", "rows", "started_by", "started_at", "ended_at",
        )  # fmt: skip
        extra_kwargs = {
            "id": {"help_text": "The import's id."},
            "desk": {"help_text": "The desk that it is for."},
            "started_at": {"help_text": "When it was begun."},
            "ended_at": {"help_text": "When it came to its end; null while it is under way."},
        }

    def get_rows(self, begun: Import) -> str:
        """The address of its rows."""
        return f"import-rows?batch={begun.pk}"


class ImportRowReasonSerializer(serializers.Serializer[Any]):
    """What there is to say of a row."""

    code = serializers.CharField(help_text="For machines, such as UNKNOWN_VALUE.")
    field = serializers.CharField(help_text="The column or field that it is about; empty if it is about all of it.")
    text = serializers.CharField(help_text="For people: what is wrong and what to do.")


class ImportRowSerializer(OutputSerializer):
    """What became of one row, or would."""

    reasons = ImportRowReasonSerializer(
        many=True, read_only=True, help_text="Why it was refused, or what there is to say of it."
    )
    text = serializers.CharField(
        source="summary", read_only=True, help_text="The beginning of what it states, while it is not on file."
    )

    class Meta:
        model = ImportRow
        fields = ("id", "batch", "number", "state", "claim", "story", "reasons", "text")
        extra_kwargs = {
            "id": {"help_text": "The row's id."},
            "batch": {"help_text": "The import that it belongs to."},
        }


class ImportFilter(filters.FilterSet):
    """Which imports to list."""

    desk = filters.UUIDFilter(field_name="desk", help_text="Those for this desk.")
    kind = filters.MultipleChoiceFilter(choices=ImportKind.choices(), help_text="What comes in; may be repeated.")
    state = filters.MultipleChoiceFilter(choices=ImportState.choices(), help_text="How far it is; may be repeated.")
    mine = FlagFilter(lambda me: Q(started_by=me), help_text="Those that you began.")


class ImportRowFilter(filters.FilterSet):
    """Which rows to list."""

    batch = VisibleRowFilter(Import, "batch", help_text="Those of this import.")
    state = filters.MultipleChoiceFilter(choices=RowState.choices(), help_text="What became of it; may be repeated.")


class ImportViewSet(ListModelMixin, RetrieveModelMixin, ResourceViewSet):
    """What came in at once: claims sheets, feeds, ninjs, pages.

    An import is filed in the background, row by row, by the same verbs and in the name of whoever began it. A row that
    is refused stops no other. What is on file already is not filed twice, so a sheet or a feed may come in again.
    """

    pk_kwarg = "import_id"
    output_serializer = ImportSerializer
    filterset_class = ImportFilter
    parser_classes = [StrictJSONParser, LimitedMultiPartParser, CSVParser]

    cancel = action_endpoint(imports.cancel)

    @extend_schema(
        operation_id="imports_create",
        summary="Bring in a claims sheet, a feed, ninjs or a page",
        request={
            "application/json": ImportCreateSerializer,
            "multipart/form-data": ImportCreateSerializer,
            "text/csv": OpenApiRequest(OpenApiTypes.STR),
        },
        responses={202: ImportSerializer} | error_responses(400, 401, 403, 404, 409, 413, 422),
    )
    def create(self, request: Request) -> Response:
        """Bring in a claims sheet, a feed, ninjs or a page. Ask its address, in `Location`, how far it is.

        A claims sheet may be the body itself, as `text/csv`; `desk` and `dry_run` are query parameters then. What was
        given is read at once and refused if it cannot be read; what an address leads to is fetched afterwards.
        """
        begun = self.run_action(imports.start, **self.validated_input(ImportCreateSerializer))
        answer = self.row_response(begun.pk, status=202)
        answer["Location"] = request.build_absolute_uri(f"{request.path}/{begun.pk}")
        return answer


class ImportRowViewSet(ListModelMixin, RetrieveModelMixin, ResourceViewSet):
    """Rows of imports: the lines of a sheet, the items of a feed, and what became of each."""

    output_serializer = ImportRowSerializer
    filterset_class = ImportRowFilter
    orders = {"sheet": ("number", "id"), **DEFAULT_ORDERINGS}
