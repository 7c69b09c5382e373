"""`python -m tests.proofs.load`: two newsrooms of different size, side by side. Exit code 1 if a goal is missed."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.proofs.load.requests import API_REQUESTS
from tests.support import servers

MAX_TIMES_BARE_SQL = 4.0
"""A request takes at most this many times as long as its SQL run bare and a no-op view."""
MAX_GROWTH = 1.3
"""It takes at most this many times as long with a hundred times the claims."""


def main() -> int:
    """Fill, measure, report."""
    small, large = (int(os.environ.get(name) or usual) for name, usual in (("SMALL", 10_000), ("CLAIMS", 1_000_000)))
    rounds = int(os.environ.get("ROUNDS") or 200)
    data = servers.allocate_data_folder()
    running_servers = servers.Servers(data)
    try:
        servers.wait_until_ready(data)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
        with ExitStack() as stack:
            sides = {f"{claims:,}": _prepare_database(data, claims, stack) for claims in (small, large)}
            known_to = next(iter(sides))
            baseline = stack.enter_context(
                _running_web(
                    sides[known_to]["environment"] | {"DJANGO_SETTINGS_MODULE": "tests.proofs.load.settings"},
                    "/nothing",
                )
            )
            plan = {"seed": 1, "rounds": rounds, "sides": sides, "nothing": baseline, "known_to": known_to}
            latencies = _run_locust(data, plan)
        return _report(latencies, *sides)
    finally:
        running_servers.stop()


def _prepare_database(data: Path, claims: int, stack: ExitStack) -> dict[str, Any]:
    from tests.support.live import deployment_environment

    database = f"load_{claims}"
    with psycopg.connect(servers.database_url(data, "newsroom"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}")
    environment = deployment_environment(data, database=database, redis=os.environ["REDIS_URL"]) | {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "WEB_CONCURRENCY": "1",
    }
    began = time.monotonic()
    _python(environment, "manage.py", "migrate", "--verbosity=0")
    filled = json.loads(_python(environment, "-m", "tests.proofs.load.populate", str(claims)))
    sql = json.loads(_python(environment, "-m", "tests.proofs.load.sql_capture", input_text=json.dumps(filled)))
    say(f"{claims:,} claims, filled in {time.monotonic() - began:.0f} s")
    return {
        "environment": environment,
        "address": stack.enter_context(_running_web(environment, "/health/live")),
        "database": servers.database_url(data, database),
        "house": filled,
        "sql": sql,
    }


@contextmanager
def _running_web(environment: dict[str, str], path: str) -> Iterator[str]:
    from tests.support.live import RunningProcess, free_port, wait_until

    port = free_port()
    web = RunningProcess([sys.executable, "-m", "newsroom.processes", "web"], {**environment, "PORT": str(port)})
    address = f"http://localhost:{port}"

    def answers() -> bool:
        if web.process.poll() is not None:
            raise AssertionError(web.output)
        try:
            return httpx.get(address + path, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, within=60)
        yield address
    finally:
        web.stop()


def _run_locust(data: Path, plan: dict[str, Any]) -> dict[str, list[float]]:
    written, figures = data / "plan.json", data / "figures.json"
    written.write_text(json.dumps(plan))
    command = [
        "-m",
        "locust",
        "--headless",
        "-u",
        "1",
        "-r",
        "1",
        "--only-summary",
        "-f",
        "tests/proofs/load/locustfile.py",
    ]
    _python({**os.environ, "LOAD_PLAN": str(written), "LOAD_FIGURES": str(figures)}, *command)
    percentiles: dict[str, list[float]] = json.loads(figures.read_text())
    return percentiles


def _report(latencies: dict[str, list[float]], small: str, large: str) -> int:
    p50 = {name: statistics.median(times) for name, times in latencies.items()}
    baseline, known = p50["nothing"], p50["nothing for somebody"]
    say(f"A view that does nothing: {baseline:.1f} ms; for somebody with a token: {known:.1f} ms. All at the median.")
    say(f"{'':42}{small:>12}{large:>14}{'growth':>8}{'bare':>8}{'times bare and nothing':>24}")
    missed = []
    for question in API_REQUESTS:
        asked_ms = [p50[f"{question.name} | {size} | asked"] for size in (small, large)]
        bare = p50[f"{question.name} | {large} | bare"]
        growth, times = asked_ms[1] / asked_ms[0], asked_ms[1] / (bare + baseline)
        say(
            f"{question.name:42}{asked_ms[0]:>9.1f} ms{asked_ms[1]:>11.1f} ms{growth:>8.2f}{bare:>8.1f}{times:>17.2f}"
            f" ({asked_ms[1] / (bare + known):.2f})"
        )
        if question.required and (growth > MAX_GROWTH or times > MAX_TIMES_BARE_SQL):
            missed.append(question.name)
    say("reached" if not missed else f"MISSED: {', '.join(missed)}")
    say(f"load of the machine, of so many cores: {os.getloadavg()[0]:.1f}, {os.cpu_count()}")
    return 1 if missed else 0


def _python(environment: dict[str, str], *command: str, input_text: str | None = None) -> str:
    process = subprocess.run(  # noqa: S603
        [sys.executable, *command], cwd=servers.ROOT, env=environment, input=input_text, capture_output=True, text=True
    )
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{process.stdout[-2000:]}\n{process.stderr[-4000:]}")
    return process.stdout


def say(text: str) -> None:
    """Print a line for the operator."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
