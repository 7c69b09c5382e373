"""Operations, for administrators: which processes run, what waits, what was given up, and what to do about it."""

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
from editorial.models import DeliveryState, Heartbeat, MessageKind, MessageState, ProcessKind, db_clock
from editorial.operations import broker, queue_stats, status
from editorial.operations.status import SystemStatus
from editorial.policy.access import Role

_MINUTES_SHOWN = 60
_SECONDS_MATTER = timedelta(minutes=3)
_TENTHS_MATTER = timedelta(seconds=10)
_JOB_LABELS = {
    MessageKind.ASSESS_CLAIM: "Assessing claims",
    MessageKind.REEVALUATE_STORY: "Looking at stories again",
    MessageKind.NOTIFY: "Telling people",
    MessageKind.DELIVER: "Letters and webhooks",
    MessageKind.FETCH: "Fetching feeds and pages",
    MessageKind.IMPORT: "Filing what came in",
}
_BEAT_LABELS = {"run_due": "Looking what is due", "dispatch": "Ringing"}
_PROCESS_DESCRIPTIONS = {
    ProcessKind.WEB: "answers browsers and programs",
    ProcessKind.WORKER: "does the background work",
    ProcessKind.QUARANTINE: "repeats what failed",
    ProcessKind.DISPATCHER: "rings for recorded work",
    ProcessKind.BEAT: "looks at the clock",
}


