"""Comments: what colleagues write to each other about a claim, a statement, a story or a task."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import Func, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, IsNull

from editorial.models import history
from editorial.models.base_fields import UUIDModel, VersionedModel
from editorial.models.claim_visibility import ClaimVisibility
from editorial.models.evidence.claims import Claim
from editorial.models.evidence.statements import Statement
from editorial.models.review.tasks import ReviewTask
from editorial.models.stories.stories import Story
from editorial.models.visibility import VisibleQuerySet
from editorial.policy.access import SubjectFacts

TARGETS: dict[str, type[Claim | Statement | Story | ReviewTask]] = {
    "claim": Claim,
    "statement": Statement,
    "story": Story,
    "task": ReviewTask,
}
"""What a comment can be on, by the column that refers to it."""

_REPLY_WITHIN_THREAD = """
    IF NEW.reply_to_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM editorial_comment first WHERE first.id = NEW.reply_to_id AND first.reply_to_id IS NULL
        AND (first.claim_id, first.statement_id, first.story_id, first.task_id)
            IS NOT DISTINCT FROM (NEW.claim_id, NEW.statement_id, NEW.story_id, NEW.task_id)) THEN
        RAISE EXCEPTION 'a reply belongs to a comment on the same object that is not itself a reply'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class VisibleCommentQuerySet(VisibleQuerySet):
    """Comments are visible to everyone who sees what they are on."""

    def _at_desks(self, desks: set[UUID]) -> Q:
        claim = Coalesce(OuterRef("claim"), OuterRef("statement__claim"), OuterRef("task__claim"))
        seen = ClaimVisibility.objects.filter(claim=claim, desk__in=desks)
        # By row: for EXISTS, PostgreSQL may read the visibility of every claim first.
        return Q(story__desk__in=desks) | Q(IsNull(Subquery(seen.values("desk")[:1]), False))

    def with_text(self) -> VisibleCommentQuerySet:
        """Each with its current text, as `text`."""
        newest = CommentRevision.objects.filter(comment=OuterRef("pk")).order_by("-number")
        return self.annotate(text=Subquery(newest.values("text")[:1]))


def _of_target(name: str) -> models.Index:
    return models.Index(fields=[name, "id"], condition=Q(**{f"{name}__isnull": False}), name=f"comment_on_{name}")


@history.track()
class Comment(VersionedModel):
    """A comment on one object: it begins a thread, or is a reply in one. Its texts are in its revisions."""

    # The indexes below serve these.
    claim = models.ForeignKey(
        Claim, models.PROTECT, null=True, blank=True, db_index=False, related_name="comments",
        help_text="The claim it is on; null if it is on something else.",
    )  # fmt: skip
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, db_index=False, related_name="comments",
        help_text="The statement it is on; null if it is on something else.",
    )  # fmt: skip
    story = models.ForeignKey(
        Story, models.PROTECT, null=True, blank=True, db_index=False, related_name="comments",
        help_text="The story it is on; null if it is on something else.",
    )  # fmt: skip
    task = models.ForeignKey(
        ReviewTask, models.PROTECT, null=True, blank=True, db_index=False, related_name="comments",
        help_text="The review task it is on; null if it is on something else.",
    )  # fmt: skip
    reply_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_index=False, related_name="replies",
        help_text="The comment that began the thread; null for that comment itself.",
    )  # fmt: skip
    written_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True, help_text="When its text was last changed.")
    resolved_at = models.DateTimeField(null=True, blank=True, help_text="When its thread was resolved.")
    resolved_by = models.ForeignKey(
        "editorial.User", models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )

    objects = VisibleCommentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            *(_of_target(name) for name in TARGETS),
            models.Index(fields=["reply_to", "id"], condition=Q(reply_to__isnull=False), name="comment_reply"),
            models.Index(fields=["id"], condition=Q(reply_to=None, resolved_at=None), name="comment_open"),
            models.Index(fields=["id"], condition=Q(resolved_at__isnull=False), name="comment_resolved"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Exact(
                    Func(
                        *(f"{name}_id" for name in TARGETS),
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
                name="comment_on_one_object",
                violation_error_message="A comment is on one claim, one statement, one story or one task.",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False, reply_to=None),
                name="comment_resolved_by_somebody",
                violation_error_message="Only the comment that began a thread is resolved, by somebody.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="comment_reply_within_thread",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_REPLY_WITHIN_THREAD,
            ),
            pgtrigger.ReadOnly(
                name="comment_stays_where_it_is", fields=[*TARGETS, "reply_to", "written_by", "written_at"]
            ),
        ]

    def __str__(self) -> str:
        return f"Comment of {self.written_at:%Y-%m-%d %H:%M} UTC"

    @property
    def target(self) -> Claim | Statement | Story | ReviewTask:
        """What it is on."""
        return cast(Any, self.claim or self.statement or self.story or self.task)  # a constraint: it has one of them

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: the desks of what it is on, and its author as owner."""
        return self.access_facts_at(seen_through(self.target).access_facts().desks)

    def access_facts_at(self, desks: frozenset[str]) -> SubjectFacts:
        """The same, where the desks are known."""
        return SubjectFacts(desks=desks, owners=frozenset({str(self.written_by_id)}))


def seen_through(target: Claim | Statement | Story | ReviewTask) -> Claim | Story:
    """The claim or the story whose desks see the object."""
    return target.claim if isinstance(target, Statement | ReviewTask) else target


class CommentRevision(UUIDModel):
    """One text of a comment. Never edited: changing the comment adds a revision."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField(help_text="Numbers the texts of a comment from 1.")
    text = models.TextField(help_text="The text.")
    written_at = models.DateTimeField(help_text="When it was written.")
    position = history.position_field()

    class Meta:
        ordering = ["number"]
        indexes = [history.position_index("position")]
        constraints = [
            models.UniqueConstraint(fields=["comment", "number"], name="commentrevision_once"),
            models.CheckConstraint(condition=~Q(text=""), name="commentrevision_not_empty"),
        ]
        triggers = [
            pgtrigger.Protect(name="commentrevision_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Revision {self.number}"
