"""`python -m tests.proofs.drill`: back up, restore, compare; prints the steps and their durations."""

from __future__ import annotations

import sys

from tests.proofs.drill import restore_drill
from tests.support.servers import temporary_folder


def main() -> None:
    """One drill, in a temporary folder."""
    with temporary_folder("newsroom-drill-") as folder:
        try:
            restore_drill.run_drill(folder, log=lambda line: sys.stdout.write(f"{line}\n"))
        except AssertionError as problem:
            sys.exit(f"The drill failed. {problem}")
    sys.stdout.write("Everything that was there is there.\n")


if __name__ == "__main__":
    main()
