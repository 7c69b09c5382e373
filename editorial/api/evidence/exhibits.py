"""API of exhibits: archive a file or pasted text, and download it again."""

from __future__ import annotations

import io
from typing import IO, Any, cast
from uuid import UUID

from django.db.models import Q
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from editorial.api.framework import byte_ranges
from editorial.api.framework.endpoints import create_endpoint
from editorial.api.framework.fields import IdField, TextField, TitleField
from editorial.api.framework.filtering import FlagFilter, ListFilterSet, PatternFilter, SearchFilter, VisibleRowFilter
from editorial.api.framework.negotiation import AnyTypeRenderer
from editorial.api.framework.parsers import LimitedMultiPartParser, UploadJSONParser
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.openapi.schema import error_responses
from editorial.models import Claim, Exhibit
from editorial.workflow.core.errors import NotFound
from editorial.workflow.evidence import exhibits

# Evidence is never executed: it is saved to disk, never sniffed, and harmless even if opened.
_DOWNLOAD_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


class ExhibitCreateSerializer(InputSerializer):
    """A copy to archive: a file (as multipart/form-data) or its text, not both."""

    desk = IdField(source="desk_id", help_text="The desk that keeps it.")
    title = TitleField(help_text="A title that says what it is.")
    text = TextField(max_length=5_000_000, verbatim=True, required=False, help_text="Pasted text, stored unchanged.")
    file = serializers.FileField(
        required=False,
        allow_empty_file=True,
        help_text="The file. Its name is not stored; its type is detected from its content.",
    )
    url = TextField(max_length=2000, required=False, help_text="The URL of the original.")
    statement = IdField(source="statement_id", required=False, help_text="The statement that it is a copy of.")


class ExhibitSerializer(OutputSerializer):
    """The metadata of an archived copy. Its SHA-256 proves that it has not changed since."""

    attached_by = UserRefField(help_text="The user who archived it.")
    content = serializers.HyperlinkedIdentityField("exhibits-content", help_text="The URL of the bytes.")
    select_related = ("attached_by",)

    class Meta:
        model = Exhibit
        fields = (
            "id", "desk", "title", "url", "content_type", "size", "sha256", "content", "attached_by", "attached_at"
        )  # fmt: skip
        help_texts = {
            "desk": "The desk that keeps it.",
            "title": "A title that says what it is.",
            "attached_at": "When it was archived.",
        }


class ExhibitFilter(ListFilterSet):
    desk = filters.UUIDFilter(help_text="Exhibits of this desk.")
    claim = VisibleRowFilter(Claim, "statements__claim", help_text="Copies of statements on this claim.")
    mine = FlagFilter(lambda me: Q(attached_by=me), help_text="Exhibits that you archived (true), or others (false).")
    sha256 = PatternFilter(r"^[0-9a-f]{64}$", help_text="The exhibit with this SHA-256, in lower-case hexadecimal.")
    q = SearchFilter("title", help_text="Phrase to find in the title, in any case.")


class ExhibitViewSet(ResourceViewSet):
    """Archived pages, transcripts, recordings and documents. Identical bytes are stored once per desk."""

    pk_kwarg = "exhibit_id"
    output_serializer = ExhibitSerializer
    filterset_class = ExhibitFilter
    parser_classes = [UploadJSONParser, LimitedMultiPartParser]

    create = create_endpoint(exhibits.attach, ExhibitCreateSerializer)

    @extend_schema(
        summary="Download the archived bytes",
        parameters=[
            OpenApiParameter(
                "Range",
                str,
                OpenApiParameter.HEADER,
                pattern=r"^bytes=([0-9]{1,15}-[0-9]{0,15}|-[0-9]{1,15})$",
                description="One range of bytes, such as `bytes=1048576-`, to continue a download.",
            )
        ],
        responses={
            (status, form): OpenApiResponse(OpenApiTypes.BINARY, description=description)
            for status, description in (
                (200, "The bytes, with the media type detected from them."),
                (206, "The range of bytes; `Content-Range` says which."),
            )
            for form in ("application/octet-stream", "*/*")
        }
        | error_responses(401, 404, 416),
    )
    @action(detail=True, renderer_classes=[AnyTypeRenderer])
    def content(self, request: Request, pk: UUID) -> Any:
        """Download the archived bytes as an attachment. `Range` and `If-Range` continue an interrupted download."""
        exhibit = self.get_visible(pk)
        name = exhibit.file.name.rsplit("/", 1)[-1] if exhibit.file else f"{exhibit.sha256}.txt"
        return byte_ranges.file_response(
            request,
            _open(exhibit),
            size=exhibit.size,
            etag=f'"{exhibit.sha256}"',
            content_type=exhibit.content_type if exhibit.file else "text/plain; charset=utf-8",
            headers=_DOWNLOAD_HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _open(exhibit: Exhibit) -> IO[bytes]:
    if not exhibit.file:
        return io.BytesIO(exhibit.text.encode())
    try:
        return cast(IO[bytes], exhibit.file.open("rb"))
    except OSError:
        raise NotFound(
            "These bytes are missing from the archive. Notify your administrator.", code="FILE_MISSING"
        ) from None
