"""API clients for the users of the tests, each with a token."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework import serializers

from editorial.models import Token, User
from editorial.policy.roles import Scope
from editorial.workflow.people import tokens
from tests.support.cast import Room
from tests.support.servers import WORKER

_WORKER_NUMBER = int(WORKER.removeprefix("gw") or 0)
_addresses = count(1)


class ApiResponse:
    """An API response."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status: int = response.status_code
        self.type: str = response.headers.get("Content-Type", "")
        self.json: Any = response.json() if "json" in self.type and not response.streaming else None
        if "ndjson" in self.type:
            self.json = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]

    def __repr__(self) -> str:
        return f"<{self.status} {self.json}>"

    @property
    def codes(self) -> list[str]:
        """The codes of a problem."""
        assert self.type == "application/problem+json", self
        assert self.json["status"] == self.status
        return [error["code"] for error in self.json["errors"]]


def create_token(user: User, scopes: Collection[str]) -> str:
    """A token for this user with these scopes."""
    secret, now = f"nr_{uuid4().hex}", timezone.now()
    Token.objects.create(
        user=user, issued_by=user, digest=tokens.digest(secret), scopes=list(scopes), issued_at=now,
        expires_at=now + timedelta(days=1),  # a slow proof outlasts hours
    )  # fmt: skip
    return secret


class ApiClient:
    """A client, authenticated or not, with its own IP address."""

    def __init__(self, user: User | None = None, *, scopes: Collection[str] = ()) -> None:
        headers = {}
        if user is not None:
            headers["authorization"] = f"Bearer {create_token(user, scopes or list(Scope))}"
        number = next(_addresses)  # tries are counted by address, and Redis outlives a test
        self.client = Client(
            raise_request_exception=False,
            headers=headers,
            REMOTE_ADDR=f"10.{_WORKER_NUMBER}.{number // 250}.{number % 250}",
        )

    def get(self, path: str, **query: Any) -> ApiResponse:
        """Read."""
        url = path if path.startswith("http") else f"/api/v1/{path}"
        return ApiResponse(self.client.get(url, query))

    def post(self, path: str, **fields: Any) -> ApiResponse:
        """Call an action."""
        return self.send("post", path, fields)

    def patch(self, path: str, *, etag: str = "*", **fields: Any) -> ApiResponse:
        """Update at this ETag; at any version by default."""
        return self.send("patch", path, fields, headers={"If-Match": etag})

    def send(
        self, method: str, path: str, body: Any, content_type: str = "application/json", **extra: Any
    ) -> ApiResponse:
        """Send any body."""
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return ApiResponse(self.client.generic(method.upper(), f"/api/v1/{path}", sent, content_type, **extra))


ClientFactory = Callable[[User], ApiClient]


@pytest.fixture
def room(room: Room) -> Room:
    """A room at the current time: the API uses the real clock."""
    room.now = timezone.now()
    return room


@pytest.fixture
def client_for(db: None) -> ClientFactory:
    """Lets a person call."""
    return ApiClient


@pytest.fixture
def nobody(db: None) -> ApiClient:
    """A client without a token."""
    return ApiClient()


def valid_value(field: serializers.Field[Any, Any, Any, Any], known: Any) -> Any:
    """A value that passes the field's own checks: the known one, unless the field offers a choice without it."""
    match field:
        case serializers.ChoiceField():
            return known if known in field.choices else str(next(iter(field.choices)))
        case _ if known is not None:
            return known
        case serializers.UUIDField():
            return str(uuid4())
        case serializers.DateTimeField():
            return "2999-01-01T00:00:00Z"
        case serializers.BooleanField():
            return False
        case serializers.ListField() | serializers.ListSerializer():
            return []
    return "x"
