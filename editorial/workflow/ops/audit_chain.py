"""The chains of events as a whole: whether they hold, where they end, and whether an older end is still in them.

Hashes show that nothing inside a chain was changed. That its last events were cut off shows only against heads that
were noted earlier and kept elsewhere; every backup notes them.
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
    """What a walk through every chain has found."""

    chains: int = 0
    events: int = 0
    errors: list[str] = field(default_factory=list)


def verify() -> ChainReport:
    """Read all events in chain order, in one pass, and compare each with what it must be."""
    found = ChainReport()
    stream, number, previous = "", 0, ""
    for event in Event.objects.order_by("stream", "number").iterator(chunk_size=_BATCH_SIZE):
        if event.stream != stream:
            stream, number, previous = event.stream, 0, ""
            found.chains += 1
        found.events += 1
        if event.number != number + 1:
            found.errors.append(f"{stream}: event {number + 1} is missing.")
        elif event.previous != previous:
            found.errors.append(f"{stream}: event {event.number} does not follow from the one before it.")
        if event.hash != event.compute_hash():
            found.errors.append(f"{stream}: event {event.number} has been changed since it was recorded.")
        number, previous = event.number, event.hash
    return found


def heads() -> Heads:
    """The last event of every chain."""
    last = Event.objects.order_by("stream", "-number").distinct("stream").values_list("stream", "number", "hash")
    return {stream: (number, sealed) for stream, number, sealed in last}


def digest(heads: Heads) -> str:
    """SHA-256 (hex) over all heads: a line that can be printed and kept, which no other record has."""
    lines = "".join(f"{stream} {number} {sealed}\n" for stream, (number, sealed) in sorted(heads.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def truncated(earlier: Heads) -> Iterator[str]:
    """Where the record no longer holds what was the end of a chain earlier."""
    streams = sorted(earlier)
    for start in range(0, len(streams), _BATCH_SIZE):
        some = streams[start : start + _BATCH_SIZE]
        ends = {earlier[stream][0] for stream in some}
        rows = Event.objects.filter(stream__in=some, number__in=ends).values_list("stream", "number", "hash")
        there = {(stream, number): sealed for stream, number, sealed in rows}
        for stream in some:
            number, sealed = earlier[stream]
            if (stream, number) not in there:
                yield f"{stream}: event {number} was there and is gone, and whatever followed it."
            elif there[stream, number] != sealed:
                yield f"{stream}: event {number} is another one than it was."
