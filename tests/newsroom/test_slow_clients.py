"""Clients that are slow, silent, greedy or ambiguous take no thread from others, and are cut off."""

from __future__ import annotations

import json
import re
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from newsroom.processes import PROCESSES
from tests.support.live import RunningProcess, deployment_environment, free_port, wait_until

pytestmark = pytest.mark.servers

_GET = b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
_POST = b"POST /api/v1/tokens HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
_CROWD = 40


class WebProcess:
    """A web process with two workers of four threads, as by default."""

    def __init__(self, data: Path, **variables: str) -> None:
        self.port = free_port()
        environment = deployment_environment(
            data, database=connection.settings_dict["NAME"], redis=settings.REDIS_URL
        ) | {"PORT": str(self.port), **variables}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PORT", str(self.port))
            self.running = RunningProcess(PROCESSES["web"].command(), environment)
        wait_until(lambda: b" 200 " in self.ask(_GET))

    def connect(self, sent: bytes = b"") -> socket.socket:
        """A connection on which this has been sent."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        line.sendall(sent)
        return line

    def ask(self, sent: bytes) -> bytes:
        """Everything that comes back until the connection is closed."""
        try:
            with closing(self.connect(sent)) as line:
                return read(line)
        except ConnectionRefusedError:
            return b""

    def seconds(self, number: int = 40) -> list[float]:
        """How long each of this many requests took."""
        took = []
        for _ in range(number):
            began = time.monotonic()
            assert b" 200 " in self.ask(_GET)
            took.append(time.monotonic() - began)
        return took


def read(line: socket.socket) -> bytes:
    """Everything until the other side closes."""
    return b"".join(iter(lambda: line.recv(65536), b""))


def status(answer: bytes) -> int:
    """The status of a response that is a problem, or another one."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"problem+json" in head:
        assert json.loads(body)["status"] == int(head.split()[1])
    return int(head.split()[1])


@pytest.fixture(scope="module")
def web(django_db_setup: None, data_folder: Path) -> Iterator[WebProcess]:
    process = WebProcess(data_folder)
    yield process
    process.running.stop()


@pytest.fixture(scope="module")
def strict_web(django_db_setup: None, data_folder: Path) -> Iterator[WebProcess]:
    process = WebProcess(data_folder, REQUEST_HEAD_SECONDS="1", REQUEST_BODY_SECONDS="2")
    yield process
    process.running.stop()


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="silent"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: localh", id="half a head"),
        pytest.param(_POST + b"Content-Length: 1000\r\n\r\n{", id="half a body"),
        pytest.param(_POST + b"Transfer-Encoding: chunked\r\n\r\n100\r\nx", id="half a chunk"),
    ],
)
def test_forty_slow_clients_do_not_delay_others(web: WebProcess, sent: bytes) -> None:
    alone = web.seconds()
    with ExitStack() as stack:
        for _ in range(_CROWD):
            stack.enter_context(closing(web.connect(sent)))
        beside = web.seconds()
    slow, quick = (statistics.quantiles(each, n=20)[-1] for each in (beside, alone))
    assert slow < max(5 * quick, 0.5), f"p95 alone {quick:.3f} s, beside slow clients {slow:.3f} s"


