"""Chat: the subject of an email to a person, what happened to a desk's room, and no secret anywhere."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from editorial import chat_services, receivers
from editorial.models import ChatChannel, CircuitBreaker, Delivery, Event, Membership, OutboxMessage, User
from editorial.notifications import chat
from editorial.notifications.errors import NoResponse
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.evidence import sources, statements
from editorial.workflow.people import chat_channels, email_preferences
from editorial.workflow.stories import restrictions, stories
from tests.notifications.chat_urls import SECRET, URLS
from tests.notifications.conftest import NotifyingRoom
from tests.notifications.test_confidentiality import tables_containing
from tests.notifications.test_mail import spike
from tests.support.receivers import MailServer, WebhookReceiver

PROTECTED = "Something has changed in a confidential story"


def add(room: NotifyingRoom, receiver: WebhookReceiver, *, by: str = "rosa", **options: Any) -> ChatChannel:
    """A chat channel at the receiver."""
    url = f"ntfy://desk:{SECRET}@127.0.0.1:{receiver.server_address[1]}/gates"
    return chat_channels.add(url=url, actor=room.people[by], now=room.now, **options)


def texts(receiver: WebhookReceiver) -> list[str]:
    """What was posted."""
    return [json.loads(request.body)["message"] for request in receiver.requests]


def submit(room: NotifyingRoom, *used: Any) -> Any:
    """A story that rosa submits, of which the desk's editors are notified."""
    story = room.story(*used)
    stories.submit(story_id=story.pk, actor=room.people["rosa"], now=room.now)
    settle(room)
    return story


def settle(room: NotifyingRoom) -> None:
    """Work until the messages that collect others have gone, too."""
    room.settle()
    room.later(seconds=30)
    room.settle()


def test_a_person_gets_the_subject_of_the_email_and_a_link(
    room: NotifyingRoom, mailbox: MailServer, receiver: WebhookReceiver
) -> None:
    add(room, receiver)
    spike(room)
    (email,) = mailbox.messages_to("rosa")
    path = f"/admin/editorial/story/{Event.objects.get(action='story.spike').stream.removeprefix('story:')}/change/"
    assert texts(receiver) == [f"{email['subject']}\nhttps://news.example{path}"]
    delivery = Delivery.objects.get(channel="chat")
    assert (delivery.state, delivery.history.get().status) == ("delivered", 200)


def test_chat_comes_when_email_comes_and_only_for_the_chosen_kinds(
    room: NotifyingRoom, mailbox: MailServer, receiver: WebhookReceiver
) -> None:
    add(room, receiver, kinds=["obligation"])
    spike(room)
    assert (len(mailbox.messages_to("rosa")), texts(receiver)) == (1, []), "it carries no changes"
    add(room, receiver, kinds=["change", "work"])
    email_preferences.set_timing(kind="change", timing="never", actor=room.people["rosa"], now=room.now)
    spike(room, "The dam")
    assert texts(receiver) == []
    email_preferences.set_timing(kind="change", timing="hourly", actor=room.people["rosa"], now=room.now)
    spike(room, "The lock")
    spike(room, "The weir")
    assert texts(receiver) == []
    room.later(hours=1)
    room.settle()
    (text,) = texts(receiver)
    assert text.startswith("Story spiked: The lock (and 1 more)\n")


