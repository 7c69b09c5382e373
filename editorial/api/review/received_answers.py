"""API of answers that arrived by email: what waits for a person, what it says, and dismissing it."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import action_endpoint, read_endpoint
from editorial.api.framework.fields import read_only_list
from editorial.api.framework.filtering import ListFilterSet
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import OutputSerializer, ReasonSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import ReceivedAnswer
from editorial.policy.vocabulary import ReceivedAnswerState
from editorial.workflow.review import received_answers


class ReceivedAnswerSerializer(OutputSerializer):
    """An email to the address of a request for comment."""

    decided_by = UserRefField(allow_null=True, help_text="Who recorded or dismissed it; null while it waits.")
    select_related = ("decided_by",)

    class Meta:
        model = ReceivedAnswer
        fields = (
            "id", "request", "received_at", "automatic", "attachment_count", "truncated", "state", "decided_at",
            "decided_by", "reason",
        )  # fmt: skip
        help_texts = {
            "request": "The request for comment to whose address it was sent.",
            "decided_at": "When it was recorded or dismissed; null while it waits.",
        }


class ReceivedMessageSerializer(serializers.Serializer[Any]):
    """What an email says and states about itself. Nobody has verified any of it."""

    sender = serializers.CharField(help_text="The header From. Anybody can write anything there.")
    date = serializers.CharField(help_text="The header Date.")
    message_id = serializers.CharField(help_text="The header Message-ID.")
    subject = serializers.CharField(help_text="The header Subject.")
    authentication_results = read_only_list(
        serializers.CharField(),
        help_text="The headers Authentication-Results. Those that your own mail server did not write prove nothing.",
    )
    text = serializers.CharField(help_text="Its text, up to 100,000 characters.")
    new_text = serializers.CharField(
        help_text="The text without what it seems to quote and without a signature. Compare it with the whole text."
    )
    problem = serializers.CharField(help_text="Why the text is empty, if it is.")
    attachments = read_only_list(
        serializers.CharField(), help_text="The names of the first attachments, which are not kept."
    )


class ReceivedAnswerFilter(ListFilterSet):
    request = filters.UUIDFilter(help_text="Email to the address of this request.")
    state = filters.MultipleChoiceFilter(choices=ReceivedAnswerState.choices(), help_text="The state; repeatable.")
    automatic = filters.BooleanFilter(help_text="Email that a program sent (true), or other email (false).")


class ReceivedAnswerViewSet(ResourceViewSet):
    """Email to the addresses of requests for comment. It is no response until a person records it as one.

    To record it, answer the request and name it as `received_answer`.
    """

    pk_kwarg = "received_answer_id"
    output_serializer = ReceivedAnswerSerializer
    filterset_class = ReceivedAnswerFilter

    dismiss = action_endpoint(received_answers.dismiss, ReasonSerializer)

    @read_endpoint(ReceivedMessageSerializer, error_statuses=(403, 409))
    def message(self, request: Request, pk: Any) -> Response:
        """Show what the email says. Only those who may answer the request may read it. Nobody has verified it."""
        return Response(ReceivedMessageSerializer(received_answers.read(self.get_visible(pk), self.user)).data)
