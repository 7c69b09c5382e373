"""A web process that has loaded everything and forks for each request; the child kills itself at a given crash point.

It reads one command per line, as JSON, and answers each with a line. Each command runs in a new child, so that every
request meets the same process; a child that killed itself (SIGKILL) has reported its crash point, and nothing else.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import warnings
from collections.abc import Callable
from typing import Any

import django

Command = dict[str, Any]
_NO_KILL = 0


def main() -> None:
    """Serve until the input ends."""
    warnings.filterwarnings("ignore", "No directory at")  # of static files, which no request asks for here
    django.setup()
    _warm_up()
    for line in sys.stdin:
        print(json.dumps(_run_in_child(json.loads(line))), flush=True)  # noqa: T201


def _run_in_child(order: Command) -> Any:
    """The child's output, and whether it was killed after it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            _send_result(writing, _COMMANDS[order.pop("do")](writing, **order))
        except BaseException:
            import traceback

            _send_result(writing, {"failed": traceback.format_exc()})
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        result = pipe.read()
    killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return json.loads(result) | {"killed": killed}


def _build(_: int, *, database: str) -> Any:
    """Fill an empty newsroom, and name its rows."""
    from tests.proofs.chaos.crash_points import sample

    _use_database(database)
    return sample.build()


def _request(
    writing: int, *, database: str, method: str, path: str, headers: dict[str, str], body: Any, kill_at: int
) -> Any:
    """Handle a request, or be killed at the crash point of this number."""
    from newsroom.wsgi import application

    _use_database(database)
    moments = _count_statements(writing, kill_at)
    response = _call_application(application, method, path, headers, body)
    moments("before the answer is sent")
    return response


def _run_workers(_: int, *, database: str) -> Any:
    """Run the jobs of the outbox, as dispatcher and workers would, and verify the audit log."""
    from io import StringIO

    from django.core.management import call_command

    from tests.proofs.chaos.crash_points import sample

    _use_database(database)
    sample.run_workers()
    call_command("verify_audit_log", stdout=StringIO())
    return {}


_COMMANDS: dict[str, Callable[..., Any]] = {"build": _build, "request": _request, "work": _run_workers}


def _count_statements(writing: int, kill_at: int) -> Callable[[str], None]:
    """Count every statement, and the points before and after each commit. The process dies at number `kill_at`."""
    from django.db import connection

    counted = itertools.count(1)

    def moment(what: str) -> None:
        if next(counted) == kill_at:
            _send_result(writing, {"at": what})
            os.kill(os.getpid(), signal.SIGKILL)

    def before_statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        moment(f"before {' '.join(str(sql).split())[:60]}")
        return execute(sql, params, many, context)

    commit = connection._commit

    def commit_between() -> None:
        moment("before COMMIT")
        commit()
        moment("after COMMIT")

    connection.execute_wrappers.append(before_statement)
    connection._commit = commit_between
    return moment


def _call_application(application: Any, method: str, path: str, headers: dict[str, str], body: Any) -> Any:
    from django.test import RequestFactory

    request = RequestFactory(headers=headers | {"Host": "localhost"}).generic(
        method, f"/api/v1{path}", b"" if body is None else json.dumps(body), "application/json"
    )
    result: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        result.update(status=int(status.split()[0]), headers=dict(headers))

    body_parts = application(request.environ, start)
    try:
        result["body"] = b"".join(body_parts).decode()
    finally:
        body_parts.close()
    return result


def _use_database(database: str) -> None:
    """Use this database. No connection is open yet: every child opens its own."""
    from django.db import connection

    connection.settings_dict["NAME"] = database


def _warm_up() -> None:
    """Load what the first request loads, once for all children, and close every connection."""
    from django.db import connections

    from newsroom.wsgi import application

    _call_application(application, "GET", "/claims", {}, None)
    connections.close_all()


def _send_result(writing: int, result: Any) -> None:
    os.write(writing, json.dumps(result).encode())


if __name__ == "__main__":
    main()
