"""API of related claims: existing claims that are close to a text or to a claim, and how they differ."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial import replica
from editorial.api.framework.errors import ParameterError
from editorial.api.framework.fields import EnumField, IdField, TextField, read_only_list
from editorial.api.framework.filtering import reject_invalid_parameters
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer
from editorial.api.framework.viewsets import BaseAPIView
from editorial.api.openapi.schema import error_responses
from editorial.models import Claim
from editorial.policy.access import ActorFacts
from editorial.policy.claim_differences import ClaimDifference
from editorial.policy.vocabulary import FindingValue
from editorial.workflow.evidence import claim_distinctions
from editorial.workflow.stories import related_claims


class ClaimDistinguishSerializer(InputSerializer):
    """A claim that is not the same, and why."""

    other = IdField(source="other_id", help_text="The other claim.")
    reason = TextField(help_text="How the two claims differ. Visible to everyone who may see both.")


class ClaimUndistinguishSerializer(InputSerializer):
    """A claim that may be the same after all."""

    other = IdField(source="other_id", help_text="The other claim.")


class RelatedStorySerializer(serializers.Serializer[Any]):
    """A story that uses a claim."""

    id = serializers.UUIDField(help_text="The story.")
    headline = serializers.CharField(help_text="Its headline.")


class RelatedClaimSerializer(serializers.Serializer[Any]):
    """An existing claim, and what it differs in."""

    id = serializers.UUIDField(source="claim.pk", help_text="The claim.")
    text = serializers.CharField(source="claim.text", help_text="Its text.")
    status = EnumField(
        FindingValue, source="claim.status", allow_null=True, help_text="Its status; null for a judgement."
    )
    desk = serializers.UUIDField(source="claim.desk_id", help_text="Its desk.")
    similarity = serializers.FloatField(
        min_value=0, max_value=1, help_text="The share of words in common, where rare words count more."
    )
    identical = serializers.BooleanField(
        source="comparison.identical",
        help_text="Whether it has the same words in the same order, whatever their case, accents and punctuation.",
    )
    differences = read_only_list(
        EnumField(ClaimDifference),
        source="comparison.differences",
        help_text="What it differs in. After `negation`, `opposite`, `figure` or `name`, one claim may be true and the "
        "other false.",
    )
    only_in_text = read_only_list(
        serializers.CharField(), source="comparison.only_first", help_text="Words that only the given text has."
    )
    only_in_claim = read_only_list(
        serializers.CharField(), source="comparison.only_second", help_text="Words that only the existing claim has."
    )
    stories = RelatedStorySerializer(many=True, help_text="The newest stories that use it and that you may see.")


class DistinctClaimSerializer(serializers.Serializer[Any]):
    """A claim that somebody marked as not the same."""

    id = serializers.UUIDField(source="claim.pk", help_text="The other claim.")
    text = serializers.CharField(source="claim.text", help_text="Its text.")
    reason = serializers.CharField(source="distinction.reason", help_text="How the two differ.")
    marked_by = UserRefField(source="distinction.marked_by", help_text="Who marked them.")
    marked_at = serializers.DateTimeField(source="distinction.marked_at", help_text="When they were marked.")


class RelatedClaimsSerializer(serializers.Serializer[Any]):
    """The claims that are related to a text."""

    results = RelatedClaimSerializer(many=True, help_text="At most five, the most similar first.")


class ClaimRelationsSerializer(RelatedClaimsSerializer):
    """The claims that are related to a claim, and those that were marked as not the same."""

    distinct = DistinctClaimSerializer(
        many=True, help_text="Claims marked as not the same, the newest first. They are not among the results."
    )


class RelatedClaimsParametersSerializer(serializers.Serializer[Any]):
    """The text of a claim that nobody has filed yet."""

    text = TextField(
        max_length=related_claims.MAX_LENGTH, allow_blank=False, help_text="The text of a claim, as it is typed."
    )
    desk = IdField(default=None, help_text="Claims of this desk only.")


class RelatedClaimsView(BaseAPIView):
    """Existing claims that are close to a text."""

    def check_query_parameters(self, request: Request) -> None:
        reject_invalid_parameters(request.query_params, dict.fromkeys(("text", "desk")))

    @extend_schema(
        operation_id="claims_find_related",
        tags=["claims"],
        summary="Find existing claims that are close to a text",
        parameters=[RelatedClaimsParametersSerializer],
        responses={200: RelatedClaimsSerializer} | error_responses(401, 422),
    )
    def get(self, request: Request) -> Response:
        """Find the existing claims closest to a text, so that nobody files the same claim twice.

        Only what you may see is found. The words are compared, not the meaning: read `differences`.
        """
        named = _validated(request.query_params)
        found = replica.read(lambda: related_claims.find(named["text"], self.caller, desk=named["desk"]))
        return Response(RelatedClaimsSerializer({"results": found}).data)


def relations_of(claim: Claim, reader: ActorFacts) -> dict[str, Any]:
    """The response about a claim."""
    related, distinct = related_claims.related_to(claim, reader), claim_distinctions.distinct_from(claim, reader)
    return ClaimRelationsSerializer({"results": related, "distinct": distinct}).data


def _validated(query: QueryDict) -> dict[str, Any]:
    parameters = RelatedClaimsParametersSerializer(
        data={name: query[name] for name in ("text", "desk") if name in query}
    )
    if not parameters.is_valid():
        raise ParameterError(dict(parameters.errors))
    return dict(parameters.validated_data)
