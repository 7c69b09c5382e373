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
    started_at = time.monotonic()
    try:
        result = _RESULTS[work()]
    except LeaseLost:
        _log_result(kind, "taken over", started_at, log.warning)
        raise
    except Exception as error:
        _log_result(kind, "failed", started_at, log.exception, error=type(error).__name__)
        raise
    else:
        _log_result(kind, result, started_at, _LOG_LEVELS.get(result, log.warning))
    finally:
        clear_contextvars()


def _log_result(kind: str, outcome: str, started_at: float, log_method: Callable[..., object], **more: str) -> None:
    seconds = time.monotonic() - started_at
    metrics.JOBS.labels(kind, outcome).observe(seconds)
    log_method("job", outcome=outcome, seconds=round(seconds, 3), **more)
