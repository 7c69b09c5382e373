"""How log lines look, and what they must never carry.

PostgreSQL repeats the offending row in the DETAIL and CONTEXT of an error; in a newsroom that is content, possibly a
confidential one. Such lines are cut from every record before it is written anywhere.
"""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

_ROW_CONTENT = re.compile(r"^(DETAIL|CONTEXT|HINT|LINE \d+|PARAMETERS):.*?(?=^\S+:|\Z)", re.MULTILINE | re.DOTALL)


def without_row_content(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Cut the parts of database errors that quote stored values."""
    for key in ("event", "exception"):
        text = event.get(key)
        if isinstance(text, str) and "DETAIL" in text:
            event[key] = _ROW_CONTENT.sub("[row content withheld]\n", text)
    return event


def formatter(*, as_json: bool) -> logging.Formatter:
    """One formatter for our own and for libraries' records: JSON for machines, a plain line for people."""
    last = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_row_content,
            last,
        ],
    )
