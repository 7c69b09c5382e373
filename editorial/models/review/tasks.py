"""Review tasks: the two queues every claim goes through."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field, filter_index
from editorial.models.visibility import VisibleThroughClaimQuerySet
from editorial.policy.access import SubjectFacts
from editorial.policy.vocabulary import TaskKind, TaskQueue, TaskState

LIVE_STATES = (TaskState.OPEN.value, TaskState.TAKEN.value)


@history.track()
class ReviewTask(UUIDModel):
    """One question to a person: what to find out, or what to decide ("Verification", section 6).

    There is one row per claim, kind and subject, permanently: it opens, closes and re-opens as facts change.
    """

    claim = models.ForeignKey("editorial.Claim", on_delete=models.PROTECT, related_name="tasks")
    queue = enum_field(TaskQueue)
    kind = enum_field(TaskKind)
    subject = models.CharField(
        max_length=80, blank=True, default="", help_text="Id of the statement, source or party it is about."
    )
    question = models.TextField(help_text="What to do, in plain words.")
    because = models.JSONField(default=list, help_text="The facts that require it; if they change, it re-opens.")
    state = enum_field(TaskState, default=TaskState.OPEN.value)
    urgency = models.SmallIntegerField(
        default=0, help_text="Higher comes first; derived from risk and scheduled stories."
    )
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When it was found overdue.")
    taken_by = models.ForeignKey("editorial.User", models.PROTECT, null=True, blank=True, related_name="taken_tasks")
    lease_until = models.DateTimeField(
        null=True, blank=True, help_text="When its reservation for the assignee expires."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("editorial.User", models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, default="", help_text="What was found, or what was tried.")

    objects = VisibleThroughClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-urgency", "due_at", "id"]
        indexes = [
            # Lists and “take next” read the first rows of one of these.
            *(
                models.Index(fields=[*of, "-urgency", "due_at", "id"], condition=Q(state__in=LIVE_STATES), name=name)
                for name, of in {"task_queue": [], "task_in_queue": ["queue"], "task_of_kind": ["kind"]}.items()
            ),
            models.Index(fields=["due_at", "id"], condition=Q(state__in=LIVE_STATES), name="task_by_due"),
            models.Index(
                fields=["-urgency", "due_at", "id"],
                condition=Q(overdue_at__isnull=False, state__in=LIVE_STATES),
                name="task_overdue",
            ),
            models.Index(fields=["lease_until"], condition=Q(state=TaskState.TAKEN.value), name="task_lease"),
            filter_index("task", "state", "kind"),
            models.Index(fields=["-urgency", "due_at", "id"], condition=~Q(state__in=LIVE_STATES), name="task_ended"),
            models.Index(fields=["due_at"], condition=Q(overdue_at=None, state__in=LIVE_STATES), name="task_due"),
        ]
        constraints = [
            enum_check("reviewtask", "queue", TaskQueue),
            enum_check("reviewtask", "kind", TaskKind),
            enum_check("reviewtask", "state", TaskState),
            models.UniqueConstraint(fields=["claim", "kind", "subject"], name="reviewtask_once"),
            models.CheckConstraint(
                condition=Q(state=TaskState.TAKEN.value, taken_by__isnull=False, lease_until__isnull=False)
                | (~Q(state=TaskState.TAKEN.value) & Q(taken_by=None, lease_until=None)),
                name="reviewtask_lease_complete",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE_STATES, ended_at=None)
                | (~Q(state__in=LIVE_STATES) & Q(ended_at__isnull=False)),
                name="reviewtask_ended_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: its claim's desks, its kind and its assignee."""
        holder = frozenset({str(self.taken_by_id)}) if self.taken_by_id else frozenset()
        return SubjectFacts(desks=self.claim.access_facts().desks, owners=holder, task=TaskKind(self.kind))
