"""Notifications about running the newsroom: failed jobs, integrity checks and webhooks."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from editorial.models import MessageKind
from editorial.notifications.formatting import one_line
from editorial.notifications.message_parts import Text, actor_name, display_name, kind_label
from editorial.notifications.subjects import EventContext
from editorial.policy.actions import Action
from editorial.policy.system_events import SystemEvent

_RETRY_OR_DISMISS = "Find out why it failed, then retry or dismiss it."


def _job_failed(context: EventContext, _: ZoneInfo) -> Text:
    lead = f"A background job ({kind_label(context, MessageKind)}) failed in every attempt and will not be retried."
    owner = getattr(context.row, "owner", None)
    return "Job failed permanently", [
        lead,
        f"Assigned to: {display_name(owner) if owner else 'nobody yet'}.",
        _RETRY_OR_DISMISS,
    ]


def _jobs_unresolved(context: EventContext, _: ZoneInfo) -> Text:
    count = context.data.get("jobs") or 1
    waiting = f"{count} failed jobs have" if count > 1 else "A failed job has"
    return "Failed jobs unresolved", [f"{waiting} been waiting for hours.", _RETRY_OR_DISMISS]


def _job_assigned(context: EventContext, _: ZoneInfo) -> Text:
    return "Failed job assigned to you", [
        f"{actor_name(context)} assigned you a job that failed permanently ({kind_label(context, MessageKind)}).",
        _RETRY_OR_DISMISS,
    ]


def _integrity_alert(context: EventContext, _: ZoneInfo) -> Text:
    message = one_line(str(context.data.get("message", "")))
    lead = f"A data integrity check failed. This no longer holds: {message}"
    advice = "The newsroom cannot repair it automatically. Follow docs/operations/integrity.md."
    return "Data integrity alert", [lead, advice]


def _webhook_disabled(context: EventContext, _: ZoneInfo) -> Text:
    desk = one_line(context.row.desk.name)
    lead = f"A webhook of the desk {desk} has repeatedly responded with “410 Gone” and has been disabled."
    return "Webhook disabled", [lead, "When its receiver works again, add the webhook again; it gets a new secret."]


def _webhook_paused(context: EventContext, _: ZoneInfo) -> Text:
    desk = one_line(context.row.desk.name)
    lead = (
        f"The receiver of a webhook of the desk {desk} has accepted nothing for three days, so the webhook is paused."
    )
    return "Webhook paused", [lead, "When its receiver works again, send a ping, then resume the webhook."]


COMPOSERS: dict[str, Callable[[EventContext, ZoneInfo], Text]] = {
    SystemEvent.WEBHOOK_AUTO_DISABLE: _webhook_disabled,
    SystemEvent.WEBHOOK_AUTO_PAUSE: _webhook_paused,
    Action.JOB_ASSIGN: _job_assigned,
    SystemEvent.JOB_FAILED: _job_failed,
    SystemEvent.JOB_OVERDUE: _jobs_unresolved,
    SystemEvent.INTEGRITY_ALERT: _integrity_alert,
}
