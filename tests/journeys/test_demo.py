"""`manage.py demo`, as a person runs it: against an open newsroom, and with none open."""

import sys
from pathlib import Path

import pytest

from editorial.management.demo import loader
from editorial.management.demo.client import DemoFailed, Newsroom
from newsroom.local.supervisor import orphans
from tests.support.live import RunningProcess, clean_environment, free_port

pytestmark = pytest.mark.exhaustive  # plays whole stories

LAST_SCENE = "12 · Two sources, one person"


def demo(data: Path, *arguments: str, **environment: str) -> RunningProcess:
    """The command, started."""
    command = [sys.executable, "manage.py", "demo", "--fast", *arguments]
    return RunningProcess(command, clean_environment(NEWSROOM_DATA=str(data), **environment))


def wait_until_finished(running: RunningProcess) -> str:
    """Its output, once it has exited with 0."""
    assert running.wait_for_exit(within=300) == 0, running.output
    assert LAST_SCENE in running.output
    assert "Traceback" not in running.output
    return running.output


def protected() -> list[str]:
    """The names that only the vault may hold."""
    identities = [source.identity for source in loader.harbour().sources] + [loader.harbour_day().real_name]
    return [identity.name for identity in identities if identity]


@pytest.mark.slow
def test_the_demo_can_be_replayed_and_reveals_no_protected_name(live_newsroom: str, tmp_path: Path) -> None:
    first, second = (wait_until_finished(demo(tmp_path, "--url", live_newsroom)) for _ in range(2))
    link = f"{live_newsroom}/admin/editorial/story/"
    assert link in first
    assert first.split(link)[1] != second.split(link)[1]
    for name in protected():
        assert name.casefold() not in (first + second).casefold()
    assert "\033" not in first, "colours are for terminals"


@pytest.mark.slow
def test_the_demo_starts_and_stops_a_newsroom_if_none_runs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    tmp_path.chmod(0o755)  # as root, PostgreSQL runs as another account that must pass
    output = wait_until_finished(demo(data, PORT=str(free_port())))
    assert "starting one for the demo" in output
    assert orphans.find_by_mark(str(data)) == []


@pytest.mark.slow
def test_unknown_users_are_named_with_the_remedy(live_newsroom: str, tmp_path: Path) -> None:
    running = demo(tmp_path, "--url", live_newsroom, "--password", "not-the-password")
    assert running.wait_for_exit() == 1
    assert "mina cannot sign in" in running.output
    assert "make up" in running.output
    assert "Traceback" not in running.output


def test_an_unreachable_address_is_named(tmp_path: Path) -> None:
    address = f"http://localhost:{free_port()}"
    running = demo(tmp_path, "--url", address)
    assert running.wait_for_exit() == 1
    assert f"No newsroom answers at {address}" in running.output
    assert "Traceback" not in running.output


def test_waiting_for_workers_times_out() -> None:
    newsroom = Newsroom("http://localhost:1", timeout=0.1)
    with newsroom, pytest.raises(DemoFailed, match=r"for the moon without success.* worker and the dispatcher"):
        newsroom.wait_until(lambda: False, bool, "for the moon")
