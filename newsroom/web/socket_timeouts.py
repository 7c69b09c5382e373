"""Whoever stops taking what they asked for is not waited for: the thread that writes to them answers nobody else."""

from __future__ import annotations

from typing import Any

SOCKET_TIMEOUT = 30.0
"""For how long a caller may take nothing of what is being written to them, or send nothing of what they announced."""


def set_timeout(environ: dict[str, Any]) -> None:
    """Have reading from this caller, and writing to them, fail after that time. Gunicorn hands over the line."""
    line = environ.get("gunicorn.socket")
    if line is not None:
        line.settimeout(SOCKET_TIMEOUT)
