"""The mail server of a run: it takes every letter and notes its Message-ID."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from tests.proofs.chaos.history import History
from tests.support.receivers import Mailbox, serving


class _Letterbox(Mailbox):
    """Senders are killed in the middle of a letter; that is nothing to speak of."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


class _Noted(list[EmailMessage]):
    """Letters, each noted before its sender hears that it was taken."""

    def __init__(self, history: History) -> None:
        super().__init__()
        self._history = history

    def append(self, letter: EmailMessage) -> None:
        """Note it; nothing of what it says is kept."""
        name = str(letter["Message-ID"]).strip("<>").partition("@")[0]
        self._history.note("letter", id=name)


@contextmanager
def letterbox(history: History, address: str = "127.0.0.1") -> Iterator[int]:
    """Take letters until the block ends; the port."""
    mailbox = _Letterbox(address=address)
    mailbox.letters = _Noted(history)
    with serving(mailbox):
        yield mailbox.port
