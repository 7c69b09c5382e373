"""A newsroom in which notices are written and sent, and the servers that take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pgtrigger
import pytest

from editorial import outbox
from editorial.models import DeliveryAttempt, Desk, Event, MessageKind, Notification, OutboxMessage, User
from editorial.notifications import deliveries, email_batches, notices
from editorial.notifications.email_times import COLLECTING
from editorial.workflow.imports import imports
from editorial.workflow.ops import webhooks
from editorial.workflow.review import assessments
from editorial.workflow.stories import publication
from tests.support.cast import Room
from tests.support.receivers import MailServer, WebhookReceiver, serve_in_background


class NotifyingRoom(Room):
    """A room whose workers also notify and deliver."""

    delivering = True

    def settle(self) -> int:
        """Work through the outbox until nothing is left to do now, and wait for emails that collect effects."""
        done = 0
        while True:
            while claimed := self.claim_batch():
                for message, kind, *_ in claimed:
                    self.work(message, kind)
                    done += 1
            if not self.collecting():
                return done
            self.later(seconds=COLLECTING.seconds)

    def forget(self, **which: Any) -> None:
        """Delete these notifications with every attempt at an email, as if nobody had been notified."""
        with pgtrigger.ignore("editorial.DeliveryAttempt:deliveryattempt_append_only"):
            DeliveryAttempt.objects.all().delete()
        Notification.objects.filter(**which).delete()

    def collecting(self) -> bool:
        """Whether an email is about to be sent and waits only for further effects of the same act."""
        soon = {"state": "ready", "available_at__lte": self.now + COLLECTING}
        return OutboxMessage.objects.filter(kind=MessageKind.COMPOSE_EMAILS.value, **soon).exists()

    def work(self, message: UUID, kind: MessageKind) -> None:
        """Do one piece of work, as `editorial.tasks` would."""
        if kind is MessageKind.DELIVER:
            if self.delivering:
                deliveries.deliver(message_id=message, clock=lambda: self.now)
        else:
            outbox.run_message(message, _EFFECTS[kind], clock=lambda: self.now)

    def notify_jobs(self) -> list[tuple[UUID, MessageKind]]:
        """The jobs that would notify people now."""
        return [(message, kind) for message, kind, *_ in outbox.claim_batch(now=self.now) if kind is MessageKind.NOTIFY]

    def notifications_of(self, name: str, action: str = "") -> list[Notification]:
        """The notifications of a user, oldest first."""
        notices_ = Notification.objects.filter(user=self.people[name], event__action__startswith=action)
        return list(notices_.order_by("pk"))

    def notified_usernames(self, action: str) -> set[str]:
        """The users who were notified of such events."""
        return set(Notification.objects.filter(event__action=action).values_list("user__username", flat=True))


_EFFECTS: dict[MessageKind, Callable[..., object]] = {
    MessageKind.ASSESS_CLAIM: lambda claim, now: assessments.reassess(claim_id=claim, now=now),
    MessageKind.REEVALUATE_STORY: lambda story, now: publication.reevaluate(story_id=story, now=now),
    MessageKind.NOTIFY: lambda event, now: notices.notify(event_id=event, now=now),
    MessageKind.COMPOSE_EMAILS: lambda user, now: email_batches.compose(user_id=UUID(user), now=now),
    MessageKind.IMPORT: lambda begun, now: imports.file_next(import_id=begun, now=now),
    MessageKind.DISABLE_WEBHOOK: lambda endpoint, now: webhooks.stop_failing(endpoint_id=endpoint, now=now),
    # Tables are rewritten outside a transaction only: tests/workflow/evidence/confidentiality/test_erasure.py.
    MessageKind.ERASE_OLD_ROWS: lambda source, now: None,
}


@pytest.fixture
def room(politics: Desk, people: dict[str, User]) -> NotifyingRoom:
    """The newsroom."""
    return NotifyingRoom(politics, people)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[MailServer]:
    """A mail server that the newsroom sends to."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 60
    settings.DEFAULT_FROM_EMAIL, settings.PUBLIC_URL = "Newsroom <desk@paper.example>", "https://news.example"
    with serve_in_background(server):
        yield server
        server.released.set()


@pytest.fixture
def receiver(settings: Any) -> Iterator[WebhookReceiver]:
    """A web server at a private address, which webhooks may reach here."""
    settings.WEBHOOKS_ALLOW_PRIVATE_HOSTS = True
    server = WebhookReceiver()
    with serve_in_background(server):
        yield server


def last_event(action: str) -> Event:
    """The latest event of this action."""
    return Event.objects.filter(action=action).latest("id")
