"""How a delivery can fail. What is kept of a failure is its kind: a message may quote an address or content."""

from __future__ import annotations


class DeliveryFailed(Exception):
    """It surely did not go out; another try may help. `kind` says what happened, without content."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class PermanentDeliveryFailure(DeliveryFailed):
    """It did not go out, and no other try will help."""
