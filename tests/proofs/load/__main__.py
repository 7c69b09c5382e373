"""`python -m tests.proofs.load`: two newsrooms of different size, side by side. Exit code 1 if a goal is missed."""

from __future__ import annotations

import os
import statistics
import sys
from contextlib import ExitStack

from tests.support import servers

_DATA = servers.allocate_data_folder()  # before any settings are read
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402

from tests.proofs.load import measurements as measuring  # noqa: E402
from tests.proofs.load.measurements import NOTHING, NOTHING_FOR_SOMEBODY, Timings, say  # noqa: E402

MAX_GROWTH = 1.3
"""A question or action takes at most this many times as long with a hundred times the claims …"""
NOTICEABLE, NOTICEABLE_FILTERED = 3.0, 10.0
"""… or at most so many milliseconds more; a filter by what a hundredth of rows have passes over some."""
MAX_TIMES_BARE_SQL = 3.0
"""A request of the API takes at most this many times as long as its SQL run bare and a view that does nothing."""
MAX_HOME = 150.0
"""Milliseconds of anybody's home page."""


def main() -> int:
    """Fill, measure, report."""
    sizes = [int(os.environ.get(name) or usual) for name, usual in (("SMALL", 10_000), ("CLAIMS", 1_000_000))]
    settings.SECOND_FACTOR_ROLES, settings.ALLOWED_HOSTS = [], ["testserver"]
    running_servers = servers.Servers(_DATA)
    try:
        servers.wait_until_ready(_DATA)
        with ExitStack() as stack:
            sides = [stack.enter_context(measuring.filled_side(_DATA, claims)) for claims in sizes]
            nothing = stack.enter_context(measuring.running_nothing(_DATA, sides[-1]))
            timings = measuring.measure(sides, nothing, rounds=int(os.environ.get("ROUNDS") or 10))
            rates = measuring.throughput(sides[-1], nothing)
        missed = _report_growth(timings, *(side.name for side in sides)) + _report_reads(timings, sides[-1].name)
        for name, rate in rates.items():
            say(f"{name:100}{rate:>6.0f} a second for eight clients, {rate / rates[NOTHING_FOR_SOMEBODY]:.2f}")
        say("\n".join(("MISSED:", *missed)) if missed else "reached")
        say(f"load of the machine, of so many cores: {os.getloadavg()[0]:.1f}, {os.cpu_count()}")
        return 1 if missed else 0
    finally:
        running_servers.stop()


def _report_growth(timings: Timings, small: str, large: str) -> list[str]:
    """Everything at both sizes, what grows most last."""
    names = {name.removesuffix(f" | {large}") for name in timings if name.endswith(f" | {large}")}
    medians = {name: [statistics.median(timings[f"{name} | {size}"]) for size in (small, large)] for name in names}
    missed = []
    say(f"{'':100}{small:>12}{large:>14}{'growth':>8}")
    for name, (before, after) in sorted(medians.items(), key=lambda item: item[1][1] / item[1][0]):
        say(f"{name:100}{before:>9.1f} ms{after:>11.1f} ms{after / before:>8.2f}")
        if after > MAX_GROWTH * before and after - before > (NOTICEABLE_FILTERED if "?" in name else NOTICEABLE):
            missed.append(f"{name}: {before:.1f} ms, then {after:.1f} ms")
        if name.startswith("/admin/ as ") and after > MAX_HOME:
            missed.append(f"{name}: {after:.0f} ms")
    return missed


def _report_reads(timings: Timings, large: str) -> list[str]:
    """Reads of the API beside their SQL run bare and a view that does nothing."""
    baseline, known = (statistics.median(timings[name]) for name in (NOTHING, NOTHING_FOR_SOMEBODY))
    say(f"A view that does nothing: {baseline:.1f} ms; for somebody with a token: {known:.1f} ms.")
    missed = []
    for name in measuring.COMPARED:
        asked, bare = (statistics.median(timings[f"{name} | {large}{suffix}"]) for suffix in ("", " | bare"))
        times = asked / (bare + baseline)
        say(f"{name:100}{asked:>9.1f} ms{bare:>8.1f} ms bare{times:>8.2f} times bare and nothing")
        if times > MAX_TIMES_BARE_SQL:
            missed.append(f"{name}: {times:.2f} times bare SQL and nothing")
    return missed


if __name__ == "__main__":
    sys.exit(main())