def test_clients_that_do_not_read_do_not_delay_others(web: WebProcess) -> None:
    request = b"GET /api/v1/schema HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for _ in range(10):  # until both processes have made it
        answer = web.ask(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert status(answer) == 200
        assert len(answer) > 200_000  # more than the buffers of a connection hold
    with ExitStack() as stack:
        for _ in range(_CROWD):
            line = stack.enter_context(closing(web.connect()))
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.sendall(request)
        assert max(web.seconds()) < 5


def test_a_crowd_beyond_the_limit_loses_its_oldest_connections_only(web: WebProcess) -> None:
    with ExitStack() as stack:
        for _ in range(2200):
            stack.enter_context(closing(web.connect(b"GET / HT")))
        assert max(web.seconds(20)) < 5


def test_a_slow_head_is_refused_after_its_time(strict_web: WebProcess) -> None:
    began = time.monotonic()
    assert status(strict_web.ask(b"GET / HTTP/1.1\r\nHost: local")) == 408
    assert 1 <= time.monotonic() - began < 10


def test_a_dripping_head_is_refused_after_its_time(strict_web: WebProcess) -> None:
    with closing(strict_web.connect(b"GET / HTTP/1.1\r\n")) as line:
        began = time.monotonic()
        threading.Thread(target=_drip, args=(line,), daemon=True).start()
        assert status(read(line)) == 408
        assert time.monotonic() - began < 10


def _drip(line: socket.socket) -> None:
    try:
        for _ in range(300):
            line.sendall(b"X")
            time.sleep(0.1)
    except OSError:
        return


def test_a_silent_connection_is_closed(strict_web: WebProcess) -> None:
    assert strict_web.ask(b"") == b""


def test_a_body_that_is_shorter_than_it_says_is_refused_after_its_time(strict_web: WebProcess) -> None:
    assert status(strict_web.ask(_POST + b'Content-Length: 100\r\n\r\n{"username": 1}')) == 408


def test_a_body_that_is_longer_than_it_says_ends_the_connection(web: WebProcess) -> None:
    answers = web.ask(_POST + b"Content-Length: 2\r\n\r\n{}mole\r\n\r\n")
    assert re.findall(rb"HTTP/1.\d (\d+)", answers) == [b"422", b"400"]
    assert b"mole" not in answers


def test_a_chunked_body_is_read(web: WebProcess) -> None:
    body = b'{"username": "rosa", "password": "wrong", "scopes": ["nonsense"]}'
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:10], body[10:])) + b"0\r\n\r\n"
    answer = web.ask(_POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    assert status(answer) == 422
    assert b"scopes" in answer


@pytest.mark.parametrize("size", [65 * 1024, 8 * 1024 * 1024])
def test_before_sign_in_a_large_body_is_refused_in_words_however_it_is_sent(web: WebProcess, size: int) -> None:
    body = b"x" * size
    length = b"Content-Length: %d\r\n\r\n" % size
    chunked = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % size
    for head in (length, chunked):
        with closing(web.connect(_POST + head)) as line:
            sender = threading.Thread(target=_send, args=(line, body), daemon=True)
            sender.start()
            assert status(read(line)) == 413
            sender.join(10)


def _send(line: socket.socket, body: bytes) -> None:
    try:
        line.sendall(body)
    except OSError:
        return


def test_a_client_that_asks_first_is_refused_before_it_sends(web: WebProcess) -> None:
    answer = web.ask(_POST + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
    assert status(answer) == 413


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", 400, id="two lengths"),
        pytest.param(b"Content-Length: 2\r\nContent-Length: 3\r\n", 400, id="two different lengths"),
        pytest.param(b"Content-Length: -2\r\n", 400, id="a negative length"),
        pytest.param(b"Content-Length: +2\r\n", 400, id="a signed length"),
        pytest.param(b"Transfer-Encoding: gzip, chunked\r\n", 501, id="a compressed transfer"),
        pytest.param(b"Content-Length: 2\r\nContent-Encoding: gzip\r\nConnection: close\r\n", 415, id="compressed"),
    ],
)
def test_a_body_of_doubtful_length_is_refused(web: WebProcess, head: bytes, expected: int) -> None:
    assert status(web.ask(_POST + head + b"\r\n{}")) == expected


def test_chunks_in_old_http_are_refused(web: WebProcess) -> None:
    request = (
        b"POST /api/v1/tokens HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    )
    assert status(web.ask(request)) == 400


def test_an_endless_chunk_head_is_refused(web: WebProcess) -> None:
    assert status(web.ask(_POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 60_000)) == 400


def test_a_connection_serves_several_requests(web: WebProcess) -> None:
    keep = _GET.replace(b"Connection: close\r\n", b"")
    assert web.ask(keep * 3 + _GET).count(b"HTTP/1.1 200") == 4


def test_a_stopping_process_finishes_what_it_receives_and_asks_to_reconnect(
    django_db_setup: None, data_folder: Path
) -> None:
    web = WebProcess(data_folder)
    with closing(web.connect(_POST + b"Content-Length: 2\r\n\r\n{")) as line:
        time.sleep(0.5)
        web.running.process.terminate()
        time.sleep(1.5)
        line.sendall(b"}")
        answer = read(line)
    assert status(answer) == 422
    assert b"connection: close" in answer.lower()
    assert web.running.wait_for_exit(within=30) == 0
