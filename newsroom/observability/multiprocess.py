"""Shared metric files, so that one process of this machine can report the metrics of all.

Each process writes its own files into a folder named after the process. Files of ended processes are removed when the
next process of that name starts. The folder belongs to one machine or container, since it is keyed by process id.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from prometheus_client import REGISTRY
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

MULTIPROC_DIR_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def metrics_dir(data: Path) -> Path:
    """The metrics folder of this machine."""
    return data / "run" / "metrics" / socket.gethostname()


def environment(data: Path, process: str) -> dict[str, str]:
    """The environment variables that make a process write its metrics there."""
    return {MULTIPROC_DIR_VARIABLE: str(metrics_dir(data) / process)}


def prepare_dir(data: Path, process: str) -> None:
    """Create the folder of a process that is about to start, and remove files of ended processes."""
    folder = metrics_dir(data) / process
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        pid = file.stem.rpartition("_")[2]
        if not (pid.isdecimal() and psutil.pid_exists(int(pid))):
            file.unlink(missing_ok=True)


class HostCollector(Collector):
    """Collects the metrics of all processes on this machine; without a shared folder, of this process only."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def collect(self) -> Iterator[Any]:
        """The sums over all processes."""
        if MULTIPROC_DIR_VARIABLE not in os.environ:
            yield from (metric for metric in REGISTRY.collect() if metric.name.startswith("newsroom_"))
            return
        files = [str(file) for file in metrics_dir(self._data).glob("*/*.db")]
        yield from MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
