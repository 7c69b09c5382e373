"""Logging and metrics of background jobs. Log lines carry a job's id, never content."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars

from editorial.models import MessageState
from editorial.operations import metrics
from editorial.outbox import LeaseLost

log = structlog.get_logger(__name__)

_RESULTS: dict[bool | MessageState | None, str] = {
    True: "done",
    MessageState.DONE: "done",
    MessageState.READY: "failed",
    MessageState.DEAD: "failed",
    False: "nothing",
    None: "nothing",
}
_LOG_LEVELS = {"done": log.info, "nothing": log.debug}


def run(kind: str, work: Callable[[], bool | MessageState | None]) -> None:
    """Run a job; log its outcome and duration.

    `work` returns whether it did anything, or the message's state. A late or duplicate dispatch does nothing and is
    logged at debug level only.
    """
    clear_contextvars()  # values left by the previous job
    bind_contextvars(kind=kind)
    began = time.monotonic()
    try:
        outcome = _RESULTS[work()]
    except LeaseLost:
        _log_result(kind, "taken over", began, log.warning)
        raise
    except Exception as problem:
        _log_result(kind, "failed", began, log.exception, error=type(problem).__name__)
        raise
    else:
        _log_result(kind, outcome, began, _LOG_LEVELS.get(outcome, log.warning))
    finally:
        clear_contextvars()


def _log_result(kind: str, outcome: str, began: float, log_method: Callable[..., object], **more: str) -> None:
    seconds = time.monotonic() - began
    metrics.JOBS.labels(kind, outcome).observe(seconds)
    log_method("job", outcome=outcome, seconds=round(seconds, 3), **more)
