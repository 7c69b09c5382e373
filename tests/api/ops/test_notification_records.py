"""The API of the notification log: recipients, times and channels, never texts, addresses or ids of emails."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from editorial.models import Delivery, DeliveryAttempt, Event, Notification, User
from tests.api.conftest import ApiClient, ClientFactory
from tests.support.cast import AT_CITY, AT_EVERY_DESK, AT_POLITICS, Room


def notified(event: Event, user: User, room: Room, **email: Any) -> Notification:
    """A notification, emailed with this result."""
    notice = Notification.objects.create(
        event=event, user=user, subject="A subject", body="A body", created_at=room.now, read_at=room.now
    )
    notice.email = Delivery.objects.create(notification=notice, event=event, channel="mail", **email)
    notice.save()
    DeliveryAttempt.objects.create(
        delivery=notice.email, number=1, started_at=room.now, outcome="failed", error="SMTP_550", milliseconds=7
    )
    return notice


@pytest.fixture
def story(room: Room) -> Any:
    """A story that was sent back."""
    return room.story(room.claim())


@pytest.fixture
def notice(room: Room, story: Any, rosa: User) -> Notification:
    """Rosa's notification of it; its email failed."""
    event = Event(stream=f"story:{story.pk}", number=99, action="story.send_back", at=room.now, desk=room.desk)
    event.hash = event.compute_hash()
    event.save()
    return notified(event, rosa, room, state="failed", error="SMTP_550", attempts=1, settled_at=room.now)


def ids(client: ApiClient, **parameters: str) -> list[str]:
    return [row["id"] for row in client.get("notification-records", **parameters).json["results"]]


def test_a_record_says_who_was_notified_when_how_and_whether_it_arrived(
    client_for: ClientFactory, edith: User, rosa: User, story: Any, notice: Notification
) -> None:
    client = client_for(edith)
    (row,) = client.get("notification-records", story=str(story.pk)).json["results"]
    assert (row["user"]["id"], row["type"], row["object"]["id"]) == (str(rosa.pk), "story.send_back", str(story.pk))
    assert (row["email_state"], row["email_attempts"], row["email_error"]) == ("failed", 1, "SMTP_550")
    assert row["read_at"] is not None
    detail = client.get(f"notification-records/{row['id']}").json
    (attempt,) = detail["email_history"]
    assert (attempt["number"], attempt["outcome"], attempt["error"]) == (1, "failed", "SMTP_550")
    assert notice.email is not None
    for private in (notice.subject, notice.body, rosa.email, str(notice.email.pk)):
        assert private not in str(detail), "the id of an email unsubscribes its recipient"


def test_records_are_found_by_story_claim_event_and_user(
    client_for: ClientFactory, edith: User, rosa: User, felix: User, room: Room, story: Any, notice: Notification
) -> None:
    client, key = client_for(edith), str(notice.pk)
    claim = room.claim("Another.")
    about_claim = notified(Event.objects.get(stream=f"claim:{claim.pk}"), rosa, room, state="delivered")
    assert about_claim is not None
    assert ids(client) == [key], "without a filter, what was not delivered"
    assert ids(client, story=str(story.pk)) == ids(client, event=str(notice.event_id)) == [key]
    assert ids(client, user=str(rosa.pk), undelivered="true") == ids(client, ids=key) == [key]
    assert ids(client, user=str(felix.pk)) == ids(client, claim=str(claim.pk)) == []


def test_the_log_is_exported_as_csv(
    client_for: ClientFactory, edith: User, rosa: User, story: Any, notice: Notification
) -> None:
    response = client_for(edith).get("notification-records/export", story=str(story.pk), format="csv").response
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["user_id"], row["type"], row["email_state"]) == (str(rosa.pk), "story.send_back", "failed")
    assert "@" not in text


def test_the_log_is_for_editors_of_the_desk_and_failures_for_administrators(
    client_for: ClientFactory, people: dict[str, User], story: Any, notice: Notification
) -> None:
    for name in (*AT_POLITICS, *AT_CITY, *AT_EVERY_DESK):
        client = client_for(people[name])
        expected = [str(notice.pk)] if name in ("edith", "edgar", "sena", "ada") else []
        assert ids(client, story=str(story.pk)) == ids(client, ids=str(notice.pk)) == expected, name
        assert client.get(f"notification-records/{notice.pk}").status == (200 if expected else 404), name
        status = client.post(f"notification-records/{notice.pk}/resend").status
        assert status == 200 if name == "ada" else status == 403, name


def test_an_administrator_sees_that_an_email_about_the_vault_failed_but_not_of_what(
    client_for: ClientFactory, ada: User, cuno: User, room: Room, story: Any
) -> None:
    event = Event(stream=f"story:{story.pk}", number=98, action="story.name_in_copy", at=room.now, desk=room.desk)
    event.hash = event.compute_hash()
    event.save()
    notice = notified(event, cuno, room, state="failed")
    client = client_for(ada)
    (row,) = client.get("notification-records").json["results"]
    assert (row["id"], row["event"], row["type"], row["object"]) == (str(notice.pk), None, None, None)
    assert str(story.pk) not in str(row)
    assert ids(client, story=str(story.pk)) == ids(client, event=str(event.pk)) == []


def test_a_token_needs_the_scope_of_managers_to_send_again(
    client_for: ClientFactory, ada: User, notice: Notification
) -> None:
    path = f"notification-records/{notice.pk}/resend"
    assert client_for(ada, scopes=["read", "sign"]).post(path).status == 403  # type: ignore[call-arg]
    assert client_for(ada).post(path).json["email_state"] == "waiting"
    assert client_for(ada).post(path).status == 404, "it is no failure any more"
