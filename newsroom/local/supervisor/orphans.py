"""Finds programs left behind by an earlier run, by a mark in their environment or by their working directory."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

RUN_MARK_VARIABLE = "NEWSROOM_RUN_MARK"
"""Environment variable of every supervised program and its descendants: the folder of the run."""


def find_by_mark(mark: str) -> list[psutil.Process]:
    """Processes that carry the mark, except this one and its ancestors."""
    return [
        process for process in _other_processes() if _read(process, lambda it: it.environ()[RUN_MARK_VARIABLE]) == mark
    ]


def find_by_directory(folder: Path, program: str) -> list[psutil.Process]:
    """Processes of that program whose working directory is the folder.

    For servers that overwrite their visible environment, as PostgreSQL and Redis do.
    """
    return [
        process
        for process in _other_processes()
        if _read(process, psutil.Process.name) == program
        and _read(process, lambda it: os.path.realpath(it.cwd())) == str(folder)
    ]


def terminate(processes: list[psutil.Process], *signals: int, timeout: float = 10) -> None:
    """Send the signals in turn, waiting `timeout` seconds after each, then kill the remaining processes."""
    for number in (*signals, 9):
        for process in processes:
            try:
                process.send_signal(number)
            except psutil.NoSuchProcess:
                continue
        _, processes = psutil.wait_procs(processes, timeout=timeout)
        if not processes:
            return


def _other_processes() -> Iterator[psutil.Process]:
    me = psutil.Process()
    excluded = {me.pid, *(ancestor.pid for ancestor in me.parents())}
    for process in psutil.process_iter():
        if process.pid not in excluded:
            yield process


def _read(process: psutil.Process, attribute: Callable[[psutil.Process], str]) -> str:
    """An attribute of a process; empty if the process lacks it, has ended or belongs to another account."""
    try:
        return attribute(process)
    except (psutil.Error, OSError, KeyError):
        return ""
