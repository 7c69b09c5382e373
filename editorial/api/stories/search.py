"""Search over stories, claims, statements, sources and archived copies."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial import replica
from editorial.api.framework.errors import ParameterError
from editorial.api.framework.fields import EnumField, IdField, TitleField
from editorial.api.framework.filtering import reject_invalid_parameters
from editorial.api.framework.viewsets import BaseAPIView
from editorial.api.openapi.schema import error_responses
from editorial.policy.vocabulary import SearchedType
from editorial.workflow.stories import search, search_results

_MAX_RESULTS = 50
_PARAMETERS: dict[str, filters.Filter | None] = {
    "q": None,
    "type": filters.MultipleChoiceFilter(),  # may be repeated
    "desk": None,
    "limit": None,
}


class SearchParametersSerializer(serializers.Serializer[Any]):
    """What is searched for."""

    q = TitleField(
        help_text='Words in any order and form, without regard to accents. `"in quotes"`: a phrase; '
        "`-word`: without it; `or`: either."
    )
    type = serializers.ListField(
        child=EnumField(SearchedType), default=list(SearchedType), help_text="The types of object; repeatable."
    )
    desk = IdField(default=None, help_text="Objects of this desk; statements on its claims.")
    limit = serializers.IntegerField(
        default=20, min_value=1, max_value=_MAX_RESULTS, help_text="How many results; narrow the search for others."
    )


class ExcerptPartSerializer(serializers.Serializer[Any]):
    """A piece of an excerpt."""

    text = serializers.CharField(help_text="Plain text.")
    matches = serializers.BooleanField(help_text="Whether it matches the search.")


class SearchResultSerializer(serializers.Serializer[Any]):
    """An object that was found."""

    type = EnumField(SearchedType, source="kind", help_text="The type of object.")
    id = serializers.UUIDField(help_text="The object's id.")
    title = serializers.CharField(help_text="Its headline, text, name or title, as far as you may see it.")
    desk = serializers.UUIDField(source="desk_id", help_text="Its desk; of a statement, that of its claim.")
    excerpt = ExcerptPartSerializer(many=True, help_text="Where the words occur, in pieces.")


class SearchCountsSerializer(serializers.Serializer[Any]):
    """How many objects of each type were found, at most 200. Types that were not searched are left out."""

    story = serializers.IntegerField(required=False, help_text="Stories.")
    claim = serializers.IntegerField(required=False, help_text="Claims.")
    statement = serializers.IntegerField(required=False, help_text="Statements.")
    source = serializers.IntegerField(required=False, help_text="Sources.")  # type: ignore[assignment]
    exhibit = serializers.IntegerField(required=False, help_text="Archived copies.")


class SearchSerializer(serializers.Serializer[Any]):
    """What was found."""

    results = SearchResultSerializer(many=True, help_text="The best matches first.")
    counts = SearchCountsSerializer(help_text="How many were found, by type.")
    misspelt = serializers.BooleanField(
        help_text="Whether fewer than three objects matched, so that words of similar spelling were included."
    )


def _first(error: Any) -> Any:
    """The error of a parameter; of a repeated one that of its first wrong value."""
    return next(iter(error.values())) if isinstance(error, dict) else error


class SearchView(BaseAPIView):
    """Search over all texts. Only what you may see is found and counted."""

    def check_query_parameters(self, request: Request) -> None:
        reject_invalid_parameters(request.query_params, _PARAMETERS)

    @extend_schema(
        operation_id="search_retrieve",
        tags=["search"],
        summary="Search",
        parameters=[SearchParametersSerializer],
        responses={200: SearchSerializer} | error_responses(401, 422),
    )
    def get(self, request: Request) -> Response:
        """Search stories with their bodies, claims, statements, sources and archived copies.

        The best matches come first: among the newest 200 of each type. There are no further pages; name a type, a desk
        or another word instead.
        """
        query = request.query_params
        data: dict[str, Any] = {name: query[name] for name in ("q", "desk", "limit") if name in query}
        parameters = SearchParametersSerializer(
            data=data | ({"type": types} if (types := query.getlist("type")) else {})
        )
        if not parameters.is_valid():
            raise ParameterError({name: _first(error) for name, error in parameters.errors.items()})
        return Response(SearchSerializer(replica.read(lambda: self._find(parameters.validated_data))).data)

    def _find(self, named: dict[str, Any]) -> dict[str, Any]:
        results = search.find(named["q"], self.caller, kinds=named["type"], desk=named["desk"], limit=named["limit"])
        found = search_results.show(results, self.caller)
        return {"results": found, "counts": results.counts, "misspelt": results.misspelt}
