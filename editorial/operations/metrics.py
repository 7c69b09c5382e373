"""Prometheus counters of the API, the admin and the workers. No label holds content, an id or caller input.

Values that PostgreSQL can provide are queried on demand instead (`queue_stats`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from prometheus_client import Counter, Histogram

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,62}")

JOBS = Histogram(
    "newsroom_job_seconds",
    "Duration of background jobs, by kind and outcome.",
    ["kind", "outcome"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60),
)
REQUESTS = Histogram(
    "newsroom_request_seconds",
    "Duration of HTTP requests, by view, method and status.",
    ["view", "method", "status"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
REFUSALS = Counter(
    "newsroom_refusals",
    "Rejected actions, by error code; gate codes are documented in “Verification”.",
    ["interface", "code"],
)


def count_rejections(interface: str, codes: Iterable[str]) -> None:
    """Count a rejected action, once per code."""
    for code in set(codes):
        REFUSALS.labels(interface, code if _CODE.fullmatch(code) else "OTHER").inc()
