"""SMTP with a total deadline: Django's backend, whose sockets a deadline watches."""

from __future__ import annotations

import smtplib
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils.module_loading import import_string

from editorial.deadlines import Deadline


def connection(deadline: Deadline) -> BaseEmailBackend:
    """A connection to the configured backend. If it speaks SMTP, the deadline watches it."""
    if import_string(settings.EMAIL_BACKEND) is EmailBackend:
        return _WatchedBackend(deadline)
    return get_connection()


class _WatchedBackend(EmailBackend):
    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    @property
    def connection_class(self) -> Any:
        """What Django calls with host and port."""
        return partial(_WatchedSMTPS if self.use_ssl else _WatchedSMTP, self._deadline)


class _WatchedSMTP(smtplib.SMTP):
    def __init__(self, deadline: Deadline, *args: Any, **options: Any) -> None:
        self._deadline = deadline
        super().__init__(*args, **options)

    def _get_socket(self, *args: Any) -> Any:
        opened = super()._get_socket(*args)  # type: ignore[misc]
        self._deadline.watch(opened)
        return opened

    def starttls(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        """Switch to TLS, which replaces the socket."""
        reply = super().starttls(*args, **options)
        if self.sock is not None:
            self._deadline.watch(self.sock)
        return reply


class _WatchedSMTPS(_WatchedSMTP, smtplib.SMTP_SSL):
    """The same with TLS from the start."""
