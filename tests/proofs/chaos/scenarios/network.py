"""Hosts of a scenario: network namespaces on one bridge, and links between them that can be cut.

Everything is in a network namespace of this process, with a separate mount: when the process ends, however it ends,
the kernel removes everything. Nothing outside is visible, changed or reachable.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence

SCENARIO_HOST = "10.77.0.1"  # the host of the scenario itself: its clients, its mail server, its checks
HOSTS = {"db": "10.77.0.2", "redis": "10.77.0.3", "web": "10.77.0.4", "worker1": "10.77.0.5", "worker2": "10.77.0.6"}
ADDRESSES = {"here": SCENARIO_HOST, **HOSTS}
_NOBODY = "02:00:00:00:77:77"  # an unassigned address on the network
_IN_NAMESPACE = "TRIALS_APART"
_NAMES = "/run/netns"  # the folder in which `ip netns` keeps the names


def why_not() -> str:
    """The reason why hosts cannot be created here; empty if they can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "network namespaces need Linux and root"
    if missing := [name for name in ("ip", "unshare") if shutil.which(name) is None]:
        return f"not installed: {', '.join(missing)} (Debian: apt install iproute2 util-linux)"
    tried = subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, text=True)  # noqa: S607
    return "" if tried.returncode == 0 else f"this kernel or container allows none: {tried.stderr.strip()}"


def enter_namespace() -> None:
    """Run the same program in a new network namespace, unless it is in one."""
    if not os.environ.get(_IN_NAMESPACE):
        os.environ[_IN_NAMESPACE] = "1"
        command = [sys.executable, *sys.orig_argv[1:]]
        os.execvp("unshare", ["unshare", "--net", "--mount", *command])  # noqa: S606, S607


class Network:
    """The hosts, created once, and the links between them."""

    def __init__(self) -> None:
        os.makedirs(_NAMES, exist_ok=True)
        _run("mount", "-t", "tmpfs", "none", _NAMES)
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", "name", "street", "type", "bridge")
        _run("ip", "address", "add", f"{SCENARIO_HOST}/24", "dev", "street")
        _run("ip", "link", "set", "street", "up")
        for host, address in HOSTS.items():
            _run("ip", "netns", "add", host)
            _run("ip", "link", "add", "name", f"to-{host}", "type", "veth", "peer", "name", "eth0", "netns", host)
            _run("ip", "link", "set", f"to-{host}", "master", "street", "up")
            _run("ip", "-n", host, "address", "add", f"{address}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                _run("ip", "-n", host, "link", "set", device, "up")
        self._lock = threading.Lock()

    def on(self, host: str, command: Sequence[str]) -> list[str]:
        """The command that runs on this host."""
        return ["ip", "netns", "exec", host, *command]

    def cut(self, left: str, right: str) -> None:
        """Drop all packets between two hosts. Neither is notified."""
        with self._lock:
            for near, far in ((left, right), (right, left)):
                _run(*_neighbours(near, "replace", far), "lladdr", _NOBODY, "nud", "permanent")

    def heal(self, left: str, right: str) -> None:
        """Deliver packets between two hosts again."""
        with self._lock:
            for near, far in ((left, right), (right, left)):
                _run(*_neighbours(near, "delete", far))


def _neighbours(near: str, action: str, far: str) -> list[str]:
    host, device = ([], "street") if near == "here" else (["-n", near], "eth0")
    return ["ip", *host, "neighbour", action, ADDRESSES[far], "dev", device]


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
