"""The newsroom of one run: two desks, users with every role, a clock, an empty audit log."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib import import_module
from threading import Barrier
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.apps import apps
from django.core import mail
from django.db import connection, connections
from django.test import override_settings

from editorial import outbox, tasks
from editorial.models import Desk, Membership, MessageKind, User
from editorial.workflow.ops import scheduler
from tests.proofs.model.spec.permissions import Person

MAX_CONCURRENT = 3
# A run compares more identities in a day than people do.
_UNLIMITED = dict.fromkeys(("MATCHING_PER_PERSON", "MATCHING_PER_DESK", "MATCHING_ALERT"), 1_000_000)
START = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
_NAMES: dict[str, list[tuple[str, str | None]]] = {
    "rosa": [("reporter", "politics")],
    "ruben": [("reporter", "politics")],
    "felix": [("fact_checker", "politics")],
    "faye": [("fact_checker", "politics")],
    "cora": [("copy_editor", "politics")],
    "edith": [("editor", "politics")],
    "edgar": [("editor", "politics")],
    "sena": [("senior_editor", "politics"), ("editor", "city")],  # may move stories
    "stan": [("standards_editor", "politics")],
    "stella": [("standards_editor", None)],
    "lara": [("lawyer", "politics")],
    "cuno": [("custodian", "politics")],
    "ada": [("admin", None)],
    "carl": [("reporter", "city"), ("copy_editor", "city")],
    "cleo": [("editor", "city"), ("fact_checker", "city")],
    "cyra": [("custodian", "city")],
    "hugo": [("reporter", None)],
    "noel": [],
    "gina": [("editor", "politics")],
}
_DEACTIVATED = "gina"
_WITH_MAIL = ("rosa", "edith")  # emails to every user would be most of all work
_TABLE_PREFIXES = ("editorial_", "pghistory_context")


class ModelNewsroom:
    """Reset for each run: every table is emptied, every user is created again."""

    def __init__(self) -> None:
        self.now = START
        self._waiting: list[tuple[str, MessageKind, str]] = []
        self._pool = ThreadPoolExecutor(MAX_CONCURRENT)
        self._patches = ExitStack()
        for patch in (
            override_settings(**_UNLIMITED),
            mock.patch.object(tasks, "db_clock", SimpleNamespace(now=lambda: self.now)),
            mock.patch.object(scheduler, "log", SimpleNamespace(error=_fail)),
        ):
            self._patches.enter_context(patch)

    def open(self) -> None:
        """Empty every table, restore the first policy, and create the users."""
        self.now, self._waiting = START, []
        mail.outbox = []
        with connection.cursor() as cursor:
            tables = [name for name in connection.introspection.table_names(cursor) if name.startswith(_TABLE_PREFIXES)]
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        import_module("editorial.migrations.0003_default_policy").adopt(apps, None)
        desks = {name: Desk(name=name.capitalize(), slug=name) for name in ("politics", "city")}
        Desk.objects.bulk_create(desks.values())
        users = {
            name: User(
                username=name,
                email=f"{name}@newsroom.example" if name in _WITH_MAIL else "",
                password="!",
                is_active=name != _DEACTIVATED,
            )
            for name in _NAMES
        }
        User.objects.bulk_create(users.values())
        Membership.objects.bulk_create(
            Membership(user=users[name], desk=desks[desk] if desk else None, role=role)
            for name, roles in _NAMES.items()
            for role, desk in roles
        )
        self.users = {str(user.pk): user for user in users.values()}
        self.desks = {str(desk.pk): name for name, desk in desks.items()}
        self.people = [
            Person(
                str(users[name].pk),
                name,
                frozenset((role, str(desks[desk].pk) if desk else None) for role, desk in roles),
                active=name != _DEACTIVATED,
            )
            for name, roles in _NAMES.items()
        ]

    def advance(self, minutes: int) -> None:
        """Advance the clock."""
        self.now += timedelta(minutes=minutes)

    def pending_jobs(self) -> list[tuple[str, MessageKind, str]]:
        """Dispatched messages that have not been started: message, kind and reference, the oldest first."""
        sent = outbox.claim_batch(now=self.now)
        if sent:
            messages = outbox.OutboxMessage.objects.in_bulk([job.message for job in sent])
            known = {message for message, _, _ in self._waiting}
            fresh = [job for job in sent if str(job.message) not in known]
            self._waiting += [(str(job.message), job.kind, messages[job.message].reference) for job in fresh]
        return self._waiting

    def take_job(self, number: int) -> dict[str, Any]:
        """Remove one of them from the queue."""
        message, kind, reference = self._waiting.pop(number)
        return {"message": message, "kind": kind.value, "reference": reference}

    def run_concurrently(self, calls: list[Callable[[], Any]]) -> list[Any]:
        """Run these concurrently, each on a thread and a connection of its own: the results or errors."""
        start = Barrier(len(calls))

        def do(call: Callable[[], Any]) -> Any:
            connection.ensure_connection()
            start.wait(timeout=10)
            try:
                return call()
            except Exception as problem:
                return problem

        return [future.result(timeout=60) for future in [self._pool.submit(do, call) for call in calls]]

    def close(self) -> None:
        """Close every connection, and restore the product's clock."""
        start = Barrier(MAX_CONCURRENT)

        def end() -> None:
            start.wait(timeout=10)
            connections.close_all()

        for future in [self._pool.submit(end) for _ in range(MAX_CONCURRENT)]:
            future.result(timeout=60)
        self._pool.shutdown()
        self._patches.close()


def _fail(event: str, **details: Any) -> None:
    raise AssertionError(f"{event}: {details}")
