"""HTTP client for external hosts, protected against SSRF: it connects only to addresses that it has checked.

It resolves the host, checks every address and connects to the checked address, so that a DNS name cannot change in
between and lead into our network. The certificate is verified against the name. Redirects pass the same checks.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache, partial
from typing import Any

import certifi
import httpx
from django.conf import settings

from editorial import deadlines
from editorial.deadlines import Deadline
from editorial.policy import url_safety
from editorial.policy.access import Decision

MAX_URL_LENGTH = 2000  # characters
_TIMEOUT = 10  # seconds to connect, to send, and to read each chunk
_TOTAL_TIMEOUT = settings.EXTERNAL_CALL_SECONDS  # with redirects, against servers that send a byte at a time
_MAX_ADDRESSES = 2  # tried per host, so that dead ones do not outlast the task's time limit
_MAX_REDIRECTS = 4
_MOVED = (httpx.codes.MOVED_PERMANENTLY, httpx.codes.PERMANENT_REDIRECT)
_MAX_RETRY_AFTER = 7 * 24 * 3600  # seconds


class DestinationNotAllowed(Exception):
    """The destination is not allowed; a retry does not help. The message is for users."""


class RequestFailed(Exception):
    """The request failed; a retry may help. `kind` classifies the failure, without content.

    `retry_after`: the time that the server asks to wait, if any.
    """

    def __init__(self, kind: str, retry_after: timedelta | None = None) -> None:
        self.kind, self.retry_after = kind, retry_after
        super().__init__(kind)


class UnusableResponse(Exception):
    """The response is unusable; a retry does not help. The message is for users. `status`: 0 unless that is why."""

    def __init__(self, message: str, status: int = 0) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of the version that we have, in its own words (RFC 9110, section 8.8)."""

    etag: str = ""
    last_modified: str = ""

    def as_conditions(self) -> dict[str, str]:
        """The headers that ask for another version only."""
        headers = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


NONE_KNOWN = Validators()


@dataclass(frozen=True, slots=True)
class FetchResult:
    """A fetched resource: its final URL, declared media type and body; None if it is the version that we have.

    `moved_to`: where it has moved permanently, if the server says so (301, 308).
    """

    url: str
    content_type: str
    body: bytes | None
    validators: Validators = NONE_KNOWN
    moved_to: str = ""


def check_url(text: str, *, allow_private: bool, max_length: int = 500, hosts: Collection[str] = ()) -> Decision:
    """Whether this URL may be requested, and can be: httpx refuses invalid internationalized domain names."""
    decision = url_safety.check_url(text, allow_private=allow_private, max_length=max_length, hosts=hosts)
    if decision:
        try:
            httpx.URL(text)
        except httpx.InvalidURL:
            return Decision(False, ("This is not a web address.",))
    return decision


def may_be_private(webhook_url: str) -> bool:
    """Whether a webhook with this URL may reach a private address: all may, or it is a development newsroom's own."""
    return settings.WEBHOOKS_ALLOW_PRIVATE_HOSTS or webhook_url == settings.DEVELOPMENT_WEBHOOK_URL != ""


@contextmanager
def request(
    method: str,
    url: httpx.URL,
    *,
    headers: Mapping[str, str],
    allow_private: bool,
    hosts: Collection[str] = (),
    content: bytes = b"",
    seconds: float | None = None,
) -> Iterator[httpx.Response]:
    """Send a request and yield the unread response. Raises `DestinationNotAllowed` or `RequestFailed`.

    `allow_private`: addresses in private networks are allowed. `hosts`: the only hosts that are allowed, with their
    subdomains; empty: any. `seconds`: the time for the whole call, if it is not the usual.
    """
    with (
        _within_total_timeout(seconds) as deadline,
        _request(method, url, headers, content, deadline, allow_private, hosts) as response,
    ):
        yield response


@contextmanager
def _within_total_timeout(seconds: float | None = None) -> Iterator[Deadline]:
    """Limit the time of a whole call. All its failures become `RequestFailed`."""
    with deadlines.within(_TOTAL_TIMEOUT if seconds is None else max(0, seconds)) as deadline:
        try:
            yield deadline
        except httpx.HTTPError as error:
            raise RequestFailed("TOO_SLOW" if deadline.expired else type(error).__name__) from None
        if deadline.expired:  # a body without a length ends with the connection
            raise RequestFailed("TOO_SLOW")


