"""Malformed and oversized requests get a problem response that quotes nothing."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from newsroom.processes import PROCESSES
from tests.support.live import RunningProcess, deployment_environment, free_port, wait_until


@pytest.fixture(scope="module")
def web_port(django_db_setup: None, data_folder: Path) -> Iterator[int]:
    """The port of a web process of our own."""
    port = free_port()
    variables = deployment_environment(data_folder, database=connection.settings_dict["NAME"], redis=settings.REDIS_URL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORT", str(port))
        patch.setenv("WEB_CONCURRENCY", "1")
        web = RunningProcess(PROCESSES["web"].command(), variables)
    try:
        wait_until(
            lambda: bool(send(port, b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        )
        yield port
    finally:
        web.stop()


def send(port: int, sent: bytes) -> bytes:
    """The response, until the connection closes; empty if nothing listens yet."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
            line.sendall(sent)
            return b"".join(iter(lambda: line.recv(65536), b""))
    except (ConnectionError, OSError):
        return b""


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(b"mole\r\n\r\n", 400, id="no request line"),
        pytest.param(b"GET / HTTP/9.9\r\n\r\n", 400, id="no version"),
        pytest.param(b"G\x00T /mole HTTP/1.1\r\n\r\n", 400, id="no method"),
        pytest.param(b"GET /" + b"m" * 5000 + b" HTTP/1.1\r\n\r\n", 414, id="a long address"),
        pytest.param(b"GET / HTTP/1.1\r\nX-Mole: " + b"m" * 9000 + b"\r\n\r\n", 431, id="a long header"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X-Mole: m\r\n" * 200 + b"\r\n", 431, id="many headers"),
        pytest.param(b"GET / HTTP/1.1\r\nX-Mole: \x00\r\n\r\n", 400, id="NUL in a header"),
        pytest.param(b"GET / HTTP/1.1\r\nX Mole: m\r\n\r\n", 400, id="a space in a name"),
        pytest.param(b"GET / HTTP/1.1\r\nX-Mole: m\r\n folded\r\n\r\n", 400, id="a folded header"),
        pytest.param(b"POST / HTTP/1.1\r\nContent-Length: mole\r\n\r\n", 400, id="no length"),
        pytest.param(b"POST / HTTP/1.1\r\nTransfer-Encoding: mole\r\n\r\n", 501, id="an unknown encoding"),
        pytest.param(b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: mole\r\n\r\n", 417, id="an expectation"),
    ],
)
def test_a_malformed_request_gets_a_problem_response(web_port: int, sent: bytes, status: int) -> None:
    head, _, body = send(web_port, sent).partition(b"\r\n\r\n")
    assert head.split()[1] == str(status).encode(), head
    assert b"content-type: application/problem+json" in head.lower()
    assert b"content-security-policy: default-src 'none'; frame-ancestors 'none'" in head.lower()
    problem = json.loads(body)
    assert problem["status"] == status
    assert problem["errors"][0]["detail"]
    assert b"mole" not in body.lower()


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/claims", "/api/v1/claims/", "/api/%00"]
)
def test_an_unknown_path_gets_a_problem_response(web_port: int, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    head, _, body = send(web_port, request.encode()).partition(b"\r\n\r\n")
    assert (head.split()[1], b"application/problem+json" in head) == (b"404", True), head
    assert json.loads(body)["status"] == 404


def test_an_unknown_host_gets_a_problem_response(web_port: int) -> None:
    request = b"GET /api/v1/claims HTTP/1.1\r\nHost: mole.example\r\nConnection: close\r\n\r\n"
    head, _, body = send(web_port, request).partition(b"\r\n\r\n")
    assert (head.split()[1], b"application/problem+json" in head) == (b"400", True), head
    assert b"mole" not in body
