"""How a delivery can fail. Only the kind of a failure is stored: an error message may quote an address or content."""

from __future__ import annotations


class DeliveryFailed(Exception):
    """Certainly not sent; a retry may succeed. `kind` names the cause without content."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class ReceiverUnavailable(DeliveryFailed):
    """Not sent, because the receiver does not answer, is overloaded or broken: other deliveries would fail as well."""


class PermanentDeliveryFailure(DeliveryFailed):
    """Not sent, and no retry can succeed."""
