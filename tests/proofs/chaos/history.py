"""The history of a run: acknowledged writes, emails and webhook requests, and injected faults, one per line."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class History:
    """A file with one JSON object per line, each with its time in seconds since the start of the run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self._began = time.monotonic()

    def record(self, what: str, **details: Any) -> None:
        """Write one line. An acknowledged write is in the file before the client continues."""
        line = json.dumps({"t": round(time.monotonic() - self._began, 3), "what": what, **details})
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()

    def lines(self, *what: str) -> Iterator[dict[str, Any]]:
        """The lines of these kinds, in order."""
        with self.path.open(encoding="utf-8") as file:
            for line in map(json.loads, file):
                if line["what"] in what:
                    yield line
