"""The supervisor replaces running programs by new ones."""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path

from newsroom.local.supervisor import Console, Program, Supervisor

_WORKS = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
_BREAKS = "raise SystemExit(3)"


def _program(folder: Path, number: str, code: str, *, overlaps: bool = True) -> Program:
    file = folder / number
    return Program(
        "one", [sys.executable, "-c", code, str(file)], is_ready=file.exists, stop_timeout=5, allows_overlap=overlaps
    )


async def _replace(folder: Path, successor: Program) -> tuple[str, list[str], str]:
    """The error, the files of the running programs, and the console output."""
    output = io.StringIO()
    first = _program(folder, "first", _WORKS)
    async with Supervisor(mark=str(folder), working_dir=folder, console=Console(output)) as supervisor:
        supervisor.start(first)
        while not first.is_ready():
            await asyncio.sleep(0.05)
        broken = await supervisor.replace(successor)
        assert not supervisor.failed_program.done()
        running = [process.program.command[-1] for group in supervisor._groups for process in group if process.process]
    return broken, running, output.getvalue()


def test_the_old_process_stops_once_the_new_one_is_ready(tmp_path: Path) -> None:
    broken, running, _ = asyncio.run(_replace(tmp_path, _program(tmp_path, "second", _WORKS)))
    assert broken == ""
    assert running == [str(tmp_path / "second")]


def test_the_old_process_stops_first_if_two_cannot_overlap(tmp_path: Path) -> None:
    successor = _program(tmp_path, "second", _WORKS, overlaps=False)
    broken, running, _ = asyncio.run(_replace(tmp_path, successor))
    assert broken == ""
    assert running == [str(tmp_path / "second")]


def test_the_old_process_continues_if_the_new_one_fails(tmp_path: Path) -> None:
    broken, running, output = asyncio.run(_replace(tmp_path, _program(tmp_path, "second", _BREAKS)))
    assert broken == "one"
    assert running == [str(tmp_path / "first")]
    assert "exited with code 3" in output
