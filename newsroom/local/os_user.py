"""The account that runs the embedded servers. PostgreSQL refuses to run as root, so root switches to another."""

import os
import pwd
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsroom.local.errors import SetupError


@dataclass(frozen=True)
class OsUser:
    """An account of the operating system."""

    uid: int
    gid: int

    @classmethod
    def for_servers(cls, cluster: Path) -> "OsUser":
        """The current account; for root, the owner of an existing database cluster, else `nobody`."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
            return cls(owner.st_uid, owner.st_gid)
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    def make_private(self, folder: Path) -> None:
        """Create a folder that only this account may enter, or check an existing one.

        Raise `SetupError` if another account owns it.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
        if os.geteuid() == 0 and status.st_uid == 0 and not folder.is_symlink():
            os.chown(folder, self.uid, self.gid)
        elif status.st_uid != self.uid or folder.is_symlink():
            raise SetupError(
                f"{folder} belongs to {_user_name(status.st_uid)}, "
                f"but the newsroom was started by {_user_name(os.geteuid())}.\n"
                "Start it as its owner, or name another folder: NEWSROOM_DATA=/path/to/data make up"
            )
        folder.chmod(0o700)

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may traverse every folder on the path, including the last."""
        return all(self._may(path, 0o1) for path in (folder.resolve(), *folder.resolve().parents))

    def can_read(self, path: Path) -> bool:
        """Whether this account may read a file or list a folder, given that it can enter the parent folder."""
        return path.is_symlink() or self._may(path, 0o5 if path.is_dir() else 0o4)

    def wrap_command(self, command: Sequence[str], *, stop_signal: signal.Signals) -> list[str]:
        """The command wrapped to run as this account, without root's capabilities, and to end when its parent dies."""
        if os.geteuid() == self.uid:
            return list(command)
        if shutil.which("setpriv") is None:
            raise SetupError("PostgreSQL does not run as root. Start the newsroom as an ordinary user.")
        return [
            "setpriv",
            f"--reuid={self.uid}",
            f"--regid={self.gid}",
            "--clear-groups",
            "--inh-caps=-all",
            "--ambient-caps=-all",
            "--bounding-set=-all",
            f"--pdeathsig={stop_signal.name.removeprefix('SIG')}",
            *command,
        ]

    def _may(self, path: Path, bits: int) -> bool:
        status = path.stat()
        if self.uid in (0, status.st_uid):
            return self.uid == 0 or status.st_mode >> 6 & bits == bits
        return status.st_mode >> (3 if self.gid == status.st_gid else 0) & bits == bits


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
