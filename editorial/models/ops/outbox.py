"""The outbox: jobs that follow from a change, written in the same transaction (decision 0003)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from editorial.models.base_fields import UUIDModel, enum_check, enum_field, filter_index
from editorial.policy.access import SubjectFacts
from editorial.policy.vocabulary import ChoiceEnum


class MessageKind(ChoiceEnum):
    """The kind of job. Each has one handler in `editorial.tasks`."""

    ASSESS_CLAIM = "assess_claim"
    REEVALUATE_STORY = "reevaluate_story"
    NOTIFY = "notify"
    COMPOSE_EMAILS = "compose_emails"
    DELIVER = "deliver"
    FETCH = "fetch"
    FETCH_SCHEDULED = "fetch_scheduled"
    FETCH_MAIL = "fetch_mail"
    IMPORT = "import"
    DISABLE_WEBHOOK = "disable_webhook"
    ERASE_OLD_ROWS = "erase_old_rows"


class MessageState(ChoiceEnum):
    """The state of a job. Dead letters wait for a person, who retries or dismisses them; none is deleted."""

    READY = "ready"
    SENT = "sent"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    DISMISSED = "dismissed"


FAILED_BEFORE = Q(attempts__gt=1) | ~Q(error="")
"""Messages that failed before, or whose workers died twice; a single death is seldom the job's fault."""

_READY = Q(state=MessageState.READY.value)
_INTERNAL = Q(receiver="")


class OutboxMessage(UUIDModel):
    """A background job. The broker carries only its id."""

    kind = enum_field(MessageKind)
    reference = models.CharField(max_length=80, help_text="Id of the row it concerns; never content.")
    receiver = models.CharField(
        max_length=64, blank=True, default="", db_default="",
        help_text="The address that it calls, hashed; empty for a job that calls none.",
    )  # fmt: skip
    state = enum_field(MessageState, default=MessageState.READY.value)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="The number of starts, not of dispatches.")
    created_at = models.DateTimeField()
    available_at = models.DateTimeField(help_text="Not to be run before this time. No other schedule exists.")
    request_id = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="Id of the HTTP request that caused it."
    )
    caused_by = models.UUIDField(
        null=True, blank=True, help_text="The user whose action it follows from; empty if there is not exactly one."
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True, help_text="When its latest attempt started.")
    lease_until = models.DateTimeField(null=True, blank=True, help_text="When the lease of its worker expires.")
    token = models.UUIDField(null=True, blank=True, help_text="Identifies the one run that may finish it.")
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(
        max_length=300, blank=True, default="", help_text="Kind of the last failure, without content."
    )
    dead_at = models.DateTimeField(null=True, blank=True, help_text="When its last attempt failed.")
    owner = models.ForeignKey(
        "editorial.User", models.PROTECT, null=True, blank=True, related_name="dead_letters", db_index=False,
        help_text="The administrator responsible for this dead letter.",
    )  # fmt: skip
    next_alert_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When all administrators are next notified of it; empty: nobody was notified yet.",
    )

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["available_at"],
                condition=_READY & _INTERNAL & FAILED_BEFORE,
                name="outbox_failed_before",
            ),
            models.Index(
                fields=["reference", "kind"],
                condition=Q(state__in=[MessageState.READY.value, MessageState.SENT.value]),
                name="outbox_waiting",
            ),
            models.Index(fields=["available_at"], condition=_READY & _INTERNAL, name="outbox_ready"),
            models.Index(
                fields=["receiver", "available_at", "id"], condition=_READY & Q(receiver__gt=""), name="outbox_external"
            ),
            models.Index(fields=["sent_at"], condition=Q(state=MessageState.SENT.value), name="outbox_sent"),
            filter_index("outbox", "kind"),
            models.Index(fields=["lease_until"], condition=Q(state=MessageState.RUNNING.value), name="outbox_running"),
            models.Index(fields=["done_at"], condition=Q(state=MessageState.DONE.value), name="outbox_done"),
            models.Index(fields=["created_at"], condition=Q(state=MessageState.DEAD.value), name="outbox_dead_letters"),
            models.Index(
                fields=["owner", "next_alert_at"], condition=Q(state=MessageState.DEAD.value), name="outbox_by_owner"
            ),
            models.Index(
                fields=["reference"],
                condition=Q(state__in=[MessageState.DEAD.value, MessageState.DISMISSED.value]),
                name="outbox_dead_or_dismissed",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="wake_dispatchers",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="NOTIFY newsroom_outbox; RETURN NULL;",
            ),
        ]
        constraints = [
            enum_check("outboxmessage", "kind", MessageKind),
            enum_check("outboxmessage", "state", MessageState),
            models.CheckConstraint(
                condition=Q(state=MessageState.RUNNING.value, token__isnull=False, lease_until__isnull=False)
                | ~Q(state=MessageState.RUNNING.value),
                name="outbox_running_has_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"

    def access_facts(self) -> SubjectFacts:
        return SubjectFacts()
