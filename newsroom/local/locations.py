"""Where the servers' programs and files go when the account that runs them cannot enter the newsroom's own folders.

PostgreSQL refuses to run as root, so root starts it under another account. A checkout in /root, or a `.venv` installed
under `umask 077`, is closed to that account. Making either public would be worse than moving: programs are copied to
a system folder, and the servers' files live there, with a link to it in the data folder.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from newsroom.local.errors import SetupError
from newsroom.local.os_user import OsUser

_LINK_NAME = "servers"
# Both exist on every Linux. The first is where a system service keeps its files.
_SYSTEM_DIRS = (Path("/var/lib/newsroom"), Path("/var/tmp/newsroom"))  # noqa: S108 – owner and mode are checked


def servers_dir(data: Path) -> Path:
    """The folder of the servers' files: the data folder, or the target of the link that an earlier start put there."""
    data = data.resolve()
    link = data / _LINK_NAME
    return link.readlink() if link.is_symlink() else data


def fingerprint(data: Path) -> str:
    """A short name for a data folder, the same at every start."""
    return hashlib.sha256(bytes(data.resolve())).hexdigest()[:16]


def choose_servers_dir(data: Path, account: OsUser) -> Path:
    """Choose where the servers of this data folder keep their files, and return that folder.

    Files of an earlier start that the account can no longer reach are moved. Raise `SetupError` if the target of the
    link no longer exists, or if no folder can be created that the account may enter.
    """
    home = servers_dir(data)
    if home != data.resolve():
        if not home.is_dir():
            raise SetupError(
                f"The database of {data} was in {home}, which no longer exists.\n"
                f"Restore that folder or a backup. To start with an empty newsroom, remove {data / _LINK_NAME}."
            )
        return home
    if account.can_enter(data):
        return home
    # Always a new folder: a deleted data folder took its keys with it, so its database is useless.
    home = Path(tempfile.mkdtemp(prefix=f"{fingerprint(data)}-", dir=_system_dir(account)))
    home.chmod(0o711)
    for name in ("postgres", "redis"):
        if (data / name).exists():
            shutil.move(data / name, home / name)
    (data / _LINK_NAME).symlink_to(home)
    return home


def runnable_programs_dir(package: Path, account: OsUser, *, version: str) -> Path:
    """A folder with programs of the package that the account can run: the package itself, or a copy owned by root."""
    parts = [package, *package.parent.glob(f"{package.name}.libs")]  # a wheel's shared libraries are beside it
    if all(account.can_enter(part) and all(account.can_read(path) for path in part.rglob("*")) for part in parts):
        return package
    copies = _system_dir(account) / "programs"
    _make(copies, 0o755)
    copy = copies / f"{package.name}-{version}"
    if not copy.is_dir():
        draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=copies))
        try:
            for part in parts:
                shutil.copytree(part, draft / part.name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
            _open_to_all(draft)
            os.rename(draft, copy)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            if not copy.is_dir():  # otherwise another start was faster
                raise
    return copy / package.name


def _system_dir(account: OsUser) -> Path:
    for folder in _SYSTEM_DIRS:
        try:
            _make(folder, 0o711)
            status = folder.lstat()
        except OSError:
            continue
        if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and account.can_enter(folder):
            return folder
    raise SetupError(
        "PostgreSQL does not run as root, and the account that replaces it cannot enter the newsroom's folders.\n"
        f"Neither {_SYSTEM_DIRS[0]} nor {_SYSTEM_DIRS[1]} can be used. Start the newsroom as an ordinary user."
    )


def _make(folder: Path, mode: int) -> None:
    """Create the folder with that mode regardless of the umask; leave an existing one unchanged."""
    try:
        folder.mkdir()
    except FileExistsError:
        return
    folder.chmod(mode)


def _open_to_all(folder: Path) -> None:
    """Make the copied programs readable and executable for all accounts; they are public software."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
