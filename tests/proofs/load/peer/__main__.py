"""`python -m tests.proofs.load.peer`: Newsroom beside Wagtail, in one run. Exit code 1 if Newsroom is slower anywhere.

PEER_VENV: an environment with Wagtail; it is made if it is not there. ROUNDS: operations of each kind.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.support import servers

OPERATIONS = ("submit", "queue page", "approve", "approve and publish")
CLIENTS = 8
_HERE = Path(__file__).parent
_PACKAGES = ("wagtail", "psycopg[binary]", "gunicorn")
# As the newsroom's own web process: one process of four threads.
_GUNICORN = ("--workers=1", "--threads=4", "--log-level=error", "--timeout=60")


def main() -> int:
    """Set both up, let them take turns, report."""
    rounds = int(os.environ.get("ROUNDS") or 20)
    data = servers.allocate_data_folder()
    running_servers = servers.Servers(data)
    try:
        servers.wait_until_ready(data)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
        with ExitStack() as stack:
            sides = [_newsroom(data, rounds, stack), _wagtail(data, rounds, stack)]
            measured = {
                "in process": _in_turn(sides, rounds, lambda side, name: side.ask("operate", name)),
                "HTTP, one client": _in_turn(sides, rounds, lambda side, name: _timed_request(side, name)),
                f"HTTP, {CLIENTS} clients": _at_once(sides, rounds),
            }
        return _report(measured)
    finally:
        running_servers.stop()


class Side:
    """A product: its process for operations in process, and its web server."""

    def __init__(self, command: list[str], environment: dict[str, str], address: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            command, cwd=servers.ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._headers = self._answer()
        self._client = httpx.Client(base_url=address, trust_env=False, timeout=60)

    def ask(self, what: str, name: str) -> Any:
        """Have its process do something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([what, name]) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def send(self, request: dict[str, Any]) -> None:
        """Send a request, and what follows it."""
        body = {key: request[key] for key in ("json", "data") if key in request}
        for path in filter(None, (request["path"], request.get("then"))):
            response = self._client.request(
                request["method"], path, headers=self._headers[request["as"]], **body, follow_redirects=False
            )
            # Wagtail redirects after a form; a page with the form again means that it refused.
            refused = request["method"] == "POST" and "data" in request and response.status_code != 302
            if response.status_code >= 400 or refused:
                raise AssertionError(f"{path}: {response.status_code} {response.text[:2000]}")

    def close(self) -> None:
        """End its process."""
        self._client.close()
        self._process.terminate()
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError("A side ended; see its output above.")
        return json.loads(line)


def _newsroom(data: Path, rounds: int, stack: ExitStack) -> Side:
    from tests.proofs.load.__main__ import _running_web
    from tests.support.live import deployment_environment

    _create_database(data, "peer_newsroom")
    environment = deployment_environment(data, database="peer_newsroom", redis=os.environ["REDIS_URL"])
    environment |= {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "WEB_CONCURRENCY": "1", "PYTHONPATH": str(_HERE)}
    _run([sys.executable, "manage.py", "migrate", "--verbosity=0"], environment)
    address = stack.enter_context(_running_web(environment, "/health/live"))
    return _started(stack, sys.executable, "newsroom_side", rounds, environment, address)


