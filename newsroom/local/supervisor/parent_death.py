"""Ends a program when its supervisor dies, even if the supervisor is killed without a chance to clean up."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def die_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """A function for the child to run between fork and exec: the kernel then signals it when its parent dies.

    Linux only. Elsewhere the next start ends the remaining processes (`orphans`).
    """
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None  # load before the fork, not after

    def request_signal() -> None:
        if prctl is None:
            return
        prctl(_PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # the parent died before the request took effect
            os._exit(1)

    return request_signal
