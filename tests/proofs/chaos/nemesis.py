"""Faults of a run: one a second, chosen by the seed."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import httpx
import psutil
import redis

from newsroom.local import redis_url
from tests.proofs.chaos.history import History
from tests.proofs.chaos.system import BEATS, DISPATCHERS, EXTERNAL, LEASE, QUARANTINE, WORKERS, SystemUnderTest

_INTERVAL = 1.0  # seconds


class Nemesis:
    """Injects faults from `start` to `stop`. The seed decides the order; the target depends on which processes run.

    Web processes are killed while they serve, workers while they have a pool: on a slow machine, killing a process
    again before it has started would show nothing else.
    """

    def __init__(self, system: SystemUnderTest, history: History, seed: int) -> None:
        self._system, self._history, self._dice = system, history, random.Random(seed)  # noqa: S311
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._inject_faults, daemon=True)
        self._paused: list[tuple[float, list[psutil.Process]]] = []

    def start(self) -> None:
        """Start injecting faults."""
        self._thread.start()

    def stop(self) -> None:
        """Stop injecting faults, and resume every paused process."""
        self._ended.set()
        self._thread.join()
        self._resume_paused(all_of_them=True)

    def _inject_faults(self) -> None:
        kinds, weights = zip(*_FAULTS.items(), strict=True)
        while not self._ended.wait(_INTERVAL):
            self._resume_paused()
            fault: Callable[[Nemesis], bool] = self._dice.choices(kinds, weights)[0]
            try:
                happened = fault(self)
            except (redis.RedisError, psutil.Error, ProcessLookupError, KeyError):
                happened = False
            self._history.record("fault", kind=fault.__name__.strip("_").replace("_", " "), happened=happened)

    def _kill_web(self) -> bool:
        return self._web_is_up() and self._kill("web")

    def _kill_web_child(self) -> bool:
        return self._web_is_up() and self._kill_child("web")

    def _kill_worker(self) -> bool:
        name = self._dice.choice((*WORKERS, QUARANTINE, *EXTERNAL))
        has_started = name in EXTERNAL or len(self._system.processes[name].process_tree()) > 1
        return has_started and self._kill(name)

    def _kill_pool_child(self) -> bool:
        return self._kill_child(self._dice.choice((*WORKERS, *WORKERS, QUARANTINE)))

    def _kill_dispatcher(self) -> bool:
        return self._kill(self._dice.choice(DISPATCHERS))

    def _kill_beat(self) -> bool:
        return self._kill(self._dice.choice(BEATS))

    def _kill_redis(self) -> bool:
        return self._kill("redis")

    def _crash_postgres(self) -> bool:
        """An immediate shutdown: connections are dropped, nothing is flushed; the next start recovers."""
        return self._kill("postgres", signal.SIGQUIT)

    def _flush_redis(self) -> bool:
        with redis.Redis.from_url(redis_url(self._system.folder), socket_timeout=2) as client:
            return bool(client.flushall())

    def _pause_worker_beyond_its_lease(self) -> bool:
        if self._paused:
            return False
        family = self._system.processes[self._dice.choice((*WORKERS, *EXTERNAL))].process_tree()
        for process in family:
            process.suspend()
        self._paused.append((time.monotonic() + LEASE + 2, family))
        return bool(family)

    def _web_is_up(self) -> bool:
        try:
            return httpx.get(f"{self._system.address}/health/live", timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def _kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> bool:
        process = self._system.processes[name]
        if not process.is_running or process.process is None:
            return False
        process.killed_on_purpose = True
        process.process.send_signal(number)
        return True

    def _kill_child(self, name: str) -> bool:
        children = self._system.processes[name].process_tree()[1:]
        if not children:
            return False
        self._dice.choice(children).kill()
        return True

    def _resume_paused(self, *, all_of_them: bool = False) -> None:
        expired = [stop for stop in self._paused if all_of_them or stop[0] <= time.monotonic()]
        for stop in expired:
            self._paused.remove(stop)
            for process in stop[1]:
                with suppress(psutil.NoSuchProcess):
                    process.resume()


# Relative frequencies: a new worker costs seconds of work, a new pool process nothing.
_FAULTS: dict[Callable[[Nemesis], bool], int] = {
    Nemesis._kill_pool_child: 8,
    Nemesis._kill_worker: 2,
    Nemesis._kill_web_child: 2,
    Nemesis._kill_web: 1,
    Nemesis._kill_dispatcher: 2,
    Nemesis._kill_beat: 1,
    Nemesis._flush_redis: 3,
    Nemesis._kill_redis: 2,
    Nemesis._crash_postgres: 1,
    Nemesis._pause_worker_beyond_its_lease: 2,
}
