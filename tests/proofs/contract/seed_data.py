"""Users, tokens and stored rows, so that requests find something."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.support.servers import ROOT

NAME, PASSWORD = "ursula", "ask-me-anything-twice"
RESOURCES = (
    "desks", "claims", "stories", "sources", "statements", "briefings", "exhibits", "relays", "reply-requests",
    "reviews", "signoffs", "assessments", "policies", "events", "notifications", "subscriptions", "webhooks",
    "tokens", "imports", "import-rows",
)  # fmt: skip
PASSES = 3  # each with another user


@dataclass(frozen=True, slots=True)
class Seed:
    """A token for each pass, and ids by resource."""

    tokens: list[str]
    ids: dict[str, list[str]]

    def write(self, path: Path) -> None:
        """Store it for the process that makes the requests."""
        path.write_text(json.dumps(asdict(self)))


def read(path: Path) -> Seed:
    """Read the stored seed data."""
    return Seed(**json.loads(path.read_text()))


def seed(address: str, variables: dict[str, str]) -> Seed:
    """Create users with every role in the newsroom with these variables, and list its ids."""
    command = [sys.executable, "manage.py", "shell", "--verbosity=0"]
    command += ["--command=from tests.proofs.contract import seed_data; seed_data.create_users()"]
    hired = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)  # noqa: S603
    assert hired.returncode == 0, hired.stderr
    tokens = hired.stdout.split()
    come = {"Authorization": f"Bearer {tokens[0]}"}
    with httpx.Client(base_url=f"{address}/api/v1/", headers=come, trust_env=False, timeout=30) as client:
        return Seed(tokens, {resource: list(_ids(client, resource)) for resource in RESOURCES})


def create_users() -> None:
    """Create them, and print their tokens. Runs in a process of the newsroom."""
    from django.utils import timezone

    from editorial.policy.roles import Role, Scope
    from editorial.workflow.people import tokens, users

    for number in range(PASSES):
        now = timezone.now()
        name = f"{NAME}{number or ''}"
        client = users.create(
            username=name, password=PASSWORD, email=f"{name}@newsroom.example",
            memberships=[(role, None) for role in Role], actor=None, now=now,
        )  # fmt: skip
        issued = tokens.issue(
            user_id=client.pk, label="contract", scopes=list(Scope), ttl=timedelta(days=1), actor=client, now=now
        )
        print(issued.secret)  # noqa: T201


def _ids(client: httpx.Client, resource: str) -> Iterator[str]:
    page: Any = client.get(resource, params={"limit": 20}).raise_for_status().json()
    yield from (row["id"] for row in page["results"])


def from_environment() -> Seed:
    """The seed data of the process that started the newsroom."""
    return read(Path(os.environ["CONTRACT_SEED"]))
