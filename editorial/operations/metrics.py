"""Meters: what the doors count for Prometheus while they work. No label holds content, an id, or what a caller chose.

What can be asked of PostgreSQL is not counted here, but asked when it is wanted (`queues`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from prometheus_client import Counter, Histogram

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,62}")

JOBS = Histogram(
    "newsroom_job_seconds",
    "How long jobs of the background took, by kind and by how they ended.",
    ["kind", "outcome"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60),
)
REQUESTS = Histogram(
    "newsroom_request_seconds",
    "How long requests took, by view, method and status.",
    ["view", "method", "status"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
REFUSALS = Counter(
    "newsroom_refusals",
    "Reasons for which a verb was refused, by its code; those of the gate are the codes of “Verification”.",
    ["door", "code"],
)


def count_rejections(interface: str, codes: Iterable[str]) -> None:
    """Count a refusal: once for each of its codes."""
    for code in set(codes):
        REFUSALS.labels(interface, code if _CODE.fullmatch(code) else "OTHER").inc()
