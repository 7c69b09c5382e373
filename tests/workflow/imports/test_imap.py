"""Incoming email from an IMAP folder: fetched, stored, then deleted; failures say why and quote nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from editorial.models import Mailbox, OutboxMessage, ReceivedAnswer
from tests.support.cast import Room
from tests.support.imap_server import ImapServer
from tests.support.incoming_mail import ask, collect, counters, mail_to
from tests.support.receivers import serve_in_background


@pytest.fixture
def server(settings: Any) -> Iterator[ImapServer]:
    settings.INBOUND_MAIL_DOMAIN, settings.INBOUND_MAILDIR = "reply.example", ""
    settings.INBOUND_MAIL_IMAP_PASSWORD = "secret"  # noqa: S105
    with serve_in_background(server := ImapServer()):
        settings.INBOUND_MAIL_IMAP_URL = server.url
        yield server


def test_messages_are_fetched_stored_and_deleted(room: Room, server: ImapServer) -> None:
    request = ask(room)
    server.folder.add(mail_to(request), mail_to(request, "Or open."), mail_to("x@reply.example"))
    collect(room)
    assert ReceivedAnswer.objects.filter(request=request).count() == 2
    assert counters() == {"received": 2, "unknown": 1}
    assert server.folder.messages == {}
    assert server.folder.commands[-2:] == ["EXPUNGE", "LOGOUT"]


def test_an_empty_folder_is_no_failure(room: Room, server: ImapServer) -> None:
    assert collect(room).problem == ""


@pytest.mark.parametrize("command", ["UID STORE", "EXPUNGE"])
def test_a_conversation_that_ends_before_deletion_doubles_nothing(room: Room, server: ImapServer, command: str) -> None:
    request = ask(room)
    server.folder.add(mail_to(request), mail_to(request, "Or open."))
    server.folder.dies_after = command
    assert collect(room).failures == 1
    server.folder.dies_after = ""
    OutboxMessage.objects.update(state="done")
    assert collect(room).failures == 0
    assert ReceivedAnswer.objects.count() == 2
    assert server.folder.messages == {}


def test_only_the_beginning_of_a_huge_message_is_fetched(room: Room, server: ImapServer, settings: Any) -> None:
    settings.INBOUND_MAIL_MAX_BYTES = 5000
    server.folder.add(mail_to(ask(room), "It was shut. " * 10_000))
    collect(room)
    assert ReceivedAnswer.objects.get().truncated


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"INBOUND_MAIL_IMAP_PASSWORD": "guess"}, "The IMAP server refused the username or the password."),
        ({"INBOUND_MAIL_IMAP_URL": "{url}/Else"}, "The IMAP server has no such folder."),
        ({"INBOUND_MAIL_IMAP_URL": "imap://desk@127.0.0.1:1"}, "The IMAP server does not answer"),
        ({"INBOUND_MAIL_IMAP_URL": "imaps://desk@{host}"}, "The IMAP server does not answer"),
    ],
)
def test_a_failure_says_why_and_quotes_nothing(
    room: Room, server: ImapServer, settings: Any, change: dict[str, str], problem: str
) -> None:
    for name, value in change.items():
        host = server.url.partition("@")[2].partition("/")[0]
        setattr(settings, name, value.format(url=f"imap://desk@{host}", host=host))
    failed = collect(room)
    assert failed.problem.startswith(problem)
    assert not any(word in failed.problem for word in ("desk", "127.0.0.1", "secret", "guess"))
    assert Mailbox.objects.get().failures == 1
