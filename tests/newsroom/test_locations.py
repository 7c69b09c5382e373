"""Servers that root starts, in folders that the account which runs them may not enter."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom.local import SetupError, locations, postgres, sockets
from newsroom.local.os_user import OsUser
from tests.support.servers import Servers, temporary_folder, wait_until_ready

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs its servers as another account")

NOBODY = OsUser(uid=65534, gid=65534)


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that root alone may enter."""
    with temporary_folder() as folder:
        folder.chmod(0o700)
        yield folder


@pytest.fixture
def moved(closed: Path) -> Iterator[Path]:
    """The data folder of a newsroom whose servers' files had to be put elsewhere."""
    data = closed / "data"
    data.mkdir(mode=0o711)
    home = locations.choose_servers_dir(data, NOBODY)
    yield data
    shutil.rmtree(home, ignore_errors=True)


def test_files_stay_in_a_data_folder_open_to_the_account() -> None:
    with temporary_folder() as data:
        assert locations.choose_servers_dir(data, NOBODY) == data == locations.servers_dir(data)


def test_files_move_out_of_a_closed_folder_and_leave_a_link(moved: Path) -> None:
    home = locations.servers_dir(moved)
    assert NOBODY.can_enter(home)
    assert (moved / "servers").readlink() == home
    assert sockets.socket_dir(moved) == home / "run"
    assert locations.choose_servers_dir(moved, NOBODY) == home


def test_the_closed_folder_stays_closed(moved: Path) -> None:
    assert stat.S_IMODE(moved.parent.stat().st_mode) == 0o700


def test_an_existing_database_is_moved(closed: Path) -> None:
    data = closed / "data"
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("18")
    home = locations.choose_servers_dir(data, NOBODY)
    assert (postgres.cluster_dir(data) / "PG_VERSION").read_text() == "18"
    shutil.rmtree(home)


def test_a_new_data_folder_never_adopts_the_database_of_a_deleted_one(moved: Path) -> None:
    first = locations.servers_dir(moved)
    (first / "postgres").mkdir()
    shutil.rmtree(moved)
    moved.mkdir(mode=0o711)
    second = locations.choose_servers_dir(moved, NOBODY)
    assert not (second / "postgres").exists()
    shutil.rmtree(second)


def test_a_lost_database_is_named_instead_of_replaced_by_an_empty_one(moved: Path) -> None:
    shutil.rmtree(locations.servers_dir(moved))
    with pytest.raises(SetupError, match="no longer exists"):
        locations.choose_servers_dir(moved, NOBODY)


def test_programs_under_a_strict_umask_are_copied_with_their_libraries(closed: Path) -> None:
    package = closed / "example"
    (package / "bin").mkdir(parents=True)
    (package / "bin" / "server").write_text("#!/bin/sh\n")
    (package / "bin" / "server").chmod(0o700)
    (closed / "example.libs").mkdir()
    (closed / "example.libs" / "lib.so").touch(mode=0o600)
    copy = locations.runnable_programs_dir(package, NOBODY, version="1")
    assert copy != package
    assert stat.S_IMODE((copy / "bin" / "server").stat().st_mode) == 0o755
    assert stat.S_IMODE((copy.parent / "example.libs" / "lib.so").stat().st_mode) == 0o644
    assert NOBODY.can_enter(copy)
    assert locations.runnable_programs_dir(package, NOBODY, version="1") == copy
    shutil.rmtree(copy.parent)


def test_servers_start_in_a_closed_folder_and_leave_nothing_behind(moved: Path) -> None:
    home = locations.servers_dir(moved)
    servers = Servers(moved)
    wait_until_ready(moved)
    assert postgres.cluster_dir(moved).stat().st_uid == NOBODY.uid
    servers.stop()
    assert not home.exists()
    assert not moved.exists()
