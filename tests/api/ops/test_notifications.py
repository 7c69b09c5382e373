"""Notifications over the API: one's own, by object, read one by one or all together."""

from __future__ import annotations

from django.utils import timezone

from editorial.models import Event, Notification, User
from editorial.notifications import notices
from editorial.workflow.stories import stories
from tests.api.conftest import ClientFactory
from tests.support.cast import Room


def test_all_are_marked_as_read_together(client_for: ClientFactory, rosa: User, ruben: User, room: Room) -> None:
    client = client_for(rosa)
    for _ in range(3):
        story = stories.spike(story_id=room.story().pk, reason="Old.", actor=room.people["edith"], now=room.now)
        event = Event.objects.get(stream=f"story:{story.pk}", action="story.spike")
        notices.notify(event_id=event.pk, now=timezone.now())
    unread = client.get("notifications", unread="true").json["results"]
    assert len(unread) >= 3
    assert unread[0]["object"]["type"] == "story"
    assert not any("/admin/" in str(value) for row in unread for value in row.values())
    oldest = unread[-1]["created_at"]
    some = client.post("notifications/read-all", until=oldest).json["marked"]
    assert 1 <= some <= len(unread)
    assert client.post("notifications/read-all").json["marked"] == len(unread) - some
    assert client.post("notifications/read-all").json["marked"] == 0
    assert not Notification.objects.filter(user=rosa, read_at=None).exists()
    assert (
        Notification.objects.filter(user=ruben).count() == Notification.objects.filter(user=ruben, read_at=None).count()
    )


def test_a_time_without_offset_is_refused(client_for: ClientFactory, rosa: User) -> None:
    refused = client_for(rosa).post("notifications/read-all", until="2026-03-04T12:00:00")
    assert (refused.codes, refused.json["errors"][0]["pointer"]) == (["UTC_OFFSET_MISSING"], "#/until")
