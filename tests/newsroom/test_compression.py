"""Compression: what a token reads, and nothing whose length could tell a secret."""

from __future__ import annotations

import gzip
import json
import re
from threading import BoundedSemaphore

import pytest
from django.test import Client

from editorial.api.framework import exports
from editorial.models import User
from tests.api.conftest import create_token
from tests.support.cast import Room
from tests.support.servers import ROOT

GZIP = {"Accept-Encoding": "gzip"}


def reader(user: User) -> Client:
    token = create_token(user, ["read", "file", "manage"])
    return Client(headers={"Authorization": f"Bearer {token}", **GZIP})


def test_lists_and_exports_are_compressed_for_a_token(rosa: User, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_slots", BoundedSemaphore(1))  # another test may not have read its export
    for number in range(20):
        room.claim(f"Claim {number}.")
    client = reader(rosa)
    page = client.get("/api/v1/claims")
    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]
    plain = gzip.decompress(page.content)
    assert len(json.loads(plain)["results"]) == 20
    assert len(page.content) < len(plain) / 2
    exported = client.get("/api/v1/claims/export")
    lines = gzip.decompress(exported.getvalue()).splitlines()
    assert len(lines) == 20
    assert "Content-Encoding" not in client.get("/api/v1/claims", headers={"Accept-Encoding": "identity"})


def test_a_compressed_object_has_a_strong_tag_of_its_own(rosa: User, room: Room) -> None:
    claim, client = room.claim("The gate was open. " * 30), reader(rosa)
    path = f"/api/v1/claims/{claim.pk}"
    compressed = client.get(path)
    tag = compressed["ETag"]
    assert compressed["Content-Encoding"] == "gzip"
    assert tag.startswith('"1-')
    assert tag.endswith('-gzip"')
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    changed = client.patch(path, {"text": "Shut."}, content_type="application/json", headers={"If-Match": tag})
    assert changed.status_code == 200
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_sessions_writes_and_files_are_not_compressed(rosa: User, room: Room) -> None:
    for number in range(20):
        room.claim(f"Claim {number}.")
    client = Client(headers=GZIP)
    client.force_login(rosa)
    assert "Content-Encoding" not in client.get("/api/v1/claims")
    body = {"desk": str(room.desk.pk), "title": "Deed", "text": "It is so. " * 500}
    archived = reader(rosa).post("/api/v1/exhibits", body, content_type="application/json")
    assert archived.status_code == 201
    assert "Content-Encoding" not in archived
    assert "Content-Encoding" not in reader(rosa).get(archived.json()["content"])


def test_the_proxy_compresses_only_static_files() -> None:
    encoding = re.findall(r"^\s*(encode.*|@static.*)$", (ROOT / "deploy/Caddyfile").read_text("utf-8"), re.MULTILINE)
    assert encoding == ["@static path /static/*", "encode @static zstd gzip"]
