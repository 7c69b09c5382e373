"""API of comments by email: the caller's own, which wait to be confirmed or dismissed."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import action_endpoint, read_endpoint
from editorial.api.framework.fields import TextField
from editorial.api.framework.filtering import ListFilterSet
from editorial.api.framework.references import ObjectRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.review.comments import CommentSerializer
from editorial.models import EmailedComment
from editorial.policy.vocabulary import EmailedCommentState
from editorial.workflow.review import comments, emailed_comments


class EmailedCommentConfirmSerializer(InputSerializer):
    """The text to post. Without it, the text that arrived."""

    text = TextField(
        max_length=comments.MAX_LENGTH, required=False, help_text="Another text than the one that arrived."
    )


class EmailedCommentSerializer(OutputSerializer):
    """What you answered to an email about one object. It is no comment until you confirm it."""

    object = ObjectRefField(source="notification.event.stream")
    subject = serializers.CharField(source="notification.subject", read_only=True, help_text="The subject of that.")
    select_related = ("notification__event",)

    class Meta:
        model = EmailedComment
        fields = ("id", "notification", "object", "subject", "received_at", "incomplete", "state", "decided_at")
        help_texts = {
            "notification": "The notification that the answered email was about.",
            "decided_at": "When it was confirmed or dismissed; null while it waits.",
        }


class EmailedCommentTextSerializer(serializers.Serializer[Any]):
    """What arrived."""

    text = serializers.CharField(help_text="The text, without what it quotes and without a signature.")


class EmailedCommentFilter(ListFilterSet):
    state = filters.MultipleChoiceFilter(choices=EmailedCommentState.choices(), help_text="The state; repeatable.")


class EmailedCommentViewSet(ResourceViewSet):
    """Your answers to emails about one object. Each becomes a comment once you confirm it; nobody else sees it.

    Anybody who has seen the email can have written it. Its text is kept until you decide, or for 30 days.
    """

    pk_kwarg = "emailed_comment_id"
    output_serializer = EmailedCommentSerializer
    filterset_class = EmailedCommentFilter

    confirm = action_endpoint(
        emailed_comments.confirm, EmailedCommentConfirmSerializer, output_serializer=CommentSerializer, status=201
    )
    dismiss = action_endpoint(emailed_comments.dismiss)

    @read_endpoint(EmailedCommentTextSerializer, error_statuses=(409,))
    def text(self, request: Request, pk: Any) -> Response:
        """Show what arrived. Once it is confirmed or dismissed, its text is deleted."""
        return Response({"text": emailed_comments.read(self.get_visible(pk))})
