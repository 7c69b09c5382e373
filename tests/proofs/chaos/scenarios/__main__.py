"""`python -m tests.proofs.chaos.scenarios`: each scenario in its own process. Exit code 1 if one misses a goal."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

SCENARIOS = ("redis-outage", "worker-crash", "poison", "bad-receivers", "throughput", "multihost", "calm")


def main() -> int:
    """Run the scenarios named on the command line."""
    variable = os.environ.get
    parser = argparse.ArgumentParser(prog="python -m tests.proofs.chaos.scenarios", description=__doc__)
    parser.add_argument("--only", choices=SCENARIOS, default=variable("ONLY") or None)
    only = parser.parse_args().only
    missed = [name for name in SCENARIOS if only in (None, name) and _run(name) != 0]
    if missed:
        print(f"Missed: {', '.join(missed)}.")  # noqa: T201
    return 1 if missed else 0


def _run(name: str) -> int:
    print(f"\n{name}", flush=True)  # noqa: T201
    return subprocess.run([sys.executable, "-m", f"tests.proofs.chaos.scenarios.{name.replace('-', '_')}"]).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
