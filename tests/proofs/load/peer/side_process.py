"""One side in a process: reads commands from its input, and answers each by a line of JSON.

`python side_process.py newsroom_side 20` or `wagtail_side`.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from typing import Any


def main() -> None:
    """Set the side up, then do what is asked."""
    module, size = sys.argv[1:]
    side = importlib.import_module(module).Side(int(size))
    _answer(side.headers())
    for line in sys.stdin:
        what, name = json.loads(line)
        if what == "operate":
            began = time.perf_counter()
            side.operate(name)
            _answer(time.perf_counter() - began)
        else:
            _answer(side.request(name))


def _answer(value: Any) -> None:
    print(json.dumps(value), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
