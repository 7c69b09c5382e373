"""Jobs: what is told and measured of each piece of background work. Its log lines carry its id, and no content."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars

from editorial.models import MessageState
from editorial.operations import metrics
from editorial.outbox import LeaseLost

log = structlog.get_logger(__name__)

_OUTCOMES: dict[bool | MessageState | None, str] = {
    True: "done",
    MessageState.DONE: "done",
    MessageState.READY: "failed",
    MessageState.DEAD: "failed",
    False: "nothing",
    None: "nothing",
}
_TELL = {"done": log.info, "nothing": log.debug}


def do(kind: str, work: Callable[[], bool | MessageState | None]) -> None:
    """Do the work; tell how it ended and how long it took.

    `work` returns whether anything was done, or where its message stands now. A ring that came late or twice does
    nothing, and is not worth a line.
    """
    clear_contextvars()  # whatever the job before left
    bind_contextvars(kind=kind)
    began = time.monotonic()
    try:
        outcome = _OUTCOMES[work()]
    except LeaseLost:
        _tell(kind, "taken over", began, log.warning)
        raise
    except Exception as problem:
        _tell(kind, "failed", began, log.exception, error=type(problem).__name__)
        raise
    else:
        _tell(kind, outcome, began, _TELL.get(outcome, log.warning))
    finally:
        clear_contextvars()


def _tell(kind: str, outcome: str, began: float, tell: Callable[..., object], **more: str) -> None:
    seconds = time.monotonic() - began
    metrics.JOBS.labels(kind, outcome).observe(seconds)
    tell("job", outcome=outcome, seconds=round(seconds, 3), **more)
