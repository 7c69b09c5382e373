"""How a delivery can fail. Only the kind of a failure is stored: an error message may quote an address or content."""

from __future__ import annotations

from datetime import timedelta


class DeliveryFailed(Exception):
    """Certainly not sent; a retry may succeed. `kind` names the cause without content.

    `status`: that of the response, if there was one. `retry_after`: the pause that the receiver asks for, if any.
    """

    def __init__(self, kind: str, *, status: int | None = None, retry_after: timedelta | None = None) -> None:
        self.kind, self.status, self.retry_after = kind, status, retry_after
        super().__init__(kind)


class ReceiverUnavailable(DeliveryFailed):
    """Not sent, because the receiver does not answer, is overloaded or broken: other deliveries would fail as well."""


class NoResponse(Exception):
    """The text was sent, and no response came: nobody knows whether it arrived."""


class PermanentDeliveryFailure(DeliveryFailed):
    """Not sent, and no retry can succeed."""
