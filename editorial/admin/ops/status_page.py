"""The status page for administrators: processes, queues, failed jobs, and what to do about problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse

from editorial.admin.framework import labels, request_user
from editorial.models import DeliveryState, Heartbeat, Mailbox, MessageKind, MessageState, ProcessKind, db_clock
from editorial.operations import broker, queue_stats, status
from editorial.operations.status import SystemStatus
from editorial.policy.imports import FAILURES_TO_REPORT

_CHART_MINUTES = 60
_SHOW_SECONDS_BELOW = timedelta(minutes=3)
_SHOW_TENTHS_BELOW = timedelta(seconds=10)
_AUDIT_HEAD_LATE = timedelta(hours=3)
_JOB_LABELS = {
    MessageKind.ASSESS_CLAIM: "Assessing claims",
    MessageKind.REEVALUATE_STORY: "Re-evaluating stories",
    MessageKind.NOTIFY: "Notifying people",
    MessageKind.COMPOSE_EMAILS: "Composing emails",
    MessageKind.DELIVER: "Mail and webhooks",
    MessageKind.FETCH: "Fetching feeds and pages",
    MessageKind.FETCH_SCHEDULED: "Fetching scheduled imports",
    MessageKind.FETCH_MAIL: "Collecting incoming email",
    MessageKind.IMPORT: "Importing",
    MessageKind.DISABLE_WEBHOOK: "Disabling webhooks",
    MessageKind.ERASE_OLD_ROWS: "Erasing names of protected sources",
}
_BEAT_LABELS = {"run_due": "Running due work", "dispatch": "Dispatching jobs"}
_PROCESS_DESCRIPTIONS = {
    ProcessKind.WEB: "answers browsers and API clients",
    ProcessKind.WORKER: "runs background jobs",
    ProcessKind.QUARANTINE: "repeats failed jobs",
    ProcessKind.EXTERNAL: "sends email, webhooks and chat, fetches imports and incoming email",
    ProcessKind.DISPATCHER: "dispatches recorded jobs",
    ProcessKind.BEAT: "runs scheduled work",
}


@dataclass(frozen=True, slots=True)
class StatusPage:
    """What the alerts evaluate: the system status, how fast the broker answers (None: it does not), and mailboxes."""

    status: SystemStatus
    broker_latency: float | None
    mailboxes: list[Mailbox]

    @property
    def mailbox_problem(self) -> str:
        """Why a mailbox has failed repeatedly; empty if none has."""
        return next((row.problem for row in self.mailboxes if row.failures >= FAILURES_TO_REPORT), "")

    def is_missing(self, process: ProcessKind) -> bool:
        """Whether no process of that kind is running."""
        return not self.status.processes_of(process)


@dataclass(frozen=True, slots=True)
class Alert:
    """A problem: when it applies, its title and its remedy. A `critical` one stops work."""

    applies: Callable[[StatusPage], bool]
    title: Callable[[StatusPage], str]
    remedy: str
    critical: bool = True


def _missing_process_alert(process: ProcessKind, title: str, hint: str = "") -> Alert:
    return Alert(
        lambda page: page.is_missing(process),
        lambda page: title,
        f"Start one (python -m newsroom.processes {process.value}). {hint}".rstrip(),
    )


ALERTS = (
    Alert(
        lambda page: page.broker_latency is None,
        lambda page: "Redis does not answer, so workers do not learn of new jobs.",
        "Nothing is lost: jobs are recorded in PostgreSQL and continue once Redis is back. "
        "Start Redis, or check REDIS_URL.",
    ),
    _missing_process_alert(
        ProcessKind.WORKER,
        "No worker is running: claims are not assessed and nobody is notified.",
        "If it exits immediately, the end of its log says why.",
    ),
    _missing_process_alert(ProcessKind.DISPATCHER, "No dispatcher is running: jobs start late, or not at all."),
    _missing_process_alert(
        ProcessKind.BEAT,
        "No beat is running: deadlines, embargoes and scheduled stories are not processed when they fall due.",
        "It catches up with what fell due meanwhile.",
    ),
    _missing_process_alert(ProcessKind.QUARANTINE, "No quarantine worker is running: failed jobs are not repeated."),
    _missing_process_alert(
        ProcessKind.EXTERNAL, "No external worker is running: no email or webhook is sent, no feed or page fetched."
    ),
    Alert(
        lambda page: not page.status.queue.ok,
        lambda page: f"Due jobs have been waiting for {labels.format_duration(page.status.queue.oldest_wait)}.",
        "See below whether they wait for a dispatcher or for a worker. If all workers are busy, start more; "
        "if they are idle, restart them.",
    ),
    Alert(
        lambda page: bool(_dead_letter_count(page.status)),
        lambda page: f"{_dead_letter_count(page.status)} job(s) failed permanently after five attempts.",
        "Open the dead letters, find the cause of each in the worker's log, fix it, then retry.",
    ),
    Alert(
        lambda page: bool(page.status.missing),
        lambda page: f"{len(page.status.missing)} process(es) stopped without a clean shutdown.",
        "Killed, frozen or disconnected. Other processes of the kind continue the work. Find the cause (often memory). "
        "The entry disappears after an hour.",
        critical=False,
    ),
    Alert(
        lambda page: _audit_head_age(page.status) > _AUDIT_HEAD_LATE,
        lambda page: (
            f"The newest signed head of the record is {labels.format_duration(_audit_head_age(page.status))} old."
        ),
        "Run manage.py sign_audit_head, which says why. Nothing outside the database proves what was recorded since.",
        critical=False,
    ),
    Alert(
        lambda page: bool(page.status.deliveries[DeliveryState.UNCERTAIN]),
        lambda page: f"{page.status.deliveries[DeliveryState.UNCERTAIN]} message(s) may have been delivered twice.",
        "A process died between sending and recording it. No action is needed; the count remains.",
        critical=False,
    ),
    Alert(
        lambda page: bool(page.status.held_back_receivers),
        lambda page: f"{page.status.held_back_receivers} receiver(s) of email, webhooks or fetches do not respond.",
        "Their messages wait and are sent once a probe succeeds. Check the mail server, the webhooks' last errors and "
        "the addresses of imports.",
        critical=False,
    ),
    Alert(
        lambda page: bool(page.mailbox_problem),
        lambda page: f"Incoming email is not collected. {page.mailbox_problem}",
        "Answers to requests for comment wait in the mailbox. Check the settings INBOUND_… and the mailbox.",
        critical=False,
    ),
    Alert(
        lambda page: len({heartbeat.version for heartbeat in page.status.processes}) > 1,
        lambda page: "Processes of different versions are running.",
        "That is expected during an upgrade. If it lasts, restart the old ones.",
        critical=False,
    ),
)


def status_view(site: AdminSite) -> Callable[[HttpRequest], TemplateResponse]:
    """The view of the status page on that site."""

    def view(request: HttpRequest) -> TemplateResponse:
        if not request_user.is_organization_admin(request):
            raise PermissionDenied
        page = StatusPage(
            status=status.snapshot(now=db_clock.now()), broker_latency=broker.ping(), mailboxes=[*Mailbox.objects.all()]
        )
        context = {**site.each_context(request), "title": "Operations", "refresh_seconds": 10, **_page_context(page)}
        response = TemplateResponse(request, "editorial/ops/status.html", context)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return view


def _page_context(page: StatusPage) -> dict[str, Any]:
    current = page.status
    return {
        "now": current.now,
        "alerts": [(alert.title(page), alert.remedy, alert.critical) for alert in ALERTS if alert.applies(page)],
        "processes": [_process_row(row, current, missing=False) for row in current.processes]
        + [_process_row(row, current, missing=True) for row in current.missing],
        "job_kinds": [
            _job_kind_row(current, kind, per_minute)
            for kind, per_minute in queue_stats.by_minute(now=current.now, minutes=_CHART_MINUTES).items()
        ],
        "queue": current.queue,
        "last_completed": _short_duration(current.now - current.queue.last_completed_at)
        if current.queue.last_completed_at
        else "",
        "dead": _dead_letter_count(current),
        "dead_age": labels.format_duration(current.oldest(MessageState.DEAD)),
        "dead_letters": f"{reverse('admin:editorial_outboxmessage_changelist')}?state__exact=dead",
        "deliveries": [(state.label, state, count) for state, count in current.deliveries.items()],
        "tasks": [(queue.label, live, late) for queue, (live, late) in current.tasks.items()],
        "mailboxes": page.mailboxes,
        "broker": None if page.broker_latency is None else f"{page.broker_latency * 1000:.0f} ms",
    }


def _short_duration(duration: timedelta) -> str:
    """A duration, to the second while it is short."""
    if duration >= _SHOW_SECONDS_BELOW:
        return labels.format_duration(duration)
    return f"{duration.total_seconds():.{1 if duration < _SHOW_TENTHS_BELOW else 0}f} s"


def _audit_head_age(status: SystemStatus) -> timedelta:
    """Zero if there is none: then no signing key is set, or the first one is about to be signed."""
    return status.now - status.audit_head_at if status.audit_head_at else timedelta()


def _dead_letter_count(current: SystemStatus) -> int:
    return sum(current.count(kind, MessageState.DEAD) for kind in MessageKind)


def _process_row(heartbeat: Heartbeat, current: SystemStatus, *, missing: bool) -> dict[str, Any]:
    runs_jobs = heartbeat.process in (ProcessKind.WORKER, ProcessKind.QUARANTINE, ProcessKind.EXTERNAL)
    return {
        "row": heartbeat,
        "description": _PROCESS_DESCRIPTIONS[ProcessKind(heartbeat.process)],
        "missing": missing,
        "last_seen": _short_duration(current.now - heartbeat.last_seen_at),
        "running_for": labels.format_duration(current.now - heartbeat.started_at),
        "slots": f"{len(heartbeat.running_jobs)} of {heartbeat.slots} busy" if runs_jobs else str(heartbeat.slots),
        "running_jobs": ", ".join(_job_label(job.get("work", "")) for job in heartbeat.running_jobs),
    }


def _job_label(work: str) -> str:
    return _JOB_LABELS[MessageKind(work)] if work in set(MessageKind) else _BEAT_LABELS.get(work, work)


def _bar_height(count: int, peak: int) -> int:
    return max(round(22 * count / peak), 2)


def _job_kind_row(current: SystemStatus, kind: MessageKind, per_minute: list[int]) -> dict[str, Any]:
    throughput = next((row for row in current.throughput if row.kind is kind), None)
    peak = max(*per_minute, 1)
    oldest_wait = current.oldest_wait(kind)
    return {
        "name": _JOB_LABELS[kind],
        "pending": current.count(kind, MessageState.READY) + current.count(kind, MessageState.SENT),
        "running": current.count(kind, MessageState.RUNNING),
        "oldest_wait": _short_duration(oldest_wait) if oldest_wait else "",
        "late": oldest_wait > current.queue.max_wait,
        "waits": " · ".join(
            _short_duration(timedelta(seconds=wait)) for wait in (throughput.dispatch_wait, throughput.start_wait)
        )
        if throughput
        else "",
        "run_time": throughput.run_time if throughput else 0,
        "completed": sum(per_minute),
        "peak": peak,
        "bars": [
            (4 * minute, 24 - _bar_height(count, peak), _bar_height(count, peak))
            for minute, count in enumerate(per_minute)
            if count
        ],
    }
