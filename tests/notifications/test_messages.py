"""Messages: one for every event, readable, on one line where a line is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.urls import resolve

from editorial.models import (
    Claim,
    Comment,
    Desk,
    DutyShift,
    Event,
    IntegrityFinding,
    OutboxMessage,
    Passkey,
    ReceivedAnswer,
    ReplyRequest,
    ReviewTask,
    SavedSearch,
    ScheduledImport,
    Source,
    Story,
    Token,
    User,
    WebhookEndpoint,
)
from editorial.notifications import formatting, messages
from editorial.notifications.subjects import EventContext
from editorial.policy.access import SubjectFacts
from editorial.policy.events import NOTIFIED_EVENTS
from editorial.policy.publication import scheduled_corrections
from editorial.workflow.stories import stories
from tests.notifications.conftest import NotifyingRoom

AT = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
DATA: dict[str, Any] = {
    "finding": [None, "verified"], "contested": [False, True], "remedy": ["none", "correction"], "kind": "TRACE_ROOT",
    "outcome": ["pending", "declined"], "codes": ["E_LEGAL", "E_FALSE_DECLINE"], "code": "E_REPLY_PENDING",
    "reason": "Ms Doe told me.", "at": "2031-07-01T07:30:00+00:00", "withheld": True,
}  # fmt: skip


def event_context(action: str, **data: Any) -> EventContext:
    """An event of this action, on an object that such an event can happen to."""
    model = action.partition(".")[0]
    claim = Claim(text="The gate was open.")
    rows: dict[str, Any] = {
        "story": Story(headline="The gate"),
        "correction": Story(headline="The gate"),
        "source": Source(name="A guard, Ms Doe"),
        "review": ReviewTask(claim=claim, question="Ask Ms Doe.", due_at=AT),
        "reply": ReplyRequest(question="Ms Doe, did you?", deadline_at=AT),
        "received_answer": ReceivedAnswer(request=ReplyRequest(question="Ms Doe, did you?"), received_at=AT),
        "message": OutboxMessage(kind="notify"),
        "integrityfinding": IntegrityFinding(check_name="jobs.sent"),
        "token": Token(),
        "passkey": Passkey(name="Ms Doe's key"),
        "webhook": WebhookEndpoint(desk=Desk(name="Politics")),
        "scheduled_import": ScheduledImport(desk=Desk(name="Politics"), url="https://desk:Doe@gazette.example/"),
        "comment": Comment(claim=claim, written_at=AT),
        "saved_search": SavedSearch(name="Harbour"),
        "duty_shift": DutyShift(desk=Desk(name="Politics"), starts_at=AT, ends_at=AT),
    }
    row = rows.get(model, claim)
    own = (
        *(Story, Source, OutboxMessage, IntegrityFinding, Token, Passkey, WebhookEndpoint, ScheduledImport, DutyShift),
        SavedSearch,
    )
    part = row if isinstance(row, own) else claim
    event = Event(action=action, actor=User(username="edith", first_name="Edith", last_name="Ek"), at=AT, data=data)
    return EventContext(event, row, ((part, SubjectFacts()),))


@pytest.mark.django_db
@pytest.mark.parametrize("action", sorted(NOTIFIED_EVENTS))
def test_every_mandatory_notification_has_a_message(action: str) -> None:
    one_word = {"finding": "verified", "kind": "finding", "remedy": "correction"}
    single = action.startswith("signoff.") or action in ("story.correct", "correction.overdue", "correction.remind")
    message = messages.compose(event_context(action, **DATA | (one_word if single else {})), LONDON)
    assert 5 < len(message.subject) <= 150
    assert message.body.endswith(".")
    text = message.subject + message.body
    assert "Doe" not in text, "a name, a question or a reason was repeated"
    assert "None" not in text
    assert "{" not in text


@pytest.mark.parametrize(
    ("action", "data", "subject"),
    [
        ("signoff.approve", {"finding": "verified"}, "Signed off as verified: The gate was open."),
        ("claim.assess", {"finding": [None, "disputed"]}, "New finding – disputed: The gate was open."),
        ("reply.answer", {"outcome": ["pending", "declined"]}, "Request for comment – declined: The gate was open."),
        ("story.flag", {"remedy": ["none", "correction"]}, "Correction due: The gate"),
        ("source.unmask", {}, "Source identity revealed"),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_the_subject_states_what_happened(action: str, data: dict[str, Any], subject: str) -> None:
    assert messages.compose(event_context(action, **data), LONDON).subject == subject


@pytest.mark.django_db
def test_only_the_newsroom_sees_that_a_silent_party_is_our_source() -> None:
    message = messages.compose(event_context("story.refuse", codes=["E_FALSE_DECLINE", "E_LEGAL"]), LONDON).body
    assert "legal review" in message
    assert "unnamed source" not in message


@pytest.mark.django_db
def test_a_scheduled_correction_that_does_not_run_says_whether_it_was_the_gate() -> None:
    def body(code: str) -> str:
        return " ".join(messages.compose(event_context("story.refuse_correction", codes=[code]), LONDON).body.split())

    assert "The gate did not pass the story. " in body("E_LEGAL")
    for code, text in scheduled_corrections.REFUSALS.items():
        assert text in body(code)
        assert "gate did not" not in body(code)


def test_a_headline_that_names_a_source_is_not_quoted_until_it_is_changed(room: NotifyingRoom) -> None:
    rosa, claim = room.people["rosa"], room.claim()
    identity = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "1970-03-12"}
    room.says(room.person("a keeper", unnamed=True, **identity), claim)
    story = room.story(claim, mode="attributed")
    for headline, quoted in (("Quillfeather opened the gate", False), ("Somebody opened the gate", True)):
        room.later(minutes=1)
        stories.revise(story_id=story.pk, headline=headline, actor=rosa, now=room.now)
        stories.assign(story_id=story.pk, authors=[rosa.pk], actor=room.people["edith"], now=room.now)
        room.settle()
        notice = room.notifications_of("rosa", "story.assign")[-1]
        assert (headline in notice.subject + notice.body) is quoted


def test_a_time_is_shown_in_the_readers_zone_with_its_name() -> None:
    assert (
        formatting.format_time(datetime(2031, 7, 1, 7, 30, tzinfo=UTC), LONDON) == "1 July 2031, 08:30 (Europe/London)"
    )


@pytest.mark.parametrize("stored", ["", "Middle/Earth", "../../etc/passwd", "\x00"])
def test_an_unknown_time_zone_falls_back_to_utc(stored: str) -> None:
    assert formatting.time_zone_of(User(time_zone=stored)).key == "UTC"


def test_a_long_claim_is_truncated_at_a_word() -> None:
    assert formatting.one_line("The gate was open, all night.", 20) == "The gate was open…"
    assert formatting.one_line("x" * 30, 10) == "x" * 9 + "…"


def test_line_breaks_and_invisible_characters_become_one_space() -> None:
    assert formatting.one_line(" a\r\n\tb\x00c\u2028d \u202ee ") == "a b c d e"


def test_authors_are_named(room: NotifyingRoom) -> None:
    story = stories.pitch(desk_id=room.desk.pk, headline="H", body="", actor=room.people["rosa"], now=room.now)
    writers = [room.people[name].pk for name in ("rosa", "ruben", "hugo")]
    stories.assign(story_id=story.pk, authors=writers, actor=room.people["edith"], now=room.now)
    room.settle()
    assert "assigned this story to " in room.notifications_of("ruben")[0].body
    assert "rosa, ruben and hugo" in room.notifications_of("ruben")[0].body


@pytest.mark.parametrize("model", ["story", "claim", "statement", "source", "reviewtask", "replyrequest"])
def test_a_notification_links_to_a_page_of_the_newsroom(model: str) -> None:
    row = apps.get_model("editorial", model)()
    assert resolve(EventContext(Event(), row, ()).path).kwargs == {"object_id": str(row.pk)}
