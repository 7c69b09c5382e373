"""Cases: file sources, claims, statements and stories in one request, with references between them."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.evidence.briefings import BriefingCreateSerializer
from editorial.api.evidence.claims import ClaimCreateSerializer
from editorial.api.evidence.sources import SourceCreateSerializer
from editorial.api.evidence.statements import StatementCreateSerializer
from editorial.api.framework.fields import IdField, ListField, TextField
from editorial.api.framework.idempotency import idempotent
from editorial.api.framework.serializers import InputSerializer
from editorial.api.framework.viewsets import BaseAPIView
from editorial.api.openapi.schema import error_responses
from editorial.api.stories.story_input import ClaimUseCreateSerializer, StoryCreateSerializer
from editorial.models import db_clock
from editorial.workflow.stories import cases
from editorial.workflow.stories.cases import LocalRef

_MAX_ITEMS = 500  # of each kind
_ID_PATTERN = "[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"
_REF_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,80}")


@extend_schema_field({"type": "string", "pattern": r"^[A-Za-z0-9._-]{1,80}$"})
class RefField(TextField):
    """The name by which the rest of the request refers to an item."""

    default_error_messages = {"malformed": "A name must have 1 to 80 letters, digits, dots, dashes and underscores."}

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if not _REF_PATTERN.fullmatch(name):
            self.fail("malformed")
        return name


@extend_schema_field({"type": "string", "pattern": rf"^(#[A-Za-z0-9._-]{{1,80}}|{_ID_PATTERN})$"})
class ReferenceField(IdField):
    """An id, or `#name` for an item of the same request."""

    def to_internal_value(self, data: Any) -> Any:
        """The id, or the name."""
        if isinstance(data, str) and data.startswith("#"):
            return LocalRef(data[1:])
        return super().to_internal_value(data)


def _case_serializer(
    serializer: type[InputSerializer], class_name: str, **extra_fields: serializers.Field[Any, Any, Any, Any]
) -> type[InputSerializer]:
    """The input of a resource's own create action, with references for ids; the desk is the case's."""
    ref = RefField(
        source="called", required=False, help_text="The name by which the rest of the request refers to it, as `#…`."
    )
    fields = {name: _reference_field(field) for name, field in serializer._declared_fields.items() if name != "desk"}
    return type(class_name, (InputSerializer,), {"__doc__": serializer.__doc__, "ref": ref, **fields, **extra_fields})


def _reference_field(field: Any) -> Any:
    """The field, with references if it takes ids."""
    kwargs = dict(field._kwargs)
    if isinstance(field, IdField):
        return ReferenceField(**kwargs)
    if isinstance(field, ListField) and isinstance(field.child, IdField):
        return ListField(**{**kwargs, "child": ReferenceField()})
    return field


class CaseClaimPartSerializer(InputSerializer):
    """A part of a compound."""

    ref = RefField(
        source="called", required=False, help_text="The name by which the rest of the request refers to it, as `#…`."
    )
    text = TextField(help_text="The proposition.")


_SOURCE = _case_serializer(SourceCreateSerializer, "CaseSource")
_BRIEFING = _case_serializer(BriefingCreateSerializer, "CaseBriefing")
_CLAIM = _case_serializer(
    ClaimCreateSerializer,
    "CaseClaim",
    parts=ListField(
        child=CaseClaimPartSerializer(),
        required=False,
        min_length=2,
        max_length=50,
        help_text="The parts, if it is a compound.",
    ),
)
_STATEMENT = _case_serializer(
    StatementCreateSerializer,
    "CaseStatement",
    repeats=ListField(child=ReferenceField(), required=False, max_length=50, help_text="Statements that it repeats."),
)
_USE = _case_serializer(ClaimUseCreateSerializer, "CaseUse")
_USE._declared_fields.pop("ref")
_STORY = _case_serializer(
    StoryCreateSerializer,
    "CaseStory",
    uses=ListField(child=_USE(), required=False, max_length=200, help_text="How it uses claims."),
)


def _item_list(serializer: type[InputSerializer], help_text: str) -> Any:
    return ListField(child=serializer(), required=False, max_length=_MAX_ITEMS, help_text=help_text)


class CaseCreateSerializer(InputSerializer):
    """A case, which is filed completely or not at all. The order of items makes no difference."""

    desk = IdField(source="desk_id", help_text="The desk of all items.")
    sources = _item_list(_SOURCE, "Persons, documents and other sources.")
    briefings = _item_list(_BRIEFING, "Briefings, calls and releases.")
    claims = _item_list(_CLAIM, "The claims.")
    statements = _item_list(_STATEMENT, "Statements on the claims, and which statements they repeat.")
    stories = _item_list(_STORY, "Stories with copy and uses of claims.")


class CaseItemSerializer(serializers.Serializer[Any]):
    """The result for one item."""

    place = serializers.CharField(
        help_text="Its position in the request, such as `statements/0` or `claims/0/parts/1`."
    )
    ref = serializers.CharField(allow_null=True, help_text="Its name in the request.")
    id = serializers.UUIDField(help_text="Its new id.")


class CaseResultSerializer(serializers.Serializer[Any]):
    """A filed case."""

    filed = CaseItemSerializer(many=True, help_text="Everything that was filed, in filing order.")


class CaseView(BaseAPIView):
    """A complete case in one request."""

    @extend_schema(
        operation_id="cases_create",
        tags=["cases"],
        summary="File a whole case",
        request=CaseCreateSerializer,
        responses={201: CaseResultSerializer} | error_responses(401, 403, 404, 409, 422),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """File sources, briefings, claims, statements with their relays, and stories: all of it or nothing.

        Wherever an id is accepted, `#name` refers to the item whose `ref` is `name`. If any item is rejected, nothing
        is filed, and the error pointers give its position.
        """
        serializer = CaseCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        filed = cases.file(**serializer.validated_data, actor=self.user, now=db_clock.now())
        return Response(
            {"filed": [{"place": item.path, "ref": item.name or None, "id": str(item.row.pk)} for item in filed]},
            status=201,
        )
