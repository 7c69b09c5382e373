"""Where the processes of this machine count what they do, so that one of them can tell Prometheus of all.

Each process counts in files of its own, in a folder that its name gives; the files of one that ended are cleared when
the next of that name starts. A folder is of one machine (a container is one), for process numbers are.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

MULTIPROC_DIR_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def metrics_dir(data: Path) -> Path:
    """The folder of this machine."""
    return data / "run" / "metrics" / socket.gethostname()


def environment(data: Path, process: str) -> dict[str, str]:
    """What the environment of such a process has to say, so that it counts there."""
    return {MULTIPROC_DIR_VARIABLE: str(metrics_dir(data) / process)}


def prepare_dir(data: Path, process: str) -> None:
    """Make room for a process that is about to start."""
    counted = metrics_dir(data) / process
    counted.mkdir(parents=True, exist_ok=True)
    for file in counted.glob("*.db"):
        if not _is_running(file):
            file.unlink(missing_ok=True)


class HostCollector(Collector):
    """What all processes of this machine have counted; or this one alone, where it was not told to share."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def collect(self) -> Iterator[Any]:
        """The sums over processes."""
        if MULTIPROC_DIR_VARIABLE not in os.environ:
            yield from (each for each in REGISTRY.collect() if each.name.startswith("newsroom_"))
            return
        files = [str(file) for file in metrics_dir(self._data).glob("*/*.db")]
        yield from MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]


def _is_running(file: Path) -> bool:
    number = file.stem.rpartition("_")[2]
    return number.isdecimal() and Path(f"/proc/{number}").exists()
