"""Messages of the mailboxes of the settings: a maildir, or an IMAP folder. They stay there until they are removed."""

from __future__ import annotations

import imaplib
import mailbox
import ssl
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings

from editorial.deadlines import Deadline
from editorial.policy.vocabulary import MailboxKind

log = structlog.get_logger(__name__)

_PORT, _TLS_PORT = 143, 993
_STEP_TIMEOUT = 10  # seconds for one response of an IMAP server


class MailboxUnavailable(Exception):
    """A mailbox cannot be read. The text says why, without an address or a password."""


@dataclass(frozen=True, slots=True)
class RawMail:
    """The bytes of a message, up to the limit, and how to remove it from its mailbox."""

    content: bytes = field(repr=False)
    truncated: bool
    remove: Callable[[], object]


def messages(kind: MailboxKind, deadline: Deadline) -> Generator[RawMail]:
    """The messages of a mailbox, oldest first. Raises MailboxUnavailable."""
    return _imap(deadline) if kind is MailboxKind.IMAP else _maildir()


def _maildir() -> Generator[RawMail]:
    try:
        box = mailbox.Maildir(settings.INBOUND_MAILDIR, factory=None, create=settings.DEVELOPMENT_PAGES)
        keys = sorted(box.keys())
    except (mailbox.Error, OSError) as error:
        raise MailboxUnavailable(
            f"INBOUND_MAILDIR is not a maildir that can be read ({type(error).__name__})."
        ) from None
    for key in keys:
        try:
            with box.get_file(key) as file:
                content = file.read(settings.INBOUND_MAIL_MAX_BYTES + 1)
        except (KeyError, FileNotFoundError):
            continue  # another worker has removed it
        except OSError as error:
            log.warning("file in maildir cannot be read", kind=type(error).__name__)
            continue
        yield _mail(content, partial(box.discard, key))


def _imap(deadline: Deadline) -> Generator[RawMail]:
    url = urlsplit(settings.INBOUND_MAIL_IMAP_URL)
    try:
        server = _connect(url.scheme, url.hostname or "", url.port, deadline)
    except OSError as error:
        raise MailboxUnavailable(f"The IMAP server does not answer ({type(error).__name__}).") from None
    except imaplib.IMAP4.error:
        raise MailboxUnavailable("The IMAP server refused the connection.") from None
    try:
        with _ended(server):
            yield from _in_folder(server, unquote(url.username or ""), unquote(url.path.strip("/")) or "INBOX")
    except imaplib.IMAP4.error as error:
        kind = "closed the connection" if isinstance(error, imaplib.IMAP4.abort) else "refused a command"
        raise MailboxUnavailable(f"The IMAP server {kind}.") from None
    except OSError as error:
        raise MailboxUnavailable(f"The IMAP server does not answer ({type(error).__name__}).") from None


@contextmanager
def _ended(server: imaplib.IMAP4) -> Iterator[None]:
    """Send LOGOUT after the block, and close the connection, which imaplib leaves open if that fails."""
    try:
        yield
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            server.logout()
        with suppress(OSError):
            server.shutdown()


def _in_folder(server: imaplib.IMAP4, user: str, folder: str) -> Generator[RawMail]:
    try:
        server.login(user, settings.INBOUND_MAIL_IMAP_PASSWORD)
    except imaplib.IMAP4.error:
        raise MailboxUnavailable("The IMAP server refused the username or the password.") from None
    status, _ = server.select(_quoted(folder))
    if status != "OK":
        raise MailboxUnavailable("The IMAP server has no such folder.")
    _, found = server.uid("SEARCH", "UNDELETED")
    for uid in (found[0] or b"").decode("ascii").split():
        _, parts = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{settings.INBOUND_MAIL_MAX_BYTES + 1}>)")
        content = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if content is not None:  # otherwise another worker has removed it
            yield _mail(content, partial(server.uid, "STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
    server.expunge()


def _mail(content: bytes, remove: Callable[[], object]) -> RawMail:
    limit = settings.INBOUND_MAIL_MAX_BYTES
    return RawMail(content[:limit], len(content) > limit, remove)


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _connect(scheme: str, host: str, port: int | None, deadline: Deadline) -> imaplib.IMAP4:
    timeout = max(0.1, min(_STEP_TIMEOUT, deadline.remaining()))
    if scheme == "imap":
        server: imaplib.IMAP4 = imaplib.IMAP4(host, port or _PORT, timeout=timeout)
    else:
        context = ssl.create_default_context()  # by default, imaplib verifies nothing
        server = imaplib.IMAP4_SSL(host, port or _TLS_PORT, ssl_context=context, timeout=timeout)
    opened: Any = server.socket()
    deadline.watch(opened)
    return server
