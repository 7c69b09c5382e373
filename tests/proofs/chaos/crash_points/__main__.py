"""`python -m tests.proofs.chaos.crash_points [operation …]`: every crash point of every write, one line per write."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from tests.support import servers

servers.allocate_data_folder()
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"

import django  # noqa: E402

from tests.proofs.chaos.crash_points.runner import CrashPointResult, CrashPointRunner  # noqa: E402
from tests.proofs.chaos.crash_points.writes import WRITE_CASES  # noqa: E402


def main() -> int:
    """Run them. Exit code 1 if anything was lost or duplicated after any crash."""
    parser = argparse.ArgumentParser(prog="python -m tests.proofs.chaos.crash_points", description=__doc__)
    parser.add_argument("operations", nargs="*", choices=[*WRITE_CASES, []], help="all, unless named")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fault", default="", help="a fault to inject, one of tests/proofs/chaos/injected_faults")
    parser.add_argument("--every", type=int, default=1, help="try only every so many moments")
    options = parser.parse_args()
    began = time.monotonic()
    data = Path(os.environ["NEWSROOM_DATA"])
    running = servers.Servers(data)
    try:
        servers.wait_until_ready(data)
        outcomes = _run_all(data, options.operations or list(WRITE_CASES), options)
    finally:
        running.stop()
    problems = sum(bool(outcome.problems) for outcome in outcomes)
    points = sum(outcome.points for outcome in outcomes)
    print(  # noqa: T201
        f"{len(outcomes)} writes, killed at {points} moments in {time.monotonic() - began:.0f} s: "
        f"{f'{problems} do not hold.' if problems else 'nothing lost, no twins.'}"
    )
    return 1 if problems else 0


def _run_all(data: Path, operations: list[str], options: argparse.Namespace) -> list[CrashPointResult]:
    from tests.proofs.chaos.system import fault_environment
    from tests.support import schema

    django.setup()
    with tempfile.TemporaryDirectory() as cache:
        schema.make_template(data, Path(cache))
    benches: SimpleQueue[CrashPointRunner] = SimpleQueue()
    for number in range(options.jobs):
        benches.put(
            CrashPointRunner(data, schema.TEMPLATE, name=str(number), environment=fault_environment(options.fault))
        )
    with ThreadPoolExecutor(options.jobs) as pool:
        return list(pool.map(partial(_run_one, benches, options.every), operations))


def _run_one(benches: SimpleQueue[CrashPointRunner], every: int, operation: str) -> CrashPointResult:
    bench = benches.get()
    try:
        outcome = bench.run(WRITE_CASES[operation], every=every)
    finally:
        benches.put(bench)
    print(f"  {operation:<26}{outcome.points:>4} moments  {len(outcome.problems) or 'ok'}", flush=True)  # noqa: T201
    for problem in outcome.problems[:10]:
        print(f"      {problem}", flush=True)  # noqa: T201
    return outcome


if __name__ == "__main__":
    sys.exit(main())
