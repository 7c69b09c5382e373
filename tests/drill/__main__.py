"""`python -m tests.drill`: back up, restore, prove; what it did and how long it took."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.drill import drilling


def main() -> None:
    """One drill, in a folder that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="newsroom-drill-") as folder:
        Path(folder).chmod(0o711)
        try:
            drilling.drill(Path(folder).resolve(), say=lambda line: sys.stdout.write(f"{line}\n"))
        except AssertionError as problem:
            sys.exit(f"The drill failed. {problem}")
    sys.stdout.write("Everything that was there is there.\n")


if __name__ == "__main__":
    main()
