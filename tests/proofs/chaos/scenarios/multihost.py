"""Several hosts: the run of `make chaos` with web, workers, database and Redis on separate hosts, and cut links."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from editorial.management.demo import loader
from newsroom.local import postgres, redis
from newsroom.local.supervisor import Program
from tests.proofs.chaos import runner, system
from tests.proofs.chaos.history import History
from tests.proofs.chaos.process_manager import ProcessManager
from tests.proofs.chaos.scenarios import network, partition_probes, scenario
from tests.proofs.chaos.scenarios.network import HOSTS, SCENARIO_HOST, Network
from tests.proofs.chaos.scenarios.scenario import Scenario
from tests.proofs.chaos.system import SystemUnderTest, wait_until

PORT = "8000"
HOST_OF = {"web": "web", "quarantine": "worker2"}  # every other process is on the worker host of its number

# The hosts to separate. A host that is cut off from all others may be considered dead, and is not.
PARTITIONS: dict[str, list[tuple[str, str]]] = {
    "a worker host from all": [("worker1", other) for other in ("db", "redis", "here")],
    "a worker host from the database": [("worker1", "db")],
    "a worker host from Redis": [("worker2", "redis")],
    "the other worker host from the database": [("worker2", "db")],
    "web from the database": [("web", "db")],
    "web from Redis": [("web", "redis")],
    "Redis from all": [("redis", other) for other in ("web", "worker1", "worker2")],
    "the database from all": [("db", other) for other in ("web", "worker1", "worker2")],
}
_SHORTEST, _LONGEST = 4.0, system.LEASE + 8.0  # seconds of a cut: short ones are survived, long ones cause timeouts
_BETWEEN = 6.0  # seconds between two cuts


def run(on: Scenario, streets: Network) -> None:
    """Probe the timeouts; then work, inject faults and cut links, wait for all jobs, and check."""
    partition_probes.run(on, streets)
    cables = LinkCutter(streets, on)
    cables.start()
    plan = runner.RunPlan(seed=on.seed, seconds=on.seconds, claims=round(on.seconds))
    runner.run(plan, on.history, on.system, on.log)
    cables.stop()
    from tests.proofs.chaos.checker import check

    verdict = check(on.history)
    for name, figure in verdict.figures.items():
        on.report(name, json.dumps(figure, ensure_ascii=False))
    for cut, healed in cables.healed.items():
        on.report(f"cut off: {cut}", "; ".join(healed))
    for kind, faults in verdict.violations.items():
        on.goal(f"nothing {kind}" if kind != "broken" else "no chain is broken", reached=not faults)
        for fault in faults[:10]:
            on.log(fault)


class LinkCutter:
    """Cuts random links, and heals each."""

    def __init__(self, streets: Network, on: Scenario) -> None:
        self._streets, self._on = streets, on
        self._dice = random.Random(f"cables {on.seed}")  # noqa: S311
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._cut_links, daemon=True)
        self.healed: dict[str, list[str]] = {}

    def start(self) -> None:
        """Cut links until the run is nearly over."""
        self._until = time.monotonic() + self._on.seconds
        self._thread.start()

    def stop(self) -> None:
        """Heal every link."""
        self._over.set()
        self._thread.join()

    def _cut_links(self) -> None:
        kinds = list(PARTITIONS)
        self._dice.shuffle(kinds)
        for kind in itertools.cycle(kinds):
            lasts = self._dice.uniform(_SHORTEST, _LONGEST)
            if self._over.wait(_BETWEEN) or time.monotonic() + lasts > self._until:
                return
            self._on.history.record("cut", kind=kind, seconds=round(lasts, 1))
            for pair in PARTITIONS[kind]:
                self._streets.cut(*pair)
            self._over.wait(lasts)
            for pair in PARTITIONS[kind]:
                self._streets.heal(*pair)
            self._on.history.record("healed", kind=kind)
            self.healed.setdefault(kind, []).append(f"{lasts:.0f} s")


@contextmanager
def running_system(
    streets: Network, folder: Path, variables: dict[str, str], history: History
) -> Iterator[SystemUnderTest]:
    """Start the newsroom with each process on its host; stop it at the end."""
    logs = folder / "logs"
    logs.mkdir()
    processes = ProcessManager(system.ROOT, logs, variables, history)
    try:
        processes.start(_postgres(streets, folder), _redis(streets, folder))
        wait_until(lambda: postgres.is_ready(folder) and redis.is_ready(folder), "the servers answer")
        postgres.create_database(folder)
        _prepare(variables, logs)
        for program in system._programs(folder, ""):
            processes.start(_on_host(streets, program, HOST_OF.get(program.name, f"worker{program.name[-1]}")))
        ready = SystemUnderTest(processes, variables["PUBLIC_URL"], folder)
        wait_until(lambda: system._is_ready(ready.address), "the web process answers")
        scenario.wait_for_worker_pools(ready, ("worker1", "worker2", "quarantine"))
        yield ready
    finally:
        processes.close()


def variables() -> dict[str, str]:
    """The settings of a deployment on several hosts."""
    return {
        "DATABASE_URL": f"postgresql://newsroom@{HOSTS['db']}:5432/newsroom",
        "REDIS_URL": f"redis://{HOSTS['redis']}:6379/0",
        "SECRET_KEY": "only-for-a-trial-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
        "IDENTITY_KEY": "only-for-a-trial-0123456789-abcdefghijklmnopqrstuvwxyz",
        "VAULT_KEYS": "b25seS1mb3ItY2hlY2tpbmctMDEyMzQ1Njc4OTAxMjM=",
        "SECOND_FACTOR_KEYS": "c2Vjb25kLWZhY3RvcnMtMDEyMzQ1Njc4OTAxMjM0NTY=",
        "WEBHOOK_KEYS": "d2ViaG9va3MtZm9yLWEtdHJpYWwtMDEyMzQ1Njc4OTA=",
        "MAIL_KEYS": "bWFpbC1mb3ItYS10cmlhbC0wMTIzNDU2Nzg5MDEyMzQ=",
        "RESPONSE_KEYS": "cmVzcG9uc2VzLWZvci1hLXRyaWFsLTAxMjM0NTY3ODk=",
        "ALLOWED_HOSTS": HOSTS["web"],
        "PUBLIC_URL": f"http://{HOSTS['web']}:{PORT}",
        "TRUSTED_PROXY_COUNT": "0",
        "RATE_LIMIT_PER_TOKEN": "0",
        "RATE_LIMIT_PER_IP": "0",
        "SECOND_FACTOR_ROLES": "",  # the demo users have none
        "BIND": HOSTS["web"],
        "PORT": PORT,
        "SECURE_SSL_REDIRECT": "0",
        "LOG_JSON": "0",
    }


def _prepare(variables: dict[str, str], logs: Path) -> None:
    """As on a server, where the demo users get their well-known password only if configured."""
    for command in (["prepare"], ["load_demo", "--password", loader.PASSWORD]):
        with (logs / "prepare.log").open("ab") as log:
            manage = [sys.executable, "manage.py", *command]
            subprocess.run(manage, cwd=system.ROOT, env=variables, stdout=log, stderr=log, check=True)  # noqa: S603


def _postgres(streets: Network, folder: Path) -> Program:
    access = folder / "pg_hba.conf"
    access.write_text("local all all trust\nhost all all 10.77.0.0/24 trust\n")
    access.chmod(0o644)
    program = postgres.program(folder, throwaway=False)
    return _on_host(streets, program, "db", "-c", f"listen_addresses={HOSTS['db']}", "-c", f"hba_file={access}")


def _redis(streets: Network, folder: Path) -> Program:
    program = redis.program(folder, owners=postgres.cluster_dir(folder), throwaway=False)
    return _on_host(streets, program, "redis", "--bind", HOSTS["redis"], "--port", "6379", "--protected-mode", "no")


def _on_host(streets: Network, program: Program, host: str, *options: str) -> Program:
    return Program(
        program.name,
        streets.on(host, [*program.command, *options]),
        program.environment,
        stop_signal=program.stop_signal,
        stop_timeout=program.stop_timeout,
        before_start=program.before_start,
    )


def main() -> int:
    """Run in a network namespace where hosts can be created."""
    if reason := network.why_not():
        print(f"  skipped: {reason}")  # noqa: T201
        return 0
    network.enter_namespace()
    streets = Network()
    return scenario.main(
        lambda on: run(on, streets),
        minutes=2.5,
        mail_at=SCENARIO_HOST,
        variables=variables(),
        opened=lambda *arguments: running_system(streets, *arguments),
    )


if __name__ == "__main__":
    sys.exit(main())
