"""Review tasks: the two queues every claim goes through."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, enum_check, enum_field, filter_index
from editorial.models.visibility import VisibleThroughClaimQuerySet
from editorial.policy.access import SubjectFacts
from editorial.policy.vocabulary import TaskKind, TaskQueue, TaskState

OVERDUE_FIRST = ("overdue_at", "-urgency", "due_at", "id")
LIVE_STATES = (TaskState.OPEN.value, TaskState.TAKEN.value)


@history.track()
class ReviewTask(UUIDModel):
    """One question to a person: what to find out, or what to decide ("Verification", section 6).

    There is one row per claim, kind and subject, permanently: it opens, closes and re-opens as facts change.
    """

    claim = models.ForeignKey(
        "editorial.Claim", on_delete=models.PROTECT, related_name="tasks", db_index=False
    )  # the constraint below has it first
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
    # Partial indexes serve these: few tasks are assigned, and no query filters by who assigned or snoozed them.
    assigned_to = models.ForeignKey(
        "editorial.User",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="assigned_tasks",
        help_text="For whom it is reserved.",
    )
    assigned_by = models.ForeignKey(
        "editorial.User", models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    snoozed_until = models.DateTimeField(
        null=True, blank=True, help_text="Until then nobody is offered it. Its due time stays."
    )
    snoozed_by = models.ForeignKey(
        "editorial.User", models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    snooze_reason = models.TextField(blank=True, default="", db_default="", help_text="Why it cannot be done before.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "editorial.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    note = models.TextField(blank=True, default="", help_text="What was found, or what was tried.")

    objects = VisibleThroughClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-urgency", "due_at", "id"]
        indexes = [
            # “Take next” reads the first rows of one of these.
            *(
                models.Index(fields=[*of, "-urgency", "due_at", "id"], condition=Q(state__in=LIVE_STATES), name=name)
                for name, of in {"task_queue": [], "task_in_queue": ["queue"]}.items()
            ),
            # Pages show what is overdue first, longest overdue at the top. Few tasks are due at the same moment, so
            # PostgreSQL sorts those by id.
            *(
                models.Index(
                    fields=[*of, "overdue_at", "-urgency", "due_at"], condition=Q(state__in=LIVE_STATES), name=name
                )
                for name, of in {"task_late_first": [], "task_late_in_queue": ["queue"]}.items()
            ),
            models.Index(fields=["due_at"], condition=Q(state__in=LIVE_STATES), name="task_by_due"),
            models.Index(
                fields=["-urgency", "due_at", "id"],
                condition=Q(overdue_at__isnull=False, state__in=LIVE_STATES),
                name="task_overdue",
            ),
            models.Index(fields=["lease_until"], condition=Q(state=TaskState.TAKEN.value), name="task_lease"),
            filter_index("task", "state", "kind"),
            models.Index(fields=["-urgency", "due_at", "id"], condition=~Q(state__in=LIVE_STATES), name="task_ended"),
            models.Index(fields=["due_at"], condition=Q(overdue_at=None, state__in=LIVE_STATES), name="task_due"),
            models.Index(
                fields=["assigned_to", "-urgency", "due_at", "id"],
                condition=Q(assigned_to__isnull=False),
                name="task_assigned",
            ),
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
            # Once somebody else takes it, or it ends, it is no longer reserved.
            models.CheckConstraint(
                condition=Q(assigned_to=None, assigned_by=None)
                | Q(assigned_to__isnull=False, assigned_by__isnull=False, state=TaskState.OPEN.value)
                | Q(assigned_to=F("taken_by"), assigned_by__isnull=False, state=TaskState.TAKEN.value),
                name="reviewtask_assigned_and_live",
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until=None, snoozed_by=None, snooze_reason="")
                | Q(snoozed_until__isnull=False, snoozed_by__isnull=False, state=TaskState.OPEN.value)
                & ~Q(snooze_reason=""),
                name="reviewtask_snooze_complete",
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: its claim's desks, its kind, and who has it."""
        holder = frozenset({str(self.holder_id)}) if self.holder_id else frozenset()
        return SubjectFacts(desks=self.claim.access_facts().desks, owners=holder, task=TaskKind(self.kind))

    @property
    def holder_id(self) -> UUID | None:
        """The user who has taken it, or for whom it is reserved."""
        return self.taken_by_id or self.assigned_to_id

    def is_snoozed(self, now: datetime) -> bool:
        """Whether nobody is offered it yet."""
        return self.snoozed_until is not None and self.snoozed_until > now