def test_of_a_protected_story_neither_person_nor_room_learns_more_than_that_something_changed(
    room: NotifyingRoom, mailbox: MailServer, receiver: WebhookReceiver
) -> None:
    claim = room.claim("The minister took crowns.")
    room.says(room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970"), claim)
    add(room, receiver, by="edith")
    add(room, receiver, by="edith", desk_id=room.desk.pk)
    story = submit(room, claim)
    link = f"https://news.example/admin/editorial/story/{story.pk}/change/"
    assert sorted(texts(receiver)) == [f"{PROTECTED}\n{link}", f"{PROTECTED} (and 1 more)\n{link}"]
    restrictions.restrict_story(
        story_id=story.pk, kind="court", reason="The court of Birdsong.", actor=room.people["lara"], now=room.now
    )
    settle(room)
    assert len(texts(receiver)) > 2
    assert {text.partition("\n")[0].partition(" (")[0] for text in texts(receiver)} == {PROTECTED}


def test_a_room_learns_what_happened_and_nothing_of_the_content(
    room: NotifyingRoom, mailbox: MailServer, receiver: WebhookReceiver
) -> None:
    add(room, receiver, by="edith", desk_id=room.desk.pk)
    story = submit(room, room.claim("The minister took crowns."))
    assert texts(receiver) == [
        f"A colleague submitted the story.\nhttps://news.example/admin/editorial/story/{story.pk}/change/"
    ]
    spike(room)
    assert len(texts(receiver)) == 1, "editors are not notified of that"


def test_a_burst_is_one_message_to_a_room(room: NotifyingRoom, mailbox: MailServer, receiver: WebhookReceiver) -> None:
    add(room, receiver, by="edith", desk_id=room.desk.pk)
    claim = room.claim()
    said = [room.says(room.person(), claim) for _ in range(4)]
    settle(room)
    for statement in said:
        statements.end(
            ended="withdrawn", statement_id=statement.pk, reason="Phoned.", actor=room.people["rosa"], now=room.now
        )
    settle(room)
    ended = [text for text in texts(receiver) if "has ended" in text]
    assert len(ended) == 1, "of four, one tells"


def test_a_room_learns_of_its_own_desk_only(
    room: NotifyingRoom, mailbox: MailServer, receiver: WebhookReceiver, city: Any
) -> None:
    elsewhere = add(room, receiver, by="cleo", desk_id=city.pk)
    submit(room)
    assert texts(receiver) == []
    event = Event.objects.get(action="story.submit")
    assert chat._text(event, elsewhere) == "", "it may have moved before the message was sent"


def test_what_concerns_a_source_is_protected_too(
    room: NotifyingRoom, mailbox: MailServer, receiver: WebhookReceiver
) -> None:
    add(room, receiver, by="edith")
    one, other = room.person("A baker"), room.person("A cook")
    sources.merge(source_id=one.pk, into_id=other.pk, reason="One person.", actor=room.people["edgar"], now=room.now)
    settle(room)
    assert texts(receiver), "editors are notified of it"
    assert {text.split("\n")[0] for text in texts(receiver)} == {PROTECTED}


def test_who_lost_access_or_the_channel_gets_nothing(
    room: NotifyingRoom, mailbox: MailServer, receiver: WebhookReceiver
) -> None:
    channel = add(room, receiver)
    room.delivering = False
    spike(room)
    Membership.objects.filter(user=room.people["rosa"]).delete()
    room.delivering = True
    room.later(minutes=2)
    room.settle()
    assert Delivery.objects.get(chat=channel).error == "RECIPIENT_GONE"
    other = add(room, receiver, by="edith")
    chat_channels.send_test(channel_id=other.pk, actor=room.people["edith"], now=room.now)
    chat_channels.remove(channel_id=other.pk, actor=room.people["edith"], now=room.now)
    room.settle()
    assert Delivery.objects.get(chat=other).error == "CHANNEL_REMOVED"
    assert receiver.requests == []
    assert ChatChannel.objects.get(pk=other.pk).encrypted_url is None


def test_a_test_message_shows_whether_it_works(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    channel = add(room, receiver)
    chat_channels.send_test(channel_id=channel.pk, actor=room.people["rosa"], now=room.now)
    room.settle()
    assert texts(receiver) == ["This is a test. The newsroom can reach you here."]
    assert Delivery.objects.get().state == "delivered"


def test_a_failing_service_is_tried_for_an_hour_and_then_held_back(
    room: NotifyingRoom, receiver: WebhookReceiver
) -> None:
    channel = add(room, receiver)
    receiver.status = 503
    chat_channels.send_test(channel_id=channel.pk, actor=room.people["rosa"], now=room.now)
    for _ in range(8):
        room.settle()
        room.later(hours=1)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error, delivery.attempts) == ("failed", "HTTP_503", 5)
    assert CircuitBreaker.objects.get().receiver == receivers.of_chat(channel.pk)
    assert OutboxMessage.objects.get(kind="deliver").state == "dead"


def test_a_message_whose_response_is_lost_stays_uncertain(
    room: NotifyingRoom, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = add(room, receiver)
    chat_channels.send_test(channel_id=channel.pk, actor=room.people["rosa"], now=room.now)

    def lose(*_: Any) -> int:
        raise chat.http_client.RequestFailed("ReadTimeout")

    with monkeypatch.context() as patched:
        patched.setattr(chat_services, "post", lose)
        room.settle()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error) == ("uncertain", NoResponse.__name__)
    assert delivery.history.get().outcome == "unknown"
    room.later(minutes=1)
    room.settle()
    delivery.refresh_from_db()
    assert delivery.state == "uncertain", "it may have arrived twice"
    assert delivery.settled_at is not None


def test_a_service_that_hangs_ends_at_the_total_deadline(
    room: NotifyingRoom, receiver: WebhookReceiver, settings: Any
) -> None:
    settings.EXTERNAL_CALL_SECONDS = 0
    channel = add(room, receiver)
    chat_channels.send_test(channel_id=channel.pk, actor=room.people["rosa"], now=room.now)
    room.settle()
    assert Delivery.objects.get().state == "uncertain"
    assert receiver.requests == []


def test_the_url_is_in_no_table_log_task_or_error(
    room: NotifyingRoom, receiver: WebhookReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = add(room, receiver)
    for status in (200, 404, 503, 302):
        receiver.status = status
        chat_channels.send_test(channel_id=channel.pk, actor=room.people["rosa"], now=room.now)
        room.settle()
        room.later(hours=30)
    assert receiver.requests
    assert tables_containing(SECRET) == set()
    assert SECRET not in caplog.text
    with pytest.raises(ValidationFailed) as refused:
        chat_channels.add(url=f"slack://{SECRET}", actor=room.people["rosa"], now=room.now)
    assert SECRET not in str(refused.value)


def test_everybody_has_channels_of_their_own_and_editors_those_of_their_desk(room: NotifyingRoom, city: Any) -> None:
    rosa, edith, carl = (room.people[name] for name in ("rosa", "edith", "carl"))
    url, now = URLS[next(iter(URLS))], room.now
    own = chat_channels.add(url=url, actor=rosa, now=now)
    of_desk = chat_channels.add(url=url, desk_id=room.desk.pk, actor=edith, now=now)
    with pytest.raises(Forbidden):
        chat_channels.add(url=url, desk_id=room.desk.pk, actor=rosa, now=now)
    with pytest.raises(Forbidden):
        chat_channels.add(url=url, desk_id=city.pk, actor=edith, now=now)
    assert seen_by(rosa) == {own.pk}
    assert seen_by(edith) == seen_by(room.people["edgar"]) == {of_desk.pk}
    assert seen_by(carl) == seen_by(room.people["ada"]) == set()
    for channel, stranger in ((own, edith), (of_desk, rosa), (of_desk, carl)):
        for action in (chat_channels.send_test, chat_channels.remove):
            with pytest.raises(NotFound):
                action(channel_id=channel.pk, actor=stranger, now=now)
    chat_channels.remove(channel_id=of_desk.pk, actor=room.people["edgar"], now=now)
    assert seen_by(edith) == set()


def seen_by(person: User) -> set[Any]:
    """The chat channels in this person's list."""
    return set(ChatChannel.objects.visible_to(person.facts()).values_list("pk", flat=True))


def test_there_are_five_at_most(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    for _ in range(5):
        add(room, receiver)
    with pytest.raises(Conflict):
        add(room, receiver)
    add(room, receiver, by="edith")


def test_kinds_are_known(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    with pytest.raises(ValidationFailed):
        add(room, receiver, kinds=["gossip"])


@pytest.mark.parametrize(
    "change",
    ["removed_at = now()", "encrypted_url = NULL", "desk_id = (SELECT min(id::text)::uuid FROM editorial_desk)"],
)
def test_the_database_keeps_one_owner_and_no_url_of_what_was_removed(
    room: NotifyingRoom, receiver: WebhookReceiver, change: str
) -> None:
    add(room, receiver)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE editorial_chatchannel SET {change}")  # noqa: S608


def test_a_channel_gets_two_messages_at_a_time(room: NotifyingRoom, receiver: WebhookReceiver) -> None:
    channel = add(room, receiver)
    room.now += timedelta(minutes=1)
    for _ in range(4):
        chat_channels.send_test(channel_id=channel.pk, actor=room.people["rosa"], now=room.now)
    assert len(receivers.next_messages(now=room.now)) == 2
