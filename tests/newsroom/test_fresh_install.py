"""A newcomer's first five minutes: a clone in a folder closed to others, no compiler, and `make up`, twice."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from newsroom.local import locations, postgres
from newsroom.local.supervisor import orphans
from tests.support.live import RunningProcess, clean_environment, free_port, wait_until
from tests.support.servers import ROOT

pytestmark = pytest.mark.rehearsal

_COMPILERS = re.compile(r"(.*-)?(cc|gcc|g\+\+|c\+\+|clang|clang\+\+)(-\d+)?$")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A clone of the last commit where only its owner may go, with a space in its path."""
    closed = tmp_path_factory.mktemp("closed", numbered=True)
    closed.chmod(0o700)
    clone = closed / "the newsroom"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)  # noqa: S603, S607
    yield clone
    if (home := locations.servers_dir(clone / "data")).is_dir():
        shutil.rmtree(home)


@pytest.fixture(scope="module")
def without_compiler(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH with every program of this machine except compilers."""
    folder = tmp_path_factory.mktemp("bin")
    for path in reversed(os.environ["PATH"].split(os.pathsep)):
        for program in Path(path).glob("*"):
            if not _COMPILERS.match(program.name):
                (folder / program.name).unlink(missing_ok=True)
                (folder / program.name).symlink_to(program)
    return str(folder)


def _make(target: str, checkout: Path, path: str, port: int) -> RunningProcess:
    index = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    environment = clean_environment(**index, PATH=path, PORT=str(port), PYTHON=sys.executable)
    command = ["sh", "-c", f"umask 077; exec make {target}"]
    return RunningProcess(command, environment, checkout)


def _processes(checkout: Path) -> list[psutil.Process]:
    data = checkout / "data"
    return [*orphans.find_by_mark(str(data)), *orphans.find_by_directory(postgres.cluster_dir(data), "postgres")]


def test_make_up_starts_a_newsroom_again_after_a_kill(checkout: Path, without_compiler: str) -> None:
    assert shutil.which("cc", path=without_compiler) is None
    port = free_port()
    first = _make("up", checkout, without_compiler, port)
    output = first.wait_for_output("Newsroom is running at", within=900)
    assert httpx.get(f"http://localhost:{port}/health/ready").status_code == 200
    before_the_table = output[: output.index("Sign in as")].strip().splitlines()
    assert len(before_the_table) <= 6, output
    assert "WARNING" not in output
    assert output.count("password") == 1

    supervisor = psutil.Process(int(re.findall(r"process (\d+)", (checkout / "data" / "up.lock").read_text())[0]))
    for process in [supervisor, *_processes(checkout)]:
        if process.is_running():
            process.kill()
    first.wait_for_exit()

    second = _make("up", checkout, without_compiler, port)
    second.wait_for_output("Newsroom is running at", within=120)
    played = _make("demo", checkout, without_compiler, port)
    assert played.wait_for_exit(within=900) == 0, played.output
    psutil.Process(int(re.findall(r"process (\d+)", (checkout / "data" / "up.lock").read_text())[0])).send_signal(
        signal.SIGINT
    )
    assert second.wait_for_exit() == 0, second.output
    wait_until(lambda: not _processes(checkout), within=10)