@contextmanager
def _request(
    method: str,
    url: httpx.URL,
    headers: Mapping[str, str],
    content: bytes,
    deadline: Deadline,
    allow_private: bool,
    hosts: Collection[str],
) -> Iterator[httpx.Response]:
    host = url.raw_host.decode("ascii")
    all_headers = {**headers, "host": url.netloc.decode("ascii")}
    failure = RequestFailed("NO_ANSWER")
    with httpx.Client(verify=_ssl_context(), follow_redirects=False, trust_env=False) as client:
        for address in _addresses(url, host, allow_private=allow_private, hosts=hosts):
            target = client.build_request(
                method,
                url.copy_with(host=address),
                content=content,
                headers=all_headers,
                timeout=max(0.001, min(_TIMEOUT, deadline.remaining())),
                extensions={"sni_hostname": host, "trace": partial(_watch_connection, deadline)},
            )
            try:
                response = client.send(target, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = RequestFailed(type(error).__name__)
                continue
            try:
                yield response
            finally:
                response.close()
            return
    raise failure


def _watch_connection(deadline: Deadline, event: str, info: Mapping[str, Any]) -> None:
    """Have the deadline shut down each new connection, even once it speaks TLS."""
    if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
        deadline.watch(info["return_value"].get_extra_info("socket"))


def fetch(
    url: str,
    *,
    accept: str,
    max_bytes: int,
    allow_private: bool,
    hosts: Collection[str] = (),
    known: Validators = Validators(),
) -> FetchResult:
    """Fetch a URL, following redirects. Raises `DestinationNotAllowed`, `RequestFailed` or `UnusableResponse`.

    `known`: the validators of the version that we have, which is not sent again.
    """
    headers = {"accept": accept, "accept-encoding": "identity", "user-agent": _user_agent(), **known.as_conditions()}
    try:
        return _follow(httpx.URL(url), headers, max_bytes, allow_private=allow_private, hosts=hosts)
    except httpx.InvalidURL:
        raise UnusableResponse("The URL redirects to something that is not a web address.") from None


def call(
    method: str, url: str, *, headers: Mapping[str, str], max_bytes: int, allow_private: bool, content: bytes = b""
) -> tuple[int, bytes]:
    """Send a request to an API and return its status and body. Redirects are not followed.

    Raises `DestinationNotAllowed`, `RequestFailed` or `UnusableResponse`.
    """
    all_headers = {"accept": "application/json", "accept-encoding": "identity", "user-agent": _user_agent(), **headers}
    try:
        with request(
            method, httpx.URL(url), headers=all_headers, content=content, allow_private=allow_private
        ) as response:
            return response.status_code, _read(response, max_bytes)
    except httpx.InvalidURL:
        raise UnusableResponse("This is not a web address.") from None


def _follow(
    target: httpx.URL, headers: Mapping[str, str], max_bytes: int, *, allow_private: bool, hosts: Collection[str]
) -> FetchResult:
    moved_to, only_moves = "", True
    with _within_total_timeout() as deadline:
        for _ in range(_MAX_REDIRECTS + 1):
            target = target.copy_with(fragment=None)
            with _request("GET", target, headers, b"", deadline, allow_private, hosts) as response:
                if not response.has_redirect_location:
                    return _result(response, str(target), max_bytes, moved_to)
                target = target.join(response.headers["location"])
                only_moves = only_moves and response.status_code in _MOVED
                moved_to = str(target) if only_moves else moved_to
    raise UnusableResponse(f"The URL redirects more than {_MAX_REDIRECTS} times.")


def _result(response: httpx.Response, url: str, max_bytes: int, moved_to: str) -> FetchResult:
    is_conditional = {"if-none-match", "if-modified-since"} & set(response.request.headers)
    is_known = response.status_code == httpx.codes.NOT_MODIFIED and bool(is_conditional)
    if not is_known:
        _check_status(response)
    headers = response.headers
    return FetchResult(
        url=url,
        content_type=headers.get("content-type", ""),
        body=None if is_known else _read(response, max_bytes),
        validators=Validators(headers.get("etag", ""), headers.get("last-modified", "")),
        moved_to=moved_to,
    )


def _check_status(response: httpx.Response) -> None:
    """Raise unless the status is a success. Busy servers can be retried."""
    status = response.status_code
    if status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS) or status >= 500:
        raise RequestFailed(f"HTTP_{status}", retry_after(response))
    if not 200 <= status < 300:
        phrase = httpx.codes.get_reason_phrase(status)
        raise UnusableResponse(f"The server responded {status} {phrase}".strip() + ".", status)


def retry_after(response: httpx.Response) -> timedelta | None:
    """The pause that the server asks for, as seconds or until a date by its own clock (RFC 9110, section 10.2.3)."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), _MAX_RETRY_AFTER))
    try:
        until = parsedate_to_datetime(text)
        asked_at = parsedate_to_datetime(response.headers.get("date", ""))
        return min(max(until - asked_at, timedelta()), timedelta(seconds=_MAX_RETRY_AFTER))
    except (ValueError, TypeError):
        return None


def _read(response: httpx.Response, max_bytes: int) -> bytes:
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > max_bytes:
            raise UnusableResponse(f"The response is larger than {max_bytes // 1024:,} KiB, which is the limit.")
    return bytes(body)


def _user_agent() -> str:
    """Product name and public URL, so that operators of remote servers can reach us."""
    return f"Newsroom/1 (+{settings.PUBLIC_URL})" if settings.PUBLIC_URL else "Newsroom/1"


def _addresses(url: httpx.URL, host: str, *, allow_private: bool, hosts: Collection[str]) -> list[str]:
    """Resolve the host. Raises `DestinationNotAllowed` unless every address is allowed."""
    allowed = url_safety.check_url(str(url), allow_private=allow_private, max_length=MAX_URL_LENGTH, hosts=hosts)
    if not allowed:
        raise DestinationNotAllowed(" ".join(allowed.reasons))
    try:
        answers = socket.getaddrinfo(host, url.port or url.scheme, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise RequestFailed("NAME_NOT_FOUND") from None
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in answers))
    if not addresses:
        raise RequestFailed("NAME_NOT_FOUND")
    for address in addresses:
        if not (allowed := url_safety.check_address(address, allow_private=allow_private)):
            raise DestinationNotAllowed(" ".join(allowed.reasons))
    return addresses[:_MAX_ADDRESSES]


@cache
def _ssl_context() -> ssl.SSLContext:
    """The system's CA certificates plus Mozilla's. Cached, as loading them is slow."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
