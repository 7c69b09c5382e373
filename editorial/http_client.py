"""Calls to the world outside: to an address that was looked up and checked just before, and to no other.

A name that changes its mind between the check and the call cannot lead us into our own network: it is the checked
address that is connected to, with the certificate checked against the name. No redirect is followed unless it leads
to an address that passes the same checks.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import certifi
import httpx
from django.conf import settings

from editorial.policy import url_safety

LONGEST = 2000  # characters of an address that is fetched
_TIMEOUT = 10  # seconds, for connecting, sending and each piece of the answer
_MOST_SECONDS = 20  # for everything that a fetch takes, so that nobody keeps us by answering a byte at a time
_MOST_ADDRESSES = 2  # of a host that has several, so that two dead ones do not outlast the task's time limit
_MOST_REDIRECTS = 4


class Barred(Exception):
    """We do not call there, now or later. The reason is for people."""


class NoAnswer(Exception):
    """Nothing came of the call; another try may help. `kind` says what happened, without content."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class Unwanted(Exception):
    """There was an answer, and it is of no use: another try would not help. The reason is for people."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: where it was in the end, of which media type it says it is, and its bytes."""

    url: str
    content_type: str
    body: bytes


@contextmanager
def call(
    method: str, url: httpx.URL, *, headers: Mapping[str, str], private: bool, content: bytes = b""
) -> Iterator[httpx.Response]:
    """Call, and give the answer, of which nothing has been read yet. Raises Barred or NoAnswer.

    `private`: addresses inside the house may be called.
    """
    host = url.raw_host.decode("ascii")
    named = {**headers, "host": url.netloc.decode("ascii")}
    failure = NoAnswer("NO_ANSWER")
    with httpx.Client(verify=_trust(), timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client:
        for address in _addresses(url, host, private=private):
            there = client.build_request(
                method, url.copy_with(host=address), content=content, headers=named, extensions={"sni_hostname": host}
            )
            try:
                answer = client.send(there, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
                failure = NoAnswer(type(problem).__name__)
                continue
            try:
                yield answer
            finally:
                answer.close()
            return
    raise failure


def fetch(url: str, *, accept: str, most_bytes: int, private: bool) -> Fetched:
    """What is at an address, redirects followed. Raises Barred, NoAnswer or Unwanted."""
    headers = {"accept": accept, "accept-encoding": "identity", "user-agent": _who_calls()}
    try:
        return _follow(httpx.URL(url), headers, most_bytes, private=private)
    except httpx.InvalidURL:
        raise Unwanted("It leads to something that is not a web address.") from None
    except httpx.HTTPError as problem:
        raise NoAnswer(type(problem).__name__) from None


def _follow(there: httpx.URL, headers: Mapping[str, str], most_bytes: int, *, private: bool) -> Fetched:
    deadline = time.monotonic() + _MOST_SECONDS
    for _ in range(_MOST_REDIRECTS + 1):
        there = there.copy_with(fragment=None)
        with call("GET", there, headers=headers, private=private) as answer:
            if not answer.has_redirect_location:
                _look_at(answer.status_code)
                body = _read(answer, most_bytes, deadline)
                return Fetched(str(there), answer.headers.get("content-type", ""), body)
            there = there.join(answer.headers["location"])
    raise Unwanted(f"It leads on from address to address, more than {_MOST_REDIRECTS} times.")


def _look_at(status: int) -> None:
    """Whether such an answer is one. Those who are busy are asked again."""
    if status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS) or status >= 500:
        raise NoAnswer(f"HTTP_{status}")
    if not 200 <= status < 300:
        raise Unwanted(f"The server there answered {status} {httpx.codes.get_reason_phrase(status)}".strip() + ".")


def _read(answer: httpx.Response, most_bytes: int, deadline: float) -> bytes:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > most_bytes:
            raise Unwanted(f"There is more than {most_bytes // 1024:,} KiB to read there; that is too much at once.")
        if time.monotonic() > deadline:
            raise NoAnswer("TOO_SLOW")
    return bytes(body)


def _who_calls() -> str:
    """A name and an address by which those who are called can find us."""
    return f"Newsroom/1 (+{settings.PUBLIC_URL})" if settings.PUBLIC_URL else "Newsroom/1"


def _addresses(url: httpx.URL, host: str, *, private: bool) -> list[str]:
    """The addresses of the host. Raises Barred unless every one of them may be called."""
    allowed = url_safety.url(str(url), private=private, longest=LONGEST)
    if not allowed:
        raise Barred(" ".join(allowed.reasons))
    try:
        answers = socket.getaddrinfo(host, url.port or url.scheme, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAnswer("NAME_NOT_FOUND") from None
    found = list(dict.fromkeys(str(address[0]) for *_, address in answers))
    if not found:
        raise NoAnswer("NAME_NOT_FOUND")
    for each in found:
        if not (allowed := url_safety.address(each, private=private)):
            raise Barred(" ".join(allowed.reasons))
    return found[:_MOST_ADDRESSES]


@cache
def _trust() -> ssl.SSLContext:
    """The machine's own authorities, and Mozilla's where it has none: read once a process, for that takes long."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
