"""Redis is down for minutes: writes are as fast as before, and the backlog is done soon after."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

import httpx

from editorial.management.demo import loader
from tests.proofs.chaos.scenarios import scenario
from tests.proofs.chaos.scenarios.scenario import Scenario
from tests.proofs.chaos.system import wait_until

CLAIMS_PER_SECOND = 1.0  # claims per second, each with a statement: two writes
NORMAL = 40.0  # seconds of measurement before the outage
MAX_LATENCY = 2.0  # times the normal p95
DRAINED_WITHIN = 60.0  # seconds


def run(on: Scenario) -> None:
    """Measure, stop Redis, measure again, start it and wait for the backlog."""
    from tests.proofs.chaos.scenarios import outbox_stats
    from tests.proofs.chaos.scenarios.load import LoadGenerator

    load = LoadGenerator(on.system, rate=CLAIMS_PER_SECOND)
    outbox_stats.wait_until_drained()
    load.log_in()
    load.start()
    time.sleep(10)  # until every process has run a job
    on.log("normal …")
    before = _phase(min(NORMAL, on.seconds))
    redis = scenario.kill_and_hold(on.system, "redis")
    on.log("without Redis …")
    without = _phase(on.seconds)
    signed_in = _sign_in(on)
    waiting = outbox_stats.remaining()
    on.system.processes.start(redis)
    began, back = time.monotonic(), datetime.now(UTC)
    on.log(f"Redis is back, {waiting} messages wait …")
    wait_until(lambda: outbox_stats.remaining(before=back) == 0, "what piled up is done", within=10 * DRAINED_WITHIN)
    drained = time.monotonic() - began
    load.stop()
    wait_until(lambda: outbox_stats.remaining() == 0, "what followed is done", within=10 * DRAINED_WITHIN)
    settled = time.monotonic() - began

    for path in ("/claims", "/statements"):
        normal, changed = load.latencies(*before, path), load.latencies(*without, path)
        ratio = outbox_stats.percentile(changed, 95) / outbox_stats.percentile(normal, 95)
        on.report(f"POST {path}, normal", outbox_stats.format_latencies(normal))
        on.report(
            f"POST {path}, without Redis",
            f"{outbox_stats.format_latencies(changed)}; p95 is {ratio:.2f} times the normal",
        )
        on.goal(f"p95 of POST {path} is under {MAX_LATENCY:g} times the normal", reached=ratio < MAX_LATENCY)
    on.report("writes that failed without Redis", len(load.failed(*without)))
    on.goal("no write failed", reached=not load.failed(before[0], time.monotonic()))
    on.report("signing in without Redis", f"{signed_in:.1f} s")
    on.report("messages that waited when Redis came back", waiting)
    on.report("done after", f"{drained:.1f} s, while the load went on; with what followed from it {settled:.1f} s")
    on.goal(f"what piled up is done within {DRAINED_WITHIN:g} s", reached=drained <= DRAINED_WITHIN)


def _phase(seconds: float) -> tuple[float, float]:
    began = time.monotonic()
    time.sleep(seconds)
    return began, time.monotonic()


def _sign_in(on: Scenario) -> float:
    """The time to sign in, where attempts are counted in Redis; seconds."""
    began = time.monotonic()
    known = {"username": "felix", "password": loader.PASSWORD}
    httpx.post(f"{on.system.address}/api/v1/tokens", json=known, timeout=60, trust_env=False).raise_for_status()
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(scenario.main(run, minutes=10))
