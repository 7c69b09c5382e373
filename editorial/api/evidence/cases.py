"""Cases: a report and all that is said about it, filed in one request, with references inside the request."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.evidence.briefings import Occasion
from editorial.api.evidence.claims import Filing
from editorial.api.evidence.sources import Registration
from editorial.api.evidence.statements import Saying
from editorial.api.framework.fields import Id, Stated, Text
from editorial.api.framework.viewsets import Door
from editorial.api.openapi.schema import refused
from editorial.api.stories.stories import Pitch, Use
from editorial.models import db_clock
from editorial.workflow.evidence import cases
from editorial.workflow.evidence.cases import Called

_MOST = 500  # of one noun
_AN_ID = "[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,80}")


@extend_schema_field({"type": "string", "pattern": r"^[A-Za-z0-9._-]{1,80}$"})
class Name(Text):
    """What the rest of the request calls it."""

    default_error_messages = {"malformed": "A name has 1 to 80 letters, digits, dots, dashes and underscores."}

    def to_internal_value(self, data: Any) -> str:
        """The name."""
        name = super().to_internal_value(data)
        if not _NAME.fullmatch(name):
            self.fail("malformed")
        return name


@extend_schema_field({"type": "string", "pattern": rf"^(#[A-Za-z0-9._-]{{1,80}}|{_AN_ID})$"})
class Reference(Id):
    """An id; or `#name`, what something in the same request is called."""

    def to_internal_value(self, data: Any) -> Any:
        """The id, or the name."""
        if isinstance(data, str) and data.startswith("#"):
            return Called(data[1:])
        return super().to_internal_value(data)


def _named(takes: type[Stated], title: str, **more: serializers.Field[Any, Any, Any, Any]) -> type[Stated]:
    """What a noun's own verb takes, with references for ids; the desk is the case's."""
    ref = Name(source="called", required=False, help_text="What the rest of the request calls it, as `#…`.")
    fields = {name: _referring(field) for name, field in takes._declared_fields.items() if name != "desk"}
    return type(title, (Stated,), {"__doc__": takes.__doc__, "ref": ref, **fields, **more})


def _referring(field: Any) -> Any:
    """The field, with references where it takes ids."""
    given = dict(field._kwargs)
    if isinstance(field, Id):
        return Reference(**given)
    if isinstance(field, serializers.ListField) and isinstance(field.child, Id):
        return serializers.ListField(**{**given, "child": Reference()})
    return field


class Part(Stated):
    """One proposition of a compound."""

    ref = Name(source="called", required=False, help_text="What the rest of the request calls it, as `#…`.")
    text = Text(help_text="The proposition.")


_SOURCE = _named(Registration, "CaseSource")
_BRIEFING = _named(Occasion, "CaseBriefing")
_CLAIM = _named(
    Filing,
    "CaseClaim",
    parts=serializers.ListField(
        child=Part(), required=False, min_length=2, max_length=50, help_text="The propositions it is a compound of."
    ),
)
_STATEMENT = _named(
    Saying,
    "CaseStatement",
    repeats=serializers.ListField(
        child=Reference(), required=False, max_length=50, help_text="Statements that it repeats."
    ),
)
_USE = _named(Use, "CaseUse")
_USE._declared_fields.pop("ref")
_STORY = _named(
    Pitch,
    "CaseStory",
    uses=serializers.ListField(child=_USE(), required=False, max_length=200, help_text="How it uses claims."),
)


def _several(takes: type[Stated], told: str) -> Any:
    return serializers.ListField(child=takes(), required=False, max_length=_MOST, help_text=told)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A report and a denial",
            {
                "desk": "019f7c52-6f0a-7d33-9d3e-5a4a1c9b2e10",
                "sources": [
                    {"ref": "journal", "type": "outlet", "name": "The Journal"},
                    {"ref": "wire", "type": "outlet", "name": "A wire service"},
                    {"ref": "vale", "type": "person", "name": "Harry Vale"},
                ],
                "claims": [
                    {"ref": "tapes", "text": "Harry Vale ordered the tapes wiped.", "adverse_to": ["#vale"]}
                ],
                "statements": [
                    {"ref": "report", "claim": "#tapes", "source": "#journal", "stance": "affirms",
                     "direct": "second_hand", "got": "external"},
                    {"claim": "#tapes", "source": "#wire", "stance": "affirms", "direct": "relayed",
                     "got": "external", "repeats": ["#report"]},
                    {"claim": "#tapes", "source": "#vale", "stance": "denies", "direct": "first_hand"},
                ],
                "stories": [
                    {"headline": "The tapes", "body": "…", "uses": [{"claim": "#tapes", "mode": "attributed"}]}
                ],
            },
        )
    ]
)  # fmt: skip
class Case(Stated):
    """A case to be filed: all of it or nothing. The order of things makes no difference."""

    desk = Id(source="desk_id", help_text="The desk that all of it belongs to.")
    sources = _several(_SOURCE, "Who speaks, and what was found.")
    briefings = _several(_BRIEFING, "Occasions at which several spoke.")
    claims = _several(_CLAIM, "The propositions.")
    statements = _several(_STATEMENT, "Who said what about them, and whom they repeat.")
    stories = _several(_STORY, "The copy, and how it uses the claims.")


class CaseFiled(serializers.Serializer[Any]):
    """What became of each thing."""

    place = serializers.CharField(
        help_text="Where it stood in the request, such as `statements/0` or `claims/0/parts/1`."
    )
    ref = serializers.CharField(allow_null=True, help_text="What the request called it.")
    id = serializers.UUIDField(help_text="Its id from now on.")


class CaseAnswer(serializers.Serializer[Any]):
    """A case on file."""

    filed = CaseFiled(many=True, help_text="Everything that was filed, in the order in which it was.")


class Cases(Door):
    """A report and all that is said about it, at once."""

    @extend_schema(
        operation_id="cases_file",
        tags=["cases"],
        summary="File a whole case",
        request=Case,
        responses={201: CaseAnswer} | refused(401, 403, 404, 409, 422),
    )
    def post(self, request: Request) -> Response:
        """File sources, briefings, claims, statements with what they repeat, and stories: all of it or nothing.

        Wherever an id is taken, `#name` refers to what the request calls `name` (`ref`). If anything is refused,
        nothing is filed, and the pointers of the errors say where it stood.
        """
        stated = Case(data=request.data)
        stated.is_valid(raise_exception=True)
        filed = cases.file(**stated.validated_data, actor=self.user, now=db_clock.present())
        return Response(
            {"filed": [{"place": one.place, "ref": one.name or None, "id": str(one.row.pk)} for one in filed]},
            status=201,
        )