def _wagtail(data: Path, rounds: int, stack: ExitStack) -> Side:
    python = _peer_python(data)
    _create_database(data, "peer_wagtail")
    url = servers.database_url(data, "peer_wagtail")
    with psycopg.connect(url) as connection:
        info = connection.info
        host, user, password = info.host, info.user, info.password
    environment = {
        **os.environ,
        "PEER_DATABASE_URL": f"postgres://{user}:{password}@/peer_wagtail",
        "PEER_DATABASE_HOST": host,
        "PYTHONPATH": str(_HERE),
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    migrate = "import wagtail_side; from django.core.management import call_command as call"
    _run([python, "-c", f"{migrate}; call('migrate', run_syncdb=True, verbosity=0)"], environment)
    address = stack.enter_context(_running_gunicorn(python, environment))
    return _started(stack, python, "wagtail_side", rounds, environment, address)


def _started(
    stack: ExitStack, python: str, module: str, rounds: int, environment: dict[str, str], address: str
) -> Side:
    command = [python, str(_HERE / "side_process.py"), module, str(3 * rounds + 3)]
    side = Side(command, environment, address)
    stack.callback(side.close)
    return side


def _peer_python(data: Path) -> str:
    folder = Path(os.environ.get("PEER_VENV") or data / "peer-venv")
    if not (folder / "bin" / "python").exists():
        _run([sys.executable, "-m", "venv", str(folder)], dict(os.environ))
        _run([str(folder / "bin" / "pip"), "install", "-q", *_PACKAGES], dict(os.environ))
    return str(folder / "bin" / "python")


@contextmanager
def _running_gunicorn(python: str, environment: dict[str, str]) -> Iterator[str]:
    from tests.support.live import RunningProcess, free_port, wait_until

    port = free_port()
    command = [python, "-m", "gunicorn", "wagtail_side:application", f"--bind=127.0.0.1:{port}", *_GUNICORN]
    web = RunningProcess(command, environment)
    address = f"http://localhost:{port}"

    def answers() -> bool:
        if web.process.poll() is not None:
            raise AssertionError(web.output)
        try:
            return httpx.get(f"{address}/admin/login/", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, within=60)
        yield address
    finally:
        web.stop()


def _create_database(data: Path, name: str) -> None:
    with psycopg.connect(servers.database_url(data, "newsroom"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")


def _run(command: list[str], environment: dict[str, str]) -> None:
    outcome = subprocess.run(command, cwd=servers.ROOT, env=environment, capture_output=True, text=True)  # noqa: S603
    if outcome.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{outcome.stdout[-2000:]}\n{outcome.stderr[-4000:]}")


Figures = dict[str, tuple[float, float]]
"""For each operation, milliseconds in Newsroom and in Wagtail."""


def _in_turn(sides: list[Side], rounds: int, measure: Callable[[Side, str], float]) -> Figures:
    """The median of each side's times, which take turns; the first is not counted."""
    figures: Figures = {}
    for name in OPERATIONS:
        times: list[list[float]] = [[], []]
        for _ in range(rounds + 1):
            for number in random.sample((0, 1), 2):
                times[number].append(measure(sides[number], name))
        figures[name] = (1000 * statistics.median(times[0][1:]), 1000 * statistics.median(times[1][1:]))
    return figures


def _timed_request(side: Side, name: str) -> float:
    request = side.ask("request", name)
    began = time.perf_counter()
    side.send(request)
    return time.perf_counter() - began


def _at_once(sides: list[Side], rounds: int) -> Figures:
    """Milliseconds per operation while eight clients send them."""
    figures: Figures = {}
    for name in OPERATIONS:
        spent = [0.0, 0.0]
        done = 0
        while done < rounds:
            batch = min(CLIENTS, rounds - done)
            for number in random.sample((0, 1), 2):
                requests = [sides[number].ask("request", name) for _ in range(batch)]
                began = time.perf_counter()
                with ThreadPoolExecutor(CLIENTS) as pool:
                    list(pool.map(sides[number].send, requests))
                spent[number] += time.perf_counter() - began
            done += batch
        figures[name] = (1000 * spent[0] / rounds, 1000 * spent[1] / rounds)
    return figures


def _report(measured: dict[str, Figures]) -> int:
    slower = []
    for how, figures in measured.items():
        for name, (newsroom, wagtail) in figures.items():
            say(f"{how:16} {name:20} {newsroom:8.1f} ms {wagtail:8.1f} ms {newsroom / wagtail:6.2f}")
            slower += [f"{name} ({how})"] if newsroom > wagtail else []
    say(f"MISSED: {', '.join(slower)}" if slower else "reached: Newsroom is ahead in every operation")
    say(f"load of the machine, of so many cores: {os.getloadavg()[0]:.1f}, {os.cpu_count()}")
    return 1 if slower else 0


def say(text: str) -> None:
    """Print a line for the operator."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
