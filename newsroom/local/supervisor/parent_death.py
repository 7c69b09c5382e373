"""A program must not outlive its supervisor, even one that was killed without a chance to clean up."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """A function to run in the child between fork and exec: have the kernel send it the signal when we die.

    Only Linux can do this. Elsewhere the next start clears what is left (`leftovers`).
    """
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None  # loaded before the fork, not after

    def hold() -> None:
        if prctl is None:
            return
        prctl(_PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # died before the kernel knew of our wish
            os._exit(1)

    return hold
