"""What people receive: scenarios, each with a table of bundles and emails per person."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.models import Delivery, Desk, Membership, Notification, ReviewTask, Story, User
from editorial.notifications import notices
from editorial.workflow.evidence import statements
from editorial.workflow.review import signoffs
from editorial.workflow.stories import restrictions, stories
from tests.notifications.conftest import NotifyingRoom, last_event
from tests.support.cast import NOW
from tests.support.receivers import MailServer

Outcome = dict[str, tuple[int, int]]


def outcome(room: NotifyingRoom, since: datetime) -> Outcome:
    """For each person the number of bundles in the newsroom and of emails."""
    heads = Notification.objects.filter(bundle=None, created_at__gte=since).values_list("user__username", flat=True)
    mails = Delivery.objects.filter(channel="mail", contents__created_at__gte=since).distinct()
    mailed = Counter(mails.values_list("notification__user__username", "pk").distinct())
    emails = Counter(name for name, _ in mailed)
    return {name: (count, emails[name]) for name, count in Counter(heads).items()}


def withdraw(room: NotifyingRoom, statement: Any, by: str = "edith") -> None:
    statements.end(
        ended="withdrawn", statement_id=statement.pk, reason="She rang.", actor=room.people[by], now=room.now
    )


def test_forty_repeats_that_are_recorded_and_retracted_are_one_bundle_and_one_email_each(
    room: NotifyingRoom, mailbox: MailServer
) -> None:
    claim = room.verified()
    room.story(claim)
    room.settle()
    started = room.later(hours=2)
    repeats = [room.says(room.person(), claim, by="ruben") for _ in range(40)]
    room.settle()
    room.later(minutes=20)
    retracting = room.now
    for statement in repeats:
        withdraw(room, statement, by="ruben")
    room.settle()
    everybody = outcome(room, started)
    assert all(emails <= bundles for bundles, emails in everybody.values())
    assert outcome(room, retracting) == {
        "rosa": (1, 1), "edith": (1, 1), "edgar": (1, 1), "sena": (1, 1), "felix": (1, 1),
    }  # fmt: skip
    (email,) = [each for each in mailbox.messages_to("rosa") if "Statement withdrawn" in each["subject"]]
    assert "40 times" in email.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_remedy_reaches_all_who_relied_on_the_claim_in_one_email_that_names_it_first(
    room: NotifyingRoom, mailbox: MailServer
) -> None:
    claim = room.verified(risk="serious")
    room.published(claim)
    started = room.later(hours=2)
    for statement in claim.statements.all():
        withdraw(room, statement, by="hugo")
    room.settle()
    heard = outcome(room, started)
    relied = {"rosa", "felix", "edgar", "lara", "stan"}  # wrote, proposed, signed, read it for law and for standards
    assert {name: heard[name] for name in relied | {"edith", "sena"}} == dict.fromkeys(
        relied | {"edith", "sena"}, (1, 1)
    )
    assert "hugo" not in heard, "he did it"
    for name in relied:
        assert mailbox.messages_to(name)[-1]["subject"].startswith("Retraction due: The gate (and ")


def test_a_claim_of_two_desks_is_news_at_each_and_one_desks_story_only_there(
    room: NotifyingRoom, mailbox: MailServer, city: Desk
) -> None:
    claim = room.verified()
    room.story(claim)
    stories.assign(
        story_id=NotifyingRoom(city, room.people).story(claim, by="hugo").pk, authors=[room.people["carl"].pk],
        actor=room.people["cleo"], now=room.now,
    )  # fmt: skip
    room.settle()
    started = room.later(hours=2)
    withdraw(room, claim.statements.all()[0])
    room.settle()
    assert {name: heard for name, heard in outcome(room, started).items() if name not in ("faye", "ruben", "hugo")} == {
        "rosa": (1, 1), "carl": (1, 1), "cleo": (1, 1), "edgar": (1, 1), "sena": (1, 1), "felix": (1, 1),
    }  # fmt: skip


def test_eighteen_assignments_together_are_one_email_that_lists_them(room: NotifyingRoom, mailbox: MailServer) -> None:
    drafts = [
        stories.pitch(desk_id=room.desk.pk, headline=f"Gate {n}", body="", actor=room.people["rosa"], now=room.now)
        for n in range(18)
    ]
    for draft in drafts:
        stories.assign(story_id=draft.pk, authors=[room.people["ruben"].pk], actor=room.people["edith"], now=room.now)
    room.settle()
    assert outcome(room, NOW) == {"rosa": (18, 1), "ruben": (18, 1)}
    (email,) = mailbox.messages_to("ruben")
    assert email["subject"] == "Story assigned: Gate 0 (and 17 more)"
    text = email.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert all(f"Story assigned: Gate {n}" in text for n in range(3, 18))


def test_beyond_the_limit_the_rest_waits_for_the_next_digest_and_what_is_owed_does_not(
    room: NotifyingRoom, mailbox: MailServer
) -> None:
    def assign() -> None:
        draft = stories.pitch(desk_id=room.desk.pk, headline="Gate", body="", actor=room.people["ruben"], now=room.now)
        stories.assign(story_id=draft.pk, authors=[room.people["rosa"].pk], actor=room.people["edith"], now=room.now)
        room.settle()

    for _ in range(15):
        assign()
    assert len(mailbox.messages_to("rosa")) == 12
    story = Story.objects.filter(authors=room.people["rosa"]).earliest("pk")
    restrictions.restrict_story(
        story_id=story.pk, kind="court", reason="An order.", actor=room.people["lara"], now=room.now
    )
    room.settle()
    assert mailbox.messages_to("rosa")[-1]["subject"].strip().startswith("Something has changed")
    room.later(hours=1)
    room.settle()
    assert len(mailbox.messages_to("rosa")) == 14
    assert mailbox.messages_to("rosa")[-1]["subject"] == "Story assigned: Gate (and 2 more)"


def test_a_notification_retires_when_somebody_else_does_what_it_asks_for(
    room: NotifyingRoom, mailbox: MailServer
) -> None:
    claim = room.corroborated()
    room.settle()
    room.later(hours=2)
    proposal = signoffs.propose(claim_id=claim.pk, actor=room.people["felix"], now=room.now)
    signoffs.approve(signoff_id=proposal.pk, actor=room.people["edith"], now=room.now)
    room.settle()
    asked = Notification.objects.filter(event__action="signoff.propose")
    assert asked.filter(retired_at__isnull=False).count() == asked.count() > 0
    assert not any(email["subject"].startswith("Sign-off needed") for email in mailbox.emails)
    assert not Notification.objects.unread().filter(event__action="signoff.propose").exists()


def test_nobody_is_emailed_about_tasks_that_others_have_taken_before_the_digest(
    room: NotifyingRoom, mailbox: MailServer
) -> None:
    room.corroborated()
    room.settle()
    opened = ReviewTask.objects.filter(state="open")
    told = set(Notification.objects.filter(event__action="review.open").values_list("user__username", flat=True))
    assert {"felix", "faye", "edith"} <= told
    assert Notification.objects.filter(event__action="review.open", user__username="faye").count() == 1
    for task in opened:
        ReviewTask.objects.filter(pk=task.pk).update(state="closed", ended_at=room.now)
    room.later(hours=1)
    room.settle()
    assert not any("task" in email["subject"] for email in mailbox.emails)


def test_notifying_five_hundred_people_takes_fewer_than_twenty_queries(room: NotifyingRoom) -> None:
    claim = room.verified()
    room.published(claim)
    for statement in claim.statements.all():
        withdraw(room, statement)
    room.settle()
    editors = [User(username=f"editor {n}", email=f"e{n}@newsroom.example", password="!") for n in range(500)]
    User.objects.bulk_create(editors)
    Membership.objects.bulk_create(Membership(user=editor, desk=room.desk, role="editor") for editor in editors)
    for action in ("statement.end", "claim.assess", "signoff.void", "story.flag"):
        event = last_event(action)
        room.forget(event=event)
        with CaptureQueriesContext(connection) as queries:
            told = notices.notify(event_id=event.pk, now=room.now)
        assert len(told) > 500 or action in ("claim.assess",)
        statements_ = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
        assert len(statements_) < 20, "\n".join([action, *(each[:150] for each in statements_)])


def test_notifications_bundled_under_a_retired_one_are_still_unread(room: NotifyingRoom) -> None:
    claim = room.corroborated()
    extra = room.says(room.person(), claim)
    room.settle()
    proposal = signoffs.propose(claim_id=claim.pk, actor=room.people["felix"], now=room.now)
    room.settle()
    withdraw(room, extra, by="rosa")
    room.settle()
    before = set(Notification.objects.filter(user=room.people["sena"], retired_at=None).values_list("pk", flat=True))
    signoffs.reject(signoff_id=proposal.pk, reason="Thin.", actor=room.people["edgar"], now=room.now)
    left = Notification.objects.filter(pk__in=before, retired_at=None)
    unread = set(Notification.objects.unread().filter(user=room.people["sena"]).values_list("pk", flat=True))
    heads = {notice.bundle_id or notice.pk for notice in left}
    assert heads
    assert heads <= unread
