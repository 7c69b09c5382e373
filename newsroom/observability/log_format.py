"""Log format, and removal of content that logs must never carry.

A newsroom's content may be confidential, and exception messages quote it: PostgreSQL the offending row, Django the
invalid value. So an exception is logged by its types and code locations only; and where libraries log parts of a
request, the line is cut.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator, MutableMapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import structlog

current_request: ContextVar[Any] = ContextVar("current_request", default=None)
"""The current request; None outside of one."""

Event = MutableMapping[str, Any]

_ROW_CONTENT = re.compile(r"^(DETAIL|CONTEXT|HINT|LINE \d+|PARAMETERS):.*?(?=^\S+:|\Z)", re.MULTILINE | re.DOTALL)
# Lines of these loggers quote the request: a host, an address, a cookie.
_LOGGERS_QUOTING_REQUESTS = ("django.security", "django.request", "django.server")


def add_user(_logger: Any, _name: str, event: Event) -> Event:
    """Add the id of the user, if it is already known; it is never queried for this."""
    user = getattr(current_request.get(), "__dict__", {}).get("user")
    if (wrapped := getattr(user, "_wrapped", user)) is not None and (key := getattr(wrapped, "pk", None)):
        event.setdefault("user", str(key))
    return event


def strip_row_content(_logger: Any, _name: str, event: Event) -> Event:
    """Cut the parts of database errors that quote stored values."""
    text = event.get("event")
    if isinstance(text, str) and "DETAIL" in text:
        event["event"] = _ROW_CONTENT.sub("[row content withheld]\n", text)
    return event


def strip_request_content(_logger: Any, _name: str, event: Event) -> Event:
    """Replace a line that quotes a request; the logger's name still tells what kind of request was refused."""
    if str(event.get("logger", "")).startswith(_LOGGERS_QUOTING_REQUESTS):
        event["event"] = "a request was refused"
    return event


def format_exception(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """An exception and its causes: types, code locations, and error codes of the database and the operating system."""
    return "\n".join(_exception_lines(exc_info[1], visited=set()))


def _exception_lines(problem: BaseException | None, visited: set[int]) -> Iterator[str]:
    if problem is None or id(problem) in visited:
        return
    visited.add(id(problem))
    cause = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    if cause is not None:
        yield from _exception_lines(cause, visited)
        yield "which led to"
    for frame in traceback.extract_tb(problem.__traceback__):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        yield f"    {frame.line}"
    yield f"{type(problem).__module__}.{type(problem).__qualname__}{_error_codes(problem)}"


def _error_codes(problem: BaseException) -> str:
    constraint = getattr(getattr(problem, "diag", None), "constraint_name", None)
    codes = [getattr(problem, "sqlstate", None), constraint, getattr(problem, "errno", None)]
    return f" ({', '.join(str(code) for code in codes if code)})" if any(codes) else ""


def formatter(*, as_json: bool) -> logging.Formatter:
    """A formatter for our own and for libraries' records: JSON for machines, plain lines for people."""
    last = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            add_user,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            strip_request_content,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(format_exception),
            strip_row_content,
            last,
        ],
    )
