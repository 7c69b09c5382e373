"""The mail server of a run: accepts every email and records its Message-ID."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from tests.proofs.chaos.history import History
from tests.support.receivers import MailServer, serve_in_background


class _TolerantMailServer(MailServer):
    """Senders are killed in the middle of an email; that is expected."""

    def handle_error(self, *_: object) -> None:
        """Report nothing."""


class _RecordedMessages(list[EmailMessage]):
    """Emails, each recorded before its sender gets the acknowledgement."""

    def __init__(self, history: History) -> None:
        super().__init__()
        self._history = history

    def append(self, email: EmailMessage) -> None:
        """Record it without its content."""
        name = str(email["Message-ID"]).strip("<>").partition("@")[0]
        self._history.record("email", id=name)


@contextmanager
def mail_server(history: History, address: str = "127.0.0.1") -> Iterator[int]:
    """Accept emails until the block ends; the port."""
    mailbox = _TolerantMailServer(address=address)
    mailbox.emails = _RecordedMessages(history)
    with serve_in_background(mailbox):
        yield mailbox.port


def email_new_tasks_immediately() -> None:
    """Choose for everybody that emails about new tasks do not wait for the next hour: a run is to send them, too."""
    from editorial.models import EmailPreference, User

    EmailPreference.objects.bulk_create(
        EmailPreference(user=user, kind="queue", timing="immediately") for user in User.objects.all()
    )
