"""SMTP with a total deadline: Django's backend, whose sockets a deadline watches."""

from __future__ import annotations

import smtplib
import socket
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils.module_loading import import_string

from editorial.deadlines import Deadline

_MAX_ADDRESSES = 2  # tried per server, as for HTTP


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

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        """Connect to one of the first addresses, each for at most half of the remaining time."""
        failure = OSError("The mail server has no address.")
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[:_MAX_ADDRESSES]
        for family, kind, protocol, _, address in addresses:
            opened = socket.socket(family, kind, protocol)
            self._deadline.watch(opened)
            try:
                opened.settimeout(self._limit(timeout, share=0.5))
                opened.connect(address)
            except OSError as error:
                opened.close()
                failure = error
            else:
                opened.settimeout(self._limit(timeout))
                return opened
        raise failure

    def _limit(self, timeout: float, share: float = 1.0) -> float:
        """The timeout, or this share of the remaining time."""
        return max(0.001, min(timeout, share * self._deadline.remaining()))

    def starttls(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        """Switch to TLS, which replaces the socket."""
        if self.sock is not None:
            self.sock.settimeout(self._limit(self.timeout))  # it applies to the handshake as a whole
        reply = super().starttls(*args, **options)
        if self.sock is not None:
            self._deadline.watch(self.sock)
        return reply


class _WatchedSMTPS(_WatchedSMTP, smtplib.SMTP_SSL):
    """The same with TLS from the start."""

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        opened = super()._get_socket(host, port, timeout)
        secure = self.context.wrap_socket(opened, server_hostname=host)
        self._deadline.watch(secure)
        return secure
