"""What follows when a claim gets other words."""

from __future__ import annotations

from datetime import datetime

from editorial.models import Claim, ReplyRequestClaim


def ask_again(claim: Claim, now: datetime) -> None:
    """Requests that put other words than the claim's present ones no longer count for it."""
    links = ReplyRequestClaim.objects.filter(claim=claim)
    links.filter(text=claim.text).update(reworded_at=None)
    links.filter(reworded_at=None).exclude(text=claim.text).update(reworded_at=now)
