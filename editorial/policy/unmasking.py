"""Revealing a name takes two people: who may approve a request, and whether it may be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

REQUEST_LIFETIME = timedelta(hours=1)
"""How long a request can be approved and used."""

DENIALS = {
    "FOUR_EYES": "Another person must approve your request.",
    "SHARED_CONTROL": "One of you created the other's account or set its password. A third person must approve.",
    "EXPIRED": "This request has expired or was used. Ask for a new one.",
    "APPROVED": "This request is already approved.",
}
"""The codes of denials, and what people read."""


@dataclass(frozen=True, slots=True)
class UnmaskRequestFacts:
    """A request: its people, its end, and what has happened to it."""

    requested_by: str
    expires_at: datetime
    approved: bool = False
    used: bool = False


def denial_of_approval(
    request: UnmaskRequestFacts, actor: str, now: datetime, *, shared_control: bool = False
) -> str | None:
    """Why the actor cannot approve the request; None if they can.

    `shared_control`: whether the requester or the actor may control the other's account.
    """
    if request.requested_by == actor:
        return "FOUR_EYES"
    if shared_control:
        return "SHARED_CONTROL"
    if request.used or request.expires_at <= now:
        return "EXPIRED"
    return "APPROVED" if request.approved else None


def is_usable(request: UnmaskRequestFacts, actor: str, now: datetime) -> bool:
    """Whether the actor may open the vault with this request."""
    return request.approved and not request.used and request.requested_by == actor and now < request.expires_at
