"""Posts signed heads to AUDIT_HEADS_URL, in order, so that a copy is kept out of reach of this newsroom's attackers."""

from __future__ import annotations

import time
from datetime import datetime

import httpx
from django.conf import settings

from editorial import http_client
from editorial.models import AuditHead
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.ops.audit_heads.head_files import HeadFolder

# In one run; after a longer outage the next run, a minute later, continues.
_MAX_POSTS = 24
_MAX_SECONDS = 50


class NotDelivered(Exception):
    """The receiver did not accept a head; it is sent again with the next run. The message has no content."""


def send_pending(files: HeadFolder, *, now: datetime) -> int:
    """Post the heads that were not accepted yet. Return how many were. Raise NotDelivered at the first refusal."""
    if not settings.AUDIT_HEADS_URL:
        return 0
    pending = AuditHead.objects.filter(delivered_at=None).order_by("number").values_list("number", flat=True)
    last_start = time.monotonic() + max(0.0, _MAX_SECONDS - settings.EXTERNAL_CALL_SECONDS)
    delivered = 0
    for number in pending[:_MAX_POSTS]:
        if delivered and time.monotonic() >= last_start:
            break
        _post(files.read(number).to_json().encode())
        mark_delivered(number=number, now=now)
        delivered += 1
    return delivered


@atomic_action
def mark_delivered(*, number: int, now: datetime) -> None:
    """Record that the receiver accepted a head. A system action without an event."""
    AuditHead.objects.filter(number=number, delivered_at=None).update(delivered_at=now)


def _post(content: bytes) -> None:
    headers = {"content-type": "application/json", "user-agent": "Newsroom"}
    # The operator chose this address, so it may be a machine in the operator's own network.
    try:
        with http_client.request(
            "POST", httpx.URL(settings.AUDIT_HEADS_URL), headers=headers, content=content, allow_private=True
        ) as response:
            status = response.status_code
    except http_client.DestinationNotAllowed:
        raise NotDelivered("DESTINATION_NOT_ALLOWED") from None
    except http_client.RequestFailed as problem:
        raise NotDelivered(problem.kind) from None
    if not 200 <= status < 300:
        raise NotDelivered(f"HTTP_{status}")
