"""Mailboxes: when each is checked, and what became of its messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F

from editorial import outbox
from editorial.models import Mailbox, MessageKind
from editorial.policy.imports import pause_after
from editorial.policy.vocabulary import MailboxKind
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.locking import lock
from editorial.workflow.review.incoming_mail import Receipt

_LONGEST_PAUSE = timedelta(minutes=10)


def configured() -> list[MailboxKind]:
    """The mailboxes of the settings; none if requests have no addresses."""
    if not settings.INBOUND_MAIL_DOMAIN:
        return []
    urls = {MailboxKind.MAILDIR: settings.INBOUND_MAILDIR, MailboxKind.IMAP: settings.INBOUND_MAIL_IMAP_URL}
    return [kind for kind, url in urls.items() if url]


def due(now: datetime) -> list[MailboxKind]:
    """The configured mailboxes that are due, or were never checked. No query if there are none."""
    kinds = configured()
    if not kinds:
        return []
    waiting = set(Mailbox.objects.filter(next_fetch_at__gt=now).values_list("kind", flat=True))
    return [kind for kind in kinds if kind.value not in waiting]


@atomic_action
def enqueue(*, kind: MailboxKind, now: datetime) -> None:
    """Enqueue the collection of a mailbox that is due. A system action.

    None follows until it has ended or its lease has expired: two would handle the same messages.
    """
    created, _ = Mailbox.objects.get_or_create(kind=kind.value, defaults={"next_fetch_at": now})
    mailbox = lock(Mailbox, created.pk, None)
    if mailbox.next_fetch_at > now:
        return
    mailbox.next_fetch_at = now + _interval() + outbox.LEASE
    mailbox.save(update_fields=["next_fetch_at"])
    outbox.send(MessageKind.FETCH_MAIL, mailbox.pk, now=now)


@atomic_action
def record_success(*, mailbox_id: UUID | str, has_more: bool, now: datetime) -> None:
    """Record that a mailbox was emptied, as far as time allowed. A system action."""
    mailbox = lock(Mailbox, mailbox_id, None)
    mailbox.failures, mailbox.problem = 0, ""
    mailbox.fetched_at = mailbox.succeeded_at = now
    mailbox.next_fetch_at = now if has_more else now + _interval()
    mailbox.save(update_fields=["failures", "problem", "fetched_at", "succeeded_at", "next_fetch_at"])


@atomic_action
def record_failure(*, mailbox_id: UUID | str, problem: str, now: datetime) -> None:
    """Record that a mailbox could not be read or a message not be stored, and wait longer. A system action."""
    mailbox = lock(Mailbox, mailbox_id, None)
    mailbox.failures, mailbox.problem, mailbox.fetched_at = mailbox.failures + 1, problem[:300], now
    mailbox.next_fetch_at = now + min(pause_after(mailbox.failures, _interval(), None), _LONGEST_PAUSE)
    mailbox.save(update_fields=["failures", "problem", "fetched_at", "next_fetch_at"])


def count(mailbox_id: UUID | str, receipt: Receipt) -> None:
    """Count what became of a message, in the caller's transaction."""
    Mailbox.objects.filter(pk=mailbox_id).update(**{receipt.value: F(receipt.value) + 1})


def _interval() -> timedelta:
    return timedelta(seconds=settings.INBOUND_MAIL_SECONDS)
