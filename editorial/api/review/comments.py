"""API of comments: threads on claims, statements, stories and review tasks."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import action_endpoint, create_endpoint, read_endpoint, update_endpoint
from editorial.api.framework.exports import ExportMixin
from editorial.api.framework.fields import IdField, TextField
from editorial.api.framework.filtering import FlagFilter, SyncedFilterSet
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Comment, CommentRevision
from editorial.policy.access import ActorFacts
from editorial.workflow.evidence.confidentiality import former_texts
from editorial.workflow.review import comments

_TEXT_HELP = (
    "The text. `@username` and `@desk` (its short name) notify those who may see the object. No confidential name."
)


class CommentUpdateSerializer(InputSerializer):
    """The new text of a comment."""

    text = TextField(max_length=comments.MAX_LENGTH, help_text=_TEXT_HELP)


class CommentCreateSerializer(CommentUpdateSerializer):
    """A comment on one object, or a reply to a comment: name exactly one."""

    claim = IdField(source="claim_id", required=False, help_text="The claim to comment on.")
    statement = IdField(source="statement_id", required=False, help_text="The statement to comment on.")
    story = IdField(source="story_id", required=False, help_text="The story to comment on.")
    task = IdField(source="task_id", required=False, help_text="The review task to comment on.")
    reply_to = IdField(source="reply_to_id", required=False, help_text="The comment that began the thread to reply in.")


class CommentSerializer(OutputSerializer):
    """A comment on one object. It begins a thread, or is a reply in one."""

    text = serializers.CharField(read_only=True, help_text="The current text.")
    written_by = UserRefField(help_text="The user who wrote it.")
    resolved_by = UserRefField(allow_null=True, help_text="The user who resolved the thread.")
    select_related = ("written_by", "resolved_by")

    class Meta:
        model = Comment
        fields = (
            "id", "claim", "statement", "story", "task", "reply_to", "text", "written_by", "written_at", "edited_at",
            "resolved_at", "resolved_by", "version",
        )  # fmt: skip
        help_texts = {
            "written_at": "When it was written.",
            "edited_at": "When its text was last changed; null if it was not.",
            "resolved_at": "When the thread was resolved; null while it is open, and in replies.",
        }

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """Include the current text."""
        return super().prepare_queryset(queryset, caller).with_text()  # type: ignore[attr-defined]


class CommentTextSerializer(serializers.ModelSerializer[CommentRevision]):
    """One text of a comment."""

    class Meta:
        model = CommentRevision
        fields = ("number", "text", "written_at")
        read_only_fields = fields


class CommentTextsSerializer(serializers.Serializer[Any]):
    """Every text of a comment."""

    current = CommentTextSerializer(help_text="The current text.")
    former = CommentTextSerializer(many=True, help_text="The former texts, the oldest first.")
    withheld = serializers.BooleanField(
        help_text="Whether former texts are left out because only custodians and the author may see them: an unnamed "
        "source is concerned."
    )


class CommentFilter(SyncedFilterSet):
    claim = filters.UUIDFilter(help_text="Comments on this claim.")
    statement = filters.UUIDFilter(help_text="Comments on this statement.")
    story = filters.UUIDFilter(help_text="Comments on this story.")
    task = filters.UUIDFilter(help_text="Comments on this review task.")
    reply_to = filters.UUIDFilter(help_text="Replies in the thread that this comment began.")
    reply = FlagFilter(
        lambda me: Q(reply_to__isnull=False), help_text="Replies (true), or comments that began a thread (false)."
    )
    resolved = FlagFilter(
        lambda me: Q(resolved_at__isnull=False),
        help_text="Comments whose thread was resolved (true), or the others, replies included (false).",
    )
    mine = FlagFilter(lambda me: Q(written_by=me), help_text="Comments that you wrote (true), or others (false).")


class CommentViewSet(ExportMixin, ResourceViewSet):
    """What colleagues write to each other about a claim, a statement, a story or a task, in threads.

    Everybody who may see the object may see its comments, and comment. No response shows who is mentioned.
    """

    pk_kwarg = "comment_id"
    output_serializer = CommentSerializer
    filterset_class = CommentFilter

    create = create_endpoint(comments.add, CommentCreateSerializer)
    partial_update = update_endpoint(comments.edit, CommentUpdateSerializer)
    resolve = action_endpoint(comments.resolve)
    reopen = action_endpoint(comments.reopen)

    @read_endpoint(CommentTextsSerializer)
    def texts(self, request: Request, pk: Any) -> Response:
        """Show every text of the comment: the current one, and the former ones, which stay when it is edited."""
        comment = self.get_visible(pk)
        texts = former_texts.texts_of([comment], self.caller)[comment.pk]
        return Response(CommentTextsSerializer(texts._asdict()).data)
