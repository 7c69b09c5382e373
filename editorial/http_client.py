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

MAX_URL_LENGTH = 2000  # characters of an address that is fetched
_TIMEOUT = 10  # seconds, for connecting, sending and each piece of the answer
_TOTAL_TIMEOUT = 20  # for everything that a fetch takes, so that nobody keeps us by answering a byte at a time
_MAX_ADDRESSES = 2  # of a host that has several, so that two dead ones do not outlast the task's time limit
_MAX_REDIRECTS = 4


class DestinationNotAllowed(Exception):
    """We do not call there, now or later. The reason is for people."""


class RequestFailed(Exception):
    """Nothing came of the call; another try may help. `kind` says what happened, without content."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class UnusableResponse(Exception):
    """There was an answer, and it is of no use: another try would not help. The reason is for people."""


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What an address gave: where it was in the end, of which media type it says it is, and its bytes."""

    url: str
    content_type: str
    body: bytes


@contextmanager
def request(
    method: str, url: httpx.URL, *, headers: Mapping[str, str], allow_private: bool, content: bytes = b""
) -> Iterator[httpx.Response]:
    """Call, and give the answer, of which nothing has been read yet. Raises Barred or NoAnswer.

    `private`: addresses inside the house may be called.
    """
    host = url.raw_host.decode("ascii")
    named = {**headers, "host": url.netloc.decode("ascii")}
    failure = RequestFailed("NO_ANSWER")
    with httpx.Client(verify=_ssl_context(), timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client:
        for address in _addresses(url, host, allow_private=allow_private):
            there = client.build_request(
                method, url.copy_with(host=address), content=content, headers=named, extensions={"sni_hostname": host}
            )
            try:
                answer = client.send(there, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
                failure = RequestFailed(type(problem).__name__)
                continue
            try:
                yield answer
            finally:
                answer.close()
            return
    raise failure


def fetch(url: str, *, accept: str, max_bytes: int, allow_private: bool) -> FetchResult:
    """What is at an address, redirects followed. Raises Barred, NoAnswer or Unwanted."""
    headers = {"accept": accept, "accept-encoding": "identity", "user-agent": _user_agent()}
    try:
        return _follow(httpx.URL(url), headers, max_bytes, allow_private=allow_private)
    except httpx.InvalidURL:
        raise UnusableResponse("It leads to something that is not a web address.") from None
    except httpx.HTTPError as problem:
        raise RequestFailed(type(problem).__name__) from None


def _follow(there: httpx.URL, headers: Mapping[str, str], max_bytes: int, *, allow_private: bool) -> FetchResult:
    deadline = time.monotonic() + _TOTAL_TIMEOUT
    for _ in range(_MAX_REDIRECTS + 1):
        there = there.copy_with(fragment=None)
        with request("GET", there, headers=headers, allow_private=allow_private) as answer:
            if not answer.has_redirect_location:
                _check_status(answer.status_code)
                body = _read(answer, max_bytes, deadline)
                return FetchResult(str(there), answer.headers.get("content-type", ""), body)
            there = there.join(answer.headers["location"])
    raise UnusableResponse(f"It leads on from address to address, more than {_MAX_REDIRECTS} times.")


def _check_status(status: int) -> None:
    """Whether such an answer is one. Those who are busy are asked again."""
    if status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS) or status >= 500:
        raise RequestFailed(f"HTTP_{status}")
    if not 200 <= status < 300:
        raise UnusableResponse(
            f"The server there answered {status} {httpx.codes.get_reason_phrase(status)}".strip() + "."
        )


def _read(answer: httpx.Response, max_bytes: int, deadline: float) -> bytes:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > max_bytes:
            raise UnusableResponse(
                f"There is more than {max_bytes // 1024:,} KiB to read there; that is too much at once."
            )
        if time.monotonic() > deadline:
            raise RequestFailed("TOO_SLOW")
    return bytes(body)


def _user_agent() -> str:
    """A name and an address by which those who are called can find us."""
    return f"Newsroom/1 (+{settings.PUBLIC_URL})" if settings.PUBLIC_URL else "Newsroom/1"


def _addresses(url: httpx.URL, host: str, *, allow_private: bool) -> list[str]:
    """The addresses of the host. Raises Barred unless every one of them may be called."""
    allowed = url_safety.check_url(str(url), allow_private=allow_private, max_length=MAX_URL_LENGTH)
    if not allowed:
        raise DestinationNotAllowed(" ".join(allowed.reasons))
    try:
        answers = socket.getaddrinfo(host, url.port or url.scheme, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise RequestFailed("NAME_NOT_FOUND") from None
    found = list(dict.fromkeys(str(address[0]) for *_, address in answers))
    if not found:
        raise RequestFailed("NAME_NOT_FOUND")
    for each in found:
        if not (allowed := url_safety.check_address(each, allow_private=allow_private)):
            raise DestinationNotAllowed(" ".join(allowed.reasons))
    return found[:_MAX_ADDRESSES]


@cache
def _ssl_context() -> ssl.SSLContext:
    """The machine's own authorities, and Mozilla's where it has none: read once a process, for that takes long."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
