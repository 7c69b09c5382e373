"""API of imports: bring in a claims sheet, a feed, ninjs or a page, and read the result for each row."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiRequest,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from editorial.api.framework.endpoints import action_endpoint
from editorial.api.framework.fields import EnumField, IdField, TextField
from editorial.api.framework.filtering import FlagFilter, ListFilterSet, VisibleRowFilter
from editorial.api.framework.idempotency import idempotent
from editorial.api.framework.pagination import DEFAULT_ORDERINGS
from editorial.api.framework.parsers import CSVParser, LimitedMultiPartParser, UploadJSONParser, parse_json
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.openapi.schema import error_responses
from editorial.models import Import, ImportRow, ScheduledImport
from editorial.policy.imports import ImportKind, ImportState, RowState
from editorial.workflow.imports import imports


@extend_schema_field({"oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]})
class NinjsDocumentsField(serializers.JSONField):
    """One JSON document, or a list of them: as a value of the body, or as text in a form."""

    def to_internal_value(self, data: Any) -> Any:
        """The documents. In a form they have the same limits as in a JSON body."""
        return parse_json(str(data).encode()) if getattr(data, "is_json_string", False) else data


class ImportCreateSerializer(InputSerializer):
    """A new import. Its fields depend on its kind."""

    desk = IdField(source="desk_id", help_text="The desk that it is for.")
    kind = EnumField(ImportKind, help_text="The kind of import.")
    dry_run = serializers.BooleanField(
        source="check_only", required=False, help_text="Only report what would become of each row; file nothing."
    )
    file = serializers.FileField(
        required=False, allow_empty_file=True, help_text="For a claims sheet: the CSV file. Its name is not stored."
    )
    url = TextField(max_length=2000, required=False, help_text="For a feed or a page: its https URL.")
    text = TextField(
        max_length=1_000_000, required=False, help_text="For a page: its pasted text; nothing is fetched then."
    )
    headline = TextField(
        max_length=200, required=False, help_text="For pasted text: the headline; by default the first line."
    )
    items = NinjsDocumentsField(
        required=False, help_text="For ninjs: a document of version 3 (or 2), or a list of up to 200."
    )
    outlet = IdField(
        source="outlet_id",
        required=False,
        help_text="The source of type outlet that published the items; by default it is found by the name in them.",
    )


class ImportSerializer(OutputSerializer):
    """An import and its progress. `rows` is the URL of the results."""

    dry_run = serializers.BooleanField(
        source="check_only", read_only=True, help_text="Whether it is a dry run, which files nothing."
    )
    processed = serializers.IntegerField(read_only=True, help_text="The number of rows processed.")
    rows = serializers.SerializerMethodField(help_text="The URL of the results for each row.")
    started_by = UserRefField(help_text="The user who started it, in whose name rows are filed.")
    select_related = ("started_by",)

    class Meta:
        model = Import
        fields = (
            "id", "desk", "kind", "dry_run", "url", "outlet", "scheduled_import", "state", "problem", "read_as",
            "row_count", "processed", "filed", "known", "updated", "refused", "left_out", "rows", "started_by",
            "started_at", "ended_at",
        )  # fmt: skip
        help_texts = {
            "desk": "The desk that it is for.",
            "started_at": "When it was started.",
            "ended_at": "When it ended; null while it is running.",
        }

    @extend_schema_field(OpenApiTypes.URI)
    def get_rows(self, batch: Import) -> str:
        return reverse("import-rows-list", request=self.context["request"], query={"batch": str(batch.pk)})


class ImportRowReasonSerializer(serializers.Serializer[Any]):
    """A remark on a row, or the reason for its rejection."""

    code = serializers.CharField(help_text="The code, such as UNKNOWN_VALUE.")
    field = serializers.CharField(help_text="The column or field concerned; empty if it is the whole row.")
    text = serializers.CharField(help_text="What is wrong and what to do.")


class ImportRowSerializer(OutputSerializer):
    """The result, or expected result, of one row."""

    reasons = ImportRowReasonSerializer(many=True, read_only=True, help_text="Reasons for rejection, or remarks.")
    text = serializers.CharField(
        source="summary", read_only=True, help_text="The beginning of its content, until it is filed."
    )

    class Meta:
        model = ImportRow
        fields = ("id", "batch", "number", "state", "claim", "story", "reasons", "text")
        help_texts = {"batch": "The import it belongs to."}


class ImportFilter(ListFilterSet):
    desk = filters.UUIDFilter(help_text="Imports for this desk.")
    kind = filters.MultipleChoiceFilter(choices=ImportKind.choices(), help_text="The kind; repeatable.")
    scheduled_import = VisibleRowFilter(
        ScheduledImport, "scheduled_import", help_text="Imports of this scheduled import."
    )
    state = filters.MultipleChoiceFilter(choices=ImportState.choices(), help_text="The state; repeatable.")
    mine = FlagFilter(lambda me: Q(started_by=me), help_text="Imports that you started (true), or others (false).")


class ImportRowFilter(ListFilterSet):
    batch = VisibleRowFilter(Import, "batch", help_text="Rows of this import.")
    state = filters.MultipleChoiceFilter(choices=RowState.choices(), help_text="The result; repeatable.")


class ImportViewSet(ResourceViewSet):
    """Imports of claims sheets, feeds, ninjs and pages.

    Rows are filed in the background, one by one, with the same actions and in the name of the user who started the
    import. A rejected row does not stop the others. Existing objects are not filed again, so a sheet or a feed may be
    imported repeatedly.
    """

    pk_kwarg = "import_id"
    output_serializer = ImportSerializer
    filterset_class = ImportFilter
    parser_classes = [UploadJSONParser, LimitedMultiPartParser, CSVParser]

    cancel = action_endpoint(imports.cancel)

    def check_query_parameters(self, request: Request) -> None:
        """The fields of a sheet that is the body itself are in the query."""
        if not str(request.content_type).startswith(CSVParser.media_type):
            super().check_query_parameters(request)

    @extend_schema(
        operation_id="imports_create",
        summary="Import a claims sheet, a feed, ninjs or a page",
        request={
            "application/json": ImportCreateSerializer,
            "multipart/form-data": ImportCreateSerializer,
            "text/csv": OpenApiRequest(OpenApiTypes.STR),
        },
        responses={202: ImportSerializer} | error_responses(400, 401, 403, 404, 409, 413, 422),
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Import a claims sheet, a feed, ninjs or a page. Poll the URL in `Location` for progress.

        A claims sheet may be the request body itself, as `text/csv`, with `desk` and `dry_run` as query parameters.
        Content in the request is parsed immediately and rejected if malformed; a URL is fetched afterwards.
        """
        batch = self.run_action(imports.start, **self.validated_input(ImportCreateSerializer))
        response = self.row_response(batch.pk, status=202)
        response["Location"] = request.build_absolute_uri(f"{request.path}/{batch.pk}")
        return response


class ImportRowViewSet(ResourceViewSet):
    """Rows of imports, such as lines of a sheet or items of a feed, with their results."""

    output_serializer = ImportRowSerializer
    filterset_class = ImportRowFilter
    orders = {"sheet": ("number", "id"), **DEFAULT_ORDERINGS}
