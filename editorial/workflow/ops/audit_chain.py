"""Verification of the audit log's event chains against their hashes and against earlier heads.

Hashes prove that nothing inside a chain has changed. Truncation shows only against heads that were saved earlier and
elsewhere; every backup saves them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from editorial.models import Event

_BATCH_SIZE = 2000

Heads = Mapping[str, tuple[int, str]]
"""Stream → number and hash of its last event."""


@dataclass
class ChainReport:
    """The result of verifying every chain."""

    chains: int = 0
    events: int = 0
    errors: list[str] = field(default_factory=list)


def verify() -> ChainReport:
    """Verify number, link and hash of every event, in one pass."""
    report = ChainReport()
    stream, number, previous = "", 0, ""
    for event in Event.objects.order_by("stream", "number").iterator(chunk_size=_BATCH_SIZE):
        if event.stream != stream:
            stream, number, previous = event.stream, 0, ""
            report.chains += 1
        report.events += 1
        if event.number != number + 1:
            report.errors.append(f"{stream}: event {number + 1} is missing.")
        elif event.previous != previous:
            report.errors.append(f"{stream}: event {event.number} does not follow from the one before it.")
        if event.hash != event.compute_hash():
            report.errors.append(f"{stream}: event {event.number} was changed after it was recorded.")
        number, previous = event.number, event.hash
    return report


def heads() -> Heads:
    """Number and hash of the last event of every chain."""
    last = Event.objects.order_by("stream", "-number").distinct("stream").values_list("stream", "number", "hash")
    return {stream: (number, event_hash) for stream, number, event_hash in last}


def digest(heads: Heads) -> str:
    """SHA-256 (hex) over all heads: one line that identifies this state of the log, to print and keep."""
    lines = "".join(f"{stream} {number} {event_hash}\n" for stream, (number, event_hash) in sorted(heads.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def truncated(earlier: Heads) -> Iterator[str]:
    """Report the chains that no longer contain their earlier head."""
    streams = sorted(earlier)
    for start in range(0, len(streams), _BATCH_SIZE):
        batch = streams[start : start + _BATCH_SIZE]
        numbers = {earlier[stream][0] for stream in batch}
        rows = Event.objects.filter(stream__in=batch, number__in=numbers).values_list("stream", "number", "hash")
        stored = {(stream, number): event_hash for stream, number, event_hash in rows}
        for stream in batch:
            number, event_hash = earlier[stream]
            if (stream, number) not in stored:
                yield f"{stream}: event {number} and all later events are missing."
            elif stored[stream, number] != event_hash:
                yield f"{stream}: event {number} was replaced by another event."
