"""A confidential name is stored in the vault and nowhere else, whatever is sent to whom."""

from __future__ import annotations

import logging
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from editorial.models import Delivery, Notification, Signoff
from editorial.workflow.evidence import claims, sources, statements
from editorial.workflow.ops import webhooks
from editorial.workflow.people import chat_channels, subscriptions
from editorial.workflow.review import replies, signoffs
from editorial.workflow.stories import publication, stories
from tests.notifications.conftest import NotifyingRoom
from tests.support.cast import HOUR
from tests.support.receivers import WebhookReceiver

pytestmark = pytest.mark.exhaustive

NAME = "Canaria Birdsong"
ALIAS = "canaria"
REASON = "Quetzal said so in her kitchen"


def tables() -> list[str]:
    """Every table of the database."""
    return connection.introspection.table_names()


def tables_containing(text: str) -> set[str]:
    """The tables in which some row holds the text."""
    tables_found = set()
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{text}%"])  # noqa: S608
            if cursor.fetchone():
                tables_found.add(table)
    return tables_found


def decoded(path: Path) -> str:
    """An email as stored, and each of its parts decoded."""
    raw = path.read_bytes()
    message = message_from_bytes(raw, policy=policy.default)
    parts = [str(part.get_content()) for part in message.walk() if not part.is_multipart()]
    return "\n".join([raw.decode(), str(message["subject"]), *parts])


def cause_every_event(room: NotifyingRoom) -> None:
    """One day with every event that notifies, around one protected source."""
    rosa, edith, edgar, felix, sena = (room.people[name] for name in ("rosa", "edith", "edgar", "felix", "sena"))
    source = room.person(NAME)
    claim = room.claim()
    statement = room.says(source, claim)
    sources.protect(
        source_id=source.pk, name="A guard", identity_name=NAME, identity_known_by="b. 1970",
        actor=rosa, now=room.now,
    )  # fmt: skip
    sources.vouch(source_id=source.pk, reason=REASON, actor=edith, now=room.now)
    room.says(room.person(), claim)
    room.settle()
    proposal = signoffs.propose(claim_id=claim.pk, reason=REASON, actor=felix, now=room.now)
    signoffs.reject(signoff_id=proposal.pk, reason=REASON, actor=edith, now=room.now)
    room.sign(claim)
    story = room.cleared(claim)
    stories.confirm_condition(
        story_id=story.pk, claim_id=claim.pk, code="C_ANON_EXPLAIN", actor=room.people["cora"], now=room.now
    )
    publication.publish(story_id=story.pk, actor=edith, now=room.now)

    accused = room.claim("The minister knew.", adverse_to=[source.pk])
    request = replies.send(
        to_id=source.pk, covers=[accused.pk], question=f"Dear {REASON}", deadline_at=room.now + HOUR,
        reason=REASON, actor=rosa, now=room.now,
    )  # fmt: skip
    replies.expire(request_id=request.pk, now=room.later(hours=2))
    replies.answer(
        request_id=request.pk, outcome="declined", respondent_name=NAME, respondent_known_by="b. 1970",
        actor=rosa, now=room.now,
    )  # fmt: skip
    room.settle()

    statements.end(ended="withdrawn", statement_id=statement.pk, reason=REASON, actor=edith, now=room.now)
    room.settle()
    room.reveal(source, by="stan", second="cuno")
    sources.merge(
        source_id=source.pk, into_id=room.person("a clerk", unnamed=True).pk, reason=REASON, actor=edith, now=room.now
    )
    publication.withhold(story_id=story.pk, reason=REASON, actor=edith, now=room.now)
    publication.retract(story_id=story.pk, reason=REASON, actor=sena, now=room.now)
    spiked = stories.pitch(desk_id=room.desk.pk, headline="Later", body="", actor=rosa, now=room.now)
    stories.spike(story_id=spiked.pk, reason=REASON, actor=edgar, now=room.now)
    claims.drop(claim_id=accused.pk, reason=REASON, actor=edith, now=room.now)
    room.settle()
    for _ in range(6):
        room.later(hours=1)
        room.settle()


def test_a_protected_name_is_in_no_table_email_webhook_request_chat_message_or_log(
    room: NotifyingRoom, receiver: WebhookReceiver, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH, settings.PUBLIC_URL = str(tmp_path), "https://news.example"
    address = f"http://127.0.0.1:{receiver.server_address[1]}/"
    webhooks.add(desk_id=room.desk.pk, url=address, actor=room.people["ada"], now=room.now)
    chat = f"ntfy://127.0.0.1:{receiver.server_address[1]}/gates"
    chat_channels.add(url=chat, desk_id=room.desk.pk, actor=room.people["edith"], now=room.now)
    for name in ("rosa", "edith", "felix", "cuno"):
        chat_channels.add(url=chat, actor=room.people[name], now=room.now)
    for name in ("rosa", "ruben", "hugo"):
        subscriptions.follow(desk_id=room.desk.pk, actor=room.people[name], now=room.now)
    cause_every_event(room)

    actions = set(Notification.objects.values_list("event__action", flat=True))
    assert actions >= {
        "source.unmask", "statement.end", "signoff.propose", "signoff.reject", "signoff.approve",
        "signoff.void", "story.publish", "story.flag", "story.withhold", "story.retract", "story.spike",
        "reply.expire", "reply.answer", "claim.assess", "claim.drop",
    }  # fmt: skip
    assert "source.merge" not in actions, "that unnamed sources were merged is for their custodians"
    emails = "".join(decoded(path) for path in tmp_path.iterdir())
    requests = "".join(request.body.decode() for request in receiver.requests)
    assert Delivery.objects.exclude(state="delivered").count() == 0
    assert emails.count("Message-ID:") == Delivery.objects.filter(channel="mail").count() > 50
    assert len(receiver.requests) > 10
    assert requests.count("https://news.example/admin/") == Delivery.objects.filter(channel="chat").count() > 20

    assert tables_containing(ALIAS) == set()
    assert "editorial_event" in tables_containing("Quetzal"), "the search finds what is there"
    tables_allowed = {"editorial_notification", "editorial_delivery", "editorial_outboxmessage"}
    assert tables_containing("Quetzal").isdisjoint(tables_allowed)
    assert Signoff.objects.exists()
    for text in (emails, requests, caplog.text):
        for secret in (ALIAS, "Birdsong", "Quetzal", "A guard"):
            assert secret.casefold() not in text.casefold()
    assert "@newsroom.example" not in caplog.text, "an address was logged"
    assert address not in caplog.text
