"""Socket timeouts: a client that stops reading or sending would block its thread for all others."""

from __future__ import annotations

from typing import Any

SOCKET_TIMEOUT = 30.0
"""Seconds without progress in reading or writing before a connection is closed."""


def set_timeout(environ: dict[str, Any]) -> None:
    """Set the timeout on the socket of this request, which gunicorn passes in the environment."""
    connection = environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SOCKET_TIMEOUT)
