"""A typed client, generated from the OpenAPI file by openapi-python-client like any other client."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import re
import subprocess
import sys
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from editorial.management.demo.client import ApiError, Newsroom, Reason
from tests.support.servers import ROOT

PACKAGE = "newsroom_client"
# A sheet may be the request body; the generator knows bytes, but not this case.
_CONFIG = {"content_type_overrides": {"text/csv": "application/octet-stream"}}
_OPERATION = re.compile(r'"method": "(\w+)",\s*"url": "/api/v1([^"]*)"')


def generate(folder: Path) -> Path:
    """The client, as a package in this folder. Any warning of the generator is an error."""
    config = folder / "generator.json"
    config.write_text(json.dumps(_CONFIG))
    package = folder / PACKAGE
    tools = Path(sys.executable).parent  # where the generator finds its formatter
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    outcome = subprocess.run(  # noqa: S603
        [
            tools / "openapi-python-client", "generate", f"--path={ROOT / 'docs' / 'reference' / 'openapi.yaml'}",
            f"--config={config}", f"--output-path={package}", "--meta=none", "--fail-on-warning",
        ],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 0, f"No client can be generated:\n{outcome.stdout}{outcome.stderr}"
    return package


@dataclass(frozen=True, slots=True)
class Operation:
    """One function of the client, and the request that it makes."""

    method: str
    address: re.Pattern[str]
    call: Callable[..., Any]

    def matches(self, method: str, path: str) -> re.Match[str] | None:
        """The match of this request, if it is the one."""
        return self.address.fullmatch(path) if method == self.method else None


class TypedClient(Newsroom):
    """The demo's newsroom through the generated client: every request and response passes through its types."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._client: Any = importlib.import_module(f"{PACKAGE}.client")
        self._clients: dict[str, Any] = {}
        self._operations = list(_operations())
        self.used: set[str] = set()

    def send(
        self, method: str, path: str, *, token: str = "", body: Any = None, query: Any = None, etag: str = ""
    ) -> Any:
        """Call the operation of this path. Raises Refusal with the typed problem."""
        url = urlsplit(path.removeprefix(self.url).removeprefix("/api/v1"))
        query = {
            **{name: value if len(value) > 1 else value[0] for name, value in parse_qs(url.query).items()},
            **(query or {}),
        }
        operation, match = next((each, hit) for each in self._operations if (hit := each.matches(method, url.path)))
        self.used.add(operation.call.__module__.rsplit(".", 1)[-1])
        hints = typing.get_type_hints(operation.call)
        asked_for = {
            name if name in hints else f"{name}_": value for name, value in (match.groupdict() | query).items()
        }
        arguments = {name: _typed(hints[name], value) for name, value in asked_for.items()}
        arguments |= {"if_match": etag} if etag else {}
        if "body" in hints and body is not None:
            arguments["body"] = next(kind for kind in _members(hints["body"]) if hasattr(kind, "from_dict")).from_dict(
                body
            )
        response = operation.call(client=self._client_with(token), **arguments)
        if response.status_code >= 400:
            raise ApiError(f"{method} {path}", response.status_code, tuple(map(_reason, response.parsed.errors)))
        assert list(_undescribed(response.parsed)) == [], (method, path)
        return json.loads(response.content) if response.content else None

    def __exit__(self, *problem: object) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.get_httpx_client().close()
        super().__exit__(*problem)

    def _client_with(self, token: str) -> Any:
        """One client per token: each opens a connection."""
        if token not in self._clients:
            anybody = {"base_url": self.url, "raise_on_unexpected_status": True, "timeout": 30}
            known = self._client.AuthenticatedClient(token=token, **anybody) if token else None
            self._clients[token] = known or self._client.Client(**anybody)
        return self._clients[token]


def _operations() -> Iterator[Operation]:
    api = importlib.import_module(f"{PACKAGE}.api")
    for module_info in pkgutil.walk_packages(api.__path__, f"{api.__name__}."):
        module: ModuleType = importlib.import_module(module_info.name)
        if hasattr(module, "sync_detailed"):
            match = _OPERATION.search(inspect.getsource(module._get_kwargs))
            assert match is not None, module_info.name
            address = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", match[2]))
            yield Operation(match[1].upper(), address, module.sync_detailed)


def _typed(hint: Any, value: Any) -> Any:
    """A value of the demo, as the type that the client needs."""
    for kind in _members(hint):
        if typing.get_origin(kind) is list:
            return [_typed(typing.get_args(kind)[0], item) for item in (value if isinstance(value, list) else [value])]
        if isinstance(kind, type) and issubclass(kind, UUID | Enum | int) and kind is not bool:
            return kind(value)
    return value


def _members(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if isinstance(hint, UnionType) or typing.get_origin(hint) is typing.Union else (hint,)


def _reason(error: Any) -> Reason:
    return Reason(error.code, error.detail, str(error.claim or ""))


def _undescribed(value: Any, path: str = "") -> Iterator[str]:
    """Response fields that are not in the schema."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _undescribed(item, f"{path}/{number}")
    fields = getattr(value, "__attrs_attrs__", None)
    if fields is None:
        return
    described = [field.name for field in fields if field.name != "additional_properties"]
    if described:  # otherwise the object may hold anything, such as the data of an event
        yield from (f"{path}/{name}" for name in value.additional_properties)
    for name in described:
        yield from _undescribed(getattr(value, name), f"{path}/{name}")