@dataclass(frozen=True, slots=True)
class StatusPage:
    """What the page judges: how the newsroom stands, and whether the doorbell answers."""

    status: SystemStatus
    broker_latency: float | None

    def is_missing(self, process: ProcessKind) -> bool:
        """Whether nobody of that kind is there."""
        return not self.status.processes_of(process)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that is not as it should be: when, how it is said, and what to do. `grave` stops work."""

    applies: Callable[[StatusPage], bool]
    title: Callable[[StatusPage], str]
    remedy: str
    critical: bool = True


ALERTS = (
    Alert(
        lambda look: look.broker_latency is None,
        lambda look: "Redis does not answer, so no worker hears of new work.",
        "Nothing is lost: work is recorded in PostgreSQL and goes on by itself once Redis is back. "
        "Start Redis, or look at REDIS_URL.",
    ),
    Alert(
        lambda look: look.is_missing(ProcessKind.WORKER),
        lambda look: "No worker is there: claims are not assessed and nobody is told of anything.",
        "Start one (python -m newsroom.processes worker). If it ends at once, the last lines of its log say why.",
    ),
    Alert(
        lambda look: look.is_missing(ProcessKind.DISPATCHER),
        lambda look: "No relay is there: work is begun late, or not at all.",
        "Start one (python -m newsroom.processes dispatcher).",
    ),
    Alert(
        lambda look: look.is_missing(ProcessKind.BEAT),
        lambda look: "No beat is there: deadlines, embargoes and scheduled stories are not noticed when they fall due.",
        "Start one (python -m newsroom.processes beat). What fell due meanwhile is seen to then.",
    ),
    Alert(
        lambda look: look.is_missing(ProcessKind.QUARANTINE),
        lambda look: "No quarantine worker is there: what failed once is not tried again.",
        "Start one (python -m newsroom.processes quarantine).",
    ),
    Alert(
        lambda look: not look.status.queue.ok,
        lambda look: f"Work that is due has been waiting for {labels.format_duration(look.status.queue.oldest_wait)}.",
        "Look below whether it waits for a relay or for a worker. If all are there and busy, start more workers; "
        "if they are there and idle, start them anew.",
    ),
    Alert(
        lambda look: bool(_dead_letter_count(look.status)),
        lambda look: f"{_dead_letter_count(look.status)} piece(s) of work were given up after five attempts.",
        "Open the dead letters, find in the worker's log why each failed, put that right, then give it another round.",
    ),
    Alert(
        lambda look: bool(look.status.missing),
        lambda look: f"{len(look.status.missing)} process(es) stopped without taking leave.",
        "Killed, frozen or cut off: where others of the kind are there, the work goes on. Look why (often memory). "
        "An hour later they are forgotten here.",
        critical=False,
    ),
    Alert(
        lambda look: bool(look.status.deliveries[DeliveryState.UNCERTAIN]),
        lambda look: f"{look.status.deliveries[DeliveryState.UNCERTAIN]} letter(s) may have gone out twice.",
        "A process died between sending and noting it. Nothing needs to be done; they stay counted.",
        critical=False,
    ),
    Alert(
        lambda look: len({each.version for each in look.status.processes}) > 1,
        lambda look: "Processes of different versions run side by side.",
        "That is as it should be while a new version comes in. If it lasts, start the old ones anew.",
        critical=False,
    ),
)


def status_view(site: AdminSite) -> Callable[[HttpRequest], TemplateResponse]:
    """The page, on that site."""

    def view(request: HttpRequest) -> TemplateResponse:
        if not may_see_status(request):
            raise PermissionDenied
        look = StatusPage(status=status.snapshot(now=db_clock.now()), broker_latency=broker.ping())
        context = {**site.each_context(request), "title": "Operations", **_page_context(look)}
        answer = TemplateResponse(request, "editorial/ops/status.html", context)
        answer.headers["Cache-Control"] = "no-store, private"
        return answer

    return view


def may_see_status(request: HttpRequest) -> bool:
    """Whether the page is for them: administrators of the whole house."""
    return (Role.ADMIN, None) in request_user.actor_facts(request).memberships


def _page_context(look: StatusPage) -> dict[str, Any]:
    at = look.status
    return {
        "now": at.now,
        "alerts": [(one.title(look), one.remedy, one.critical) for one in ALERTS if one.applies(look)],
        "processes": [_process_row(each, at, silent=False) for each in at.processes]
        + [_process_row(each, at, silent=True) for each in at.missing],
        "work": [
            _job_kind_row(at, kind, done)
            for kind, done in queue_stats.by_minute(now=at.now, minutes=_MINUTES_SHOWN).items()
        ],
        "drain": at.queue,
        "last_done": _short_duration(at.now - at.queue.last_completed_at) if at.queue.last_completed_at else "",
        "dead": _dead_letter_count(at),
        "dead_age": labels.format_duration(at.oldest(MessageState.DEAD)),
        "dead_letters": f"{reverse('admin:editorial_outboxmessage_changelist')}?state__exact=dead",
        "deliveries": [(state.label, state, count) for state, count in at.deliveries.items()],
        "tasks": [(queue.label, live, late) for queue, (live, late) in at.tasks.items()],
        "broker": None if look.broker_latency is None else f"{look.broker_latency * 1000:.0f} ms",
    }


def _short_duration(length: timedelta) -> str:
    """How long, to the second while seconds matter."""
    if length >= _SECONDS_MATTER:
        return labels.format_duration(length)
    return f"{length.total_seconds():.{1 if length < _TENTHS_MATTER else 0}f} s"


def _dead_letter_count(at: SystemStatus) -> int:
    return sum(at.count(kind, MessageState.DEAD) for kind in MessageKind)


def _process_row(presence: Heartbeat, at: SystemStatus, *, silent: bool) -> dict[str, Any]:
    working = presence.process in (ProcessKind.WORKER, ProcessKind.QUARANTINE)
    return {
        "row": presence,
        "seen": _short_duration(at.now - presence.last_seen_at),
        "running": labels.format_duration(at.now - presence.started_at),
        "hands": f"{len(presence.running_jobs)} of {presence.slots} busy" if working else str(presence.slots),
        "does": _PROCESS_DESCRIPTIONS[ProcessKind(presence.process)],
        "silent": silent,
        "busy": ", ".join(_job_label(each.get("work", "")) for each in presence.running_jobs),
    }


def _job_label(work: str) -> str:
    return _JOB_LABELS[MessageKind(work)] if work in set(MessageKind) else _BEAT_LABELS.get(work, work)


def _bar_height(count: int, most: int) -> int:
    return max(round(22 * count / most), 2)


def _job_kind_row(at: SystemStatus, kind: MessageKind, done: list[int]) -> dict[str, Any]:
    pace = next((pace for pace in at.throughput if pace.kind is kind), None)
    most = max(max(done), 1)
    return {
        "name": _JOB_LABELS[kind],
        "waits": at.count(kind, MessageState.READY) + at.count(kind, MessageState.SENT),
        "running": at.count(kind, MessageState.RUNNING),
        "waited": _short_duration(at.oldest_wait(kind)) if at.oldest_wait(kind) else "",
        "late": at.oldest_wait(kind) > at.queue.max_wait,
        "pace": " · ".join(_short_duration(timedelta(seconds=wait)) for wait in (pace.dispatch_wait, pace.start_wait))
        if pace
        else "",
        "took": pace.run_time if pace else 0,
        "hour": sum(done),
        "most": most,
        "bars": [
            (4 * minute, 24 - _bar_height(count, most), _bar_height(count, most))
            for minute, count in enumerate(done)
            if count
        ],
    }
