"""All claim reviews as a schema.org DataFeed in JSON-LD, the form that fact-check collections fetch.

Each ClaimReview is the item of a DataFeedItem (https://schema.org/DataFeed).
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from editorial import replica
from editorial.api.evidence.claim_reviews import (
    ClaimReviewPartySerializer,
    ClaimReviewSerializer,
    ThingSerializer,
    claim_review_document,
    publisher_party,
)
from editorial.api.framework.filtering import reject_invalid_parameters
from editorial.api.framework.pagination import LIMIT_SCHEMA, CursorPagination
from editorial.api.framework.publisher import JSONLDRenderer
from editorial.api.framework.viewsets import BaseAPIView
from editorial.api.openapi.schema import error_responses
from editorial.workflow.stories import published_versions


class ClaimReviewFeedItemSerializer(ThingSerializer):
    """A review in the feed."""

    dateModified = serializers.DateTimeField(help_text="When the story was last published.")
    item = ClaimReviewSerializer(help_text="The review.")


class ClaimReviewFeedSerializer(ThingSerializer):
    """A page of the feed."""

    leading_fields = ("@context", "@type")

    publisher = ClaimReviewPartySerializer(help_text="The publisher.")
    dataFeedElement = ClaimReviewFeedItemSerializer(
        many=True, help_text="The reviews of this page, newest first by first publication."
    )


class ClaimReviewFeedView(BaseAPIView):
    """The feed of claim reviews."""

    renderer_classes = [JSONLDRenderer, JSONRenderer]
    orders = {"newest": ("-id",)}  # of first publication: a correction moves no review past a reader of pages

    def check_query_parameters(self, request: Request) -> None:
        """Accept where a page starts and how long it is."""
        reject_invalid_parameters(request.query_params, dict.fromkeys(("cursor", "limit")))

    @extend_schema(
        operation_id="claims_list_claim_reviews",
        tags=["claims"],
        summary="List all claim reviews as a DataFeed",
        parameters=[
            OpenApiParameter("cursor", description="The start of the page, taken from the header `Link`."),
            OpenApiParameter("limit", LIMIT_SCHEMA, description="Reviews per page."),
            OpenApiParameter(
                "Link",
                location=OpenApiParameter.HEADER,
                response=[200],
                description='The URL of the next page, as `<…>; rel="next"`; not sent with the last.',
            ),
        ],
        responses={200: ClaimReviewFeedSerializer} | error_responses(401, 409, 422),
    )
    def get(self, request: Request) -> Response:
        """List all claim reviews that you may see, as a schema.org DataFeed in JSON-LD.

        Each is what `GET /claims/{id}/claim-review` shows. A review that no longer holds is not in the feed until its
        story is corrected.
        """
        paginator = CursorPagination()
        feed = replica.read(lambda: self._page(request, paginator))
        headers = {"Link": f'<{paginator.next_url}>; rel="next"'} if paginator.next_url else {}
        return Response(feed, headers=headers)

    def _page(self, request: Request, paginator: CursorPagination) -> dict[str, Any]:
        uses = paginator.paginate_queryset(published_versions.rated_claims(self.caller), request, self)
        items = [
            {
                "@type": "DataFeedItem",
                "dateModified": rating.version.created_at,
                "item": claim_review_document(rating),
            }
            for rating in published_versions.ratings_of(uses)
        ]
        return dict(
            ClaimReviewFeedSerializer(
                {
                    "@context": "https://schema.org",
                    "@type": "DataFeed",
                    "publisher": publisher_party(),
                    "dataFeedElement": items,
                }
            ).data
        )
