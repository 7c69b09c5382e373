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
from editorial.models import DeliveryState, MessageKind, MessageState, Presence, ProcessKind, db_clock
from editorial.operations import broker, queue_stats, status
from editorial.operations.status import Standing
from editorial.policy.access import Role

_MINUTES = 60
_SECONDS_MATTER = timedelta(minutes=3)
_TENTHS_MATTER = timedelta(seconds=10)
_WORK = {
    MessageKind.REVIEW_CLAIM: "Assessing claims",
    MessageKind.REVIEW_STORY: "Looking at stories again",
    MessageKind.TELL: "Telling people",
    MessageKind.DELIVER: "Letters and webhooks",
    MessageKind.FETCH: "Fetching feeds and pages",
    MessageKind.IMPORT: "Filing what came in",
}
_TICKS = {"sweep": "Looking what is due", "relay": "Ringing"}
_DOES = {
    ProcessKind.WEB: "answers browsers and programs",
    ProcessKind.WORKER: "does the background work",
    ProcessKind.QUARANTINE: "repeats what failed",
    ProcessKind.RELAY: "rings for recorded work",
    ProcessKind.BEAT: "looks at the clock",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What the page judges: how the newsroom stands, and whether the doorbell answers."""

    at: Standing
    broker: float | None

    def lacks(self, process: ProcessKind) -> bool:
        """Whether nobody of that kind is there."""
        return not self.at.present(process)


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that is not as it should be: when, how it is said, and what to do. `grave` stops work."""

    holds: Callable[[Look], bool]
    said: Callable[[Look], str]
    do: str
    grave: bool = True


CONCERNS = (
    Concern(
        lambda look: look.broker is None,
        lambda look: "Redis does not answer, so no worker hears of new work.",
        "Nothing is lost: work is recorded in PostgreSQL and goes on by itself once Redis is back. "
        "Start Redis, or look at REDIS_URL.",
    ),
    Concern(
        lambda look: look.lacks(ProcessKind.WORKER),
        lambda look: "No worker is there: claims are not assessed and nobody is told of anything.",
        "Start one (python -m newsroom.processes worker). If it ends at once, the last lines of its log say why.",
    ),
    Concern(
        lambda look: look.lacks(ProcessKind.RELAY),
        lambda look: "No relay is there: work is begun late, or not at all.",
        "Start one (python -m newsroom.processes relay).",
    ),
    Concern(
        lambda look: look.lacks(ProcessKind.BEAT),
        lambda look: "No beat is there: deadlines, embargoes and scheduled stories are not noticed when they fall due.",
        "Start one (python -m newsroom.processes beat). What fell due meanwhile is seen to then.",
    ),
    Concern(
        lambda look: look.lacks(ProcessKind.QUARANTINE),
        lambda look: "No quarantine worker is there: what failed once is not tried again.",
        "Start one (python -m newsroom.processes quarantine).",
    ),
    Concern(
        lambda look: not look.at.drain.drains,
        lambda look: f"Work that is due has been waiting for {labels.span(look.at.drain.waited)}.",
        "Look below whether it waits for a relay or for a worker. If all are there and busy, start more workers; "
        "if they are there and idle, start them anew.",
    ),
    Concern(
        lambda look: bool(_dead(look.at)),
        lambda look: f"{_dead(look.at)} piece(s) of work were given up after five attempts.",
        "Open the dead letters, find in the worker's log why each failed, put that right, then give it another round.",
    ),
    Concern(
        lambda look: bool(look.at.silent),
        lambda look: f"{len(look.at.silent)} process(es) stopped without taking leave.",
        "Killed, frozen or cut off: where others of the kind are there, the work goes on. Look why (often memory). "
        "An hour later they are forgotten here.",
        grave=False,
    ),
    Concern(
        lambda look: bool(look.at.deliveries[DeliveryState.UNCERTAIN]),
        lambda look: f"{look.at.deliveries[DeliveryState.UNCERTAIN]} letter(s) may have gone out twice.",
        "A process died between sending and noting it. Nothing needs to be done; they stay counted.",
        grave=False,
    ),
    Concern(
        lambda look: len({each.version for each in look.at.here}) > 1,
        lambda look: "Processes of different versions run side by side.",
        "That is as it should be while a new version comes in. If it lasts, start the old ones anew.",
        grave=False,
    ),
)


def page(site: AdminSite) -> Callable[[HttpRequest], TemplateResponse]:
    """The page, on that site."""

    def view(request: HttpRequest) -> TemplateResponse:
        if not oversees(request):
            raise PermissionDenied
        look = Look(at=status.take(now=db_clock.present()), broker=broker.broker())
        context = {**site.each_context(request), "title": "Operations", **_fill(look)}
        answer = TemplateResponse(request, "editorial/ops/status.html", context)
        answer.headers["Cache-Control"] = "no-store, private"
        return answer

    return view


def oversees(request: HttpRequest) -> bool:
    """Whether the page is for them: administrators of the whole house."""
    return (Role.ADMIN, None) in request_user.facts(request).memberships


def _fill(look: Look) -> dict[str, Any]:
    at = look.at
    return {
        "now": at.now,
        "concerns": [(one.said(look), one.do, one.grave) for one in CONCERNS if one.holds(look)],
        "processes": [_process(each, at, silent=False) for each in at.here]
        + [_process(each, at, silent=True) for each in at.silent],
        "work": [_kind(at, kind, done) for kind, done in queue_stats.by_minute(now=at.now, minutes=_MINUTES).items()],
        "drain": at.drain,
        "last_done": _brief(at.now - at.drain.last_done_at) if at.drain.last_done_at else "",
        "dead": _dead(at),
        "dead_age": labels.span(at.oldest(MessageState.DEAD)),
        "dead_letters": f"{reverse('admin:editorial_outboxmessage_changelist')}?state__exact=dead",
        "deliveries": [(state.label, state, count) for state, count in at.deliveries.items()],
        "tasks": [(queue.label, live, late) for queue, (live, late) in at.tasks.items()],
        "broker": None if look.broker is None else f"{look.broker * 1000:.0f} ms",
    }


def _brief(length: timedelta) -> str:
    """How long, to the second while seconds matter."""
    if length >= _SECONDS_MATTER:
        return labels.span(length)
    return f"{length.total_seconds():.{1 if length < _TENTHS_MATTER else 0}f} s"


def _dead(at: Standing) -> int:
    return sum(at.count(kind, MessageState.DEAD) for kind in MessageKind)


def _process(presence: Presence, at: Standing, *, silent: bool) -> dict[str, Any]:
    working = presence.process in (ProcessKind.WORKER, ProcessKind.QUARANTINE)
    return {
        "row": presence,
        "seen": _brief(at.now - presence.seen_at),
        "running": labels.span(at.now - presence.started_at),
        "hands": f"{len(presence.doing)} of {presence.hands} busy" if working else str(presence.hands),
        "does": _DOES[ProcessKind(presence.process)],
        "silent": silent,
        "busy": ", ".join(_called(each.get("work", "")) for each in presence.doing),
    }


def _called(work: str) -> str:
    return _WORK[MessageKind(work)] if work in set(MessageKind) else _TICKS.get(work, work)


def _height(count: int, most: int) -> int:
    return max(round(22 * count / most), 2)


def _kind(at: Standing, kind: MessageKind, done: list[int]) -> dict[str, Any]:
    pace = next((pace for pace in at.paces if pace.kind is kind), None)
    most = max(max(done), 1)
    return {
        "name": _WORK[kind],
        "waits": at.count(kind, MessageState.READY) + at.count(kind, MessageState.SENT),
        "running": at.count(kind, MessageState.RUNNING),
        "waited": _brief(at.waited(kind)) if at.waited(kind) else "",
        "late": at.waited(kind) > at.drain.longest,
        "pace": " · ".join(_brief(timedelta(seconds=wait)) for wait in (pace.rung, pace.begun)) if pace else "",
        "took": pace.took if pace else 0,
        "hour": sum(done),
        "most": most,
        "bars": [
            (4 * minute, 24 - _height(count, most), _height(count, most)) for minute, count in enumerate(done) if count
        ],
    }
