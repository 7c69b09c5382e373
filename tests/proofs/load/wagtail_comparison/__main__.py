"""`python -m tests.proofs.load.wagtail_comparison`: prints a table in Markdown. Exit code 1 if Wagtail is ahead.

Both systems use the same PostgreSQL server and take turns within seconds, so that other load affects them alike.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections import defaultdict

from tests.support import servers

_DATA = servers.allocate_data_folder()  # before any settings are read
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402

from tests.proofs.load import measurements  # noqa: E402
from tests.proofs.load.measurements import say  # noqa: E402
from tests.proofs.load.populate import filled_database  # noqa: E402
from tests.proofs.load.wagtail_comparison.newsroom_side import NewsroomSide  # noqa: E402
from tests.proofs.load.wagtail_comparison.side import OPERATIONS, QUEUE, SUBMIT, WRITES, measure  # noqa: E402
from tests.proofs.load.wagtail_comparison.wagtail_process import WAGTAIL, WagtailProcess  # noqa: E402

CLAIMS = int(os.environ.get("CLAIMS") or 1_000)
ROUNDS = int(os.environ.get("ROUNDS") or 10)
CLIENTS = 8
_OPERATIONS_OF_A_CLIENT = 3  # of each kind, when all clients work together


def main() -> int:
    """Prepare both, measure them in turn, report."""
    settings.SECOND_FACTOR_ROLES, settings.ALLOWED_HOSTS = [], ["testserver"]
    together = CLIENTS * _OPERATIONS_OF_A_CLIENT
    drafts = 2 * (2 * (ROUNDS + 1) + together)
    running_servers = servers.Servers(_DATA)
    try:
        servers.wait_until_ready(_DATA)
        with (
            WagtailProcess(_DATA, drafts) as wagtail,
            filled_database(_DATA, CLAIMS) as room,
            measurements.running_web(measurements.environment(_DATA, CLAIMS)) as web,
        ):
            ours = NewsroomSide(room, web.port, drafts, measurements.headers_of(room, "edith"))
            results: dict[tuple[str, int, str], list[float]] = defaultdict(list)
            for operation, clients, count in _plan(together):
                results[operation, clients, "newsroom"].append(measure(ours, operation, clients, count))
                results[operation, clients, "wagtail"].append(wagtail.measure(operation, clients, count))
        return _report(results)
    finally:
        running_servers.stop()


def _plan(together: int) -> list[tuple[str, int, int]]:
    """Operations with their number of clients and how often. Two submissions for each approval of a kind."""
    writes = [SUBMIT, *WRITES]
    alone = [(operation, clients, 1) for clients in (0, 1) for operation in writes]
    one_round = [*alone, (QUEUE, 1, 1)]
    crowd = [(operation, CLIENTS, together) for operation in (*writes, QUEUE)]
    return one_round * (ROUNDS + 1) + crowd  # the first round is discarded: plans and caches are fresh


def _report(results: dict[tuple[str, int, str], list[float]]) -> int:
    behind = []
    say(f"\nWagtail {WAGTAIL}, {ROUNDS} rounds, medians, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    say("| | newsroom | Wagtail | newsroom takes |\n|---|---|---|---|")
    for clients, place in ((0, "in process"), (1, "over HTTP"), (CLIENTS, f"over HTTP, {CLIENTS} clients")):
        for operation in OPERATIONS:
            if (operation, clients, "wagtail") not in results:
                continue
            ours, theirs = (_median(results[operation, clients, side], clients) for side in ("newsroom", "wagtail"))
            unit = "ms" if clients <= 1 else "a second"
            times = ours / theirs if clients <= 1 else theirs / ours
            say(f"| {operation}, {place} | {ours:.1f} {unit} | {theirs:.1f} {unit} | {times:.2f} times as long |")
            if times > 1:
                behind.append(f"{operation}, {place}")
    say("\nWagtail is ahead: " + "; ".join(behind) if behind else "\nThe newsroom is ahead everywhere.")
    return 1 if behind else 0


def _median(values: list[float], clients: int) -> float:
    """The first round does not count; `SUBMIT` is measured twice a round."""
    alone = clients <= 1
    return statistics.median(values[len(values) // (ROUNDS + 1) :] if alone else values)


if __name__ == "__main__":
    sys.exit(main())
