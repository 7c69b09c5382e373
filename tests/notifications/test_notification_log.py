"""The notification log: who was notified of what, for those who may see it, and emails that are sent again."""

from __future__ import annotations

from typing import Any

import pytest

from editorial.models import (
    ClaimVisibility,
    Delivery,
    Desk,
    Event,
    Membership,
    Notification,
    NotificationRecord,
    User,
)
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound
from editorial.workflow.evidence import claims
from editorial.workflow.ops import resending
from editorial.workflow.stories import stories
from tests.admin.conftest import AdminBrowser, page_text
from tests.notifications.conftest import NotifyingRoom
from tests.support.cast import assert_refused
from tests.support.receivers import MailServer


def submitted(room: NotifyingRoom) -> Any:
    """A story that was assigned to rosa by edith and submitted by rosa: edgar and sena hear of it."""
    story = room.story()
    stories.assign(story_id=story.pk, authors=[room.people["rosa"].pk], actor=room.people["edith"], now=room.now)
    stories.submit(story_id=story.pk, actor=room.people["rosa"], now=room.now)
    room.settle()
    return story


def seen_by(person: User) -> set[tuple[str, str]]:
    """Whose notifications of what the user sees in the log."""
    rows = NotificationRecord.objects.visible_to(person.facts())
    return set(rows.values_list("user__username", "event__action"))


def test_editors_see_who_of_their_desk_was_notified(room: NotifyingRoom, people: dict[str, User]) -> None:
    submitted(room)
    assert {("rosa", "story.assign"), ("edgar", "story.submit")} <= seen_by(people["edith"])
    for name in ("rosa", "felix", "lara", "cora", "cuno", "stan", "hugo", "cleo"):
        assert seen_by(people[name]) == set(), name
    Membership.objects.create(user=people["cleo"], desk=room.desk, role="editor")
    assert ("rosa", "story.assign") in seen_by(User.objects.get(username="cleo"))


def test_editors_do_not_see_that_another_desk_uses_their_claim(
    room: NotifyingRoom, people: dict[str, User], city: Desk
) -> None:
    claim = room.claim()
    ClaimVisibility.objects.create(claim=claim, desk=city)  # as if a story of theirs used it
    event = Event.objects.filter(stream=f"claim:{claim.pk}").latest("id")
    claims.drop(claim_id=claim.pk, reason="Nobody cares.", actor=people["edith"], now=room.now)
    room.settle()
    dropped = Event.objects.get(stream=f"claim:{claim.pk}", action="claim.drop")
    Notification.objects.create(event=dropped, user=people["cleo"], subject="x", body="x", created_at=room.now)
    assert event.pk != dropped.pk
    assert "cleo" not in {name for name, _ in seen_by(people["edith"])}
    assert seen_by(people["cleo"]) == set(), "the claim belongs to another desk"


def test_what_concerns_sources_and_the_vault_is_not_in_the_log(room: NotifyingRoom, people: dict[str, User]) -> None:
    source, story = room.person(), submitted(room)
    for stream, action in (
        (f"source:{source.pk}", "source.unmask"),
        (f"source:{source.pk}", "source.merge"),
        (f"story:{story.pk}", "story.name_in_copy"),
    ):
        number = Event.objects.filter(stream=stream).count() + 1
        event = Event(stream=stream, number=number, action=action, at=room.now, desk=room.desk, data={})
        event.hash = event.compute_hash()
        event.save()
        Notification.objects.create(event=event, user=people["cuno"], subject="x", body="x", created_at=room.now)
    for name in ("edith", "sena"):
        actions = {action for _, action in seen_by(people[name])}
        assert not actions & {"source.unmask", "source.merge", "story.name_in_copy"}, name
    undelivered = NotificationRecord.objects.filter(event__action="story.name_in_copy")
    for record in undelivered:
        email = Delivery.objects.create(notification=record, event=record.event, channel="mail", state="failed")
        Notification.objects.filter(pk=record.pk).update(email=email)
    (row,) = NotificationRecord.objects.visible_to(people["ada"].facts())
    assert not row.is_disclosed, "an administrator sees that an email failed, not of what"
    about = NotificationRecord.objects.visible_to(people["ada"].facts()).about_story(story.pk)
    assert not about.exists(), "nor is it found by its story"


def test_an_administrator_sends_an_email_again_and_that_is_on_record(
    room: NotifyingRoom, mailbox: MailServer, people: dict[str, User]
) -> None:
    mailbox.refused.add("edgar")
    submitted(room)
    record = NotificationRecord.objects.get(user=people["edgar"], event__action="story.submit")
    assert seen_by(people["ada"]) == {("edgar", "story.submit")}
    with pytest.raises(Forbidden):
        resending.resend_email(record_id=record.pk, actor=people["edith"], now=room.now)
    mailbox.refused.clear()
    resending.resend_email(record_id=record.pk, actor=people["ada"], now=room.now)
    room.settle()
    (email,) = mailbox.messages_to("edgar")
    record.refresh_from_db()
    assert record.email is not None
    assert email["message-id"].startswith(f"<{record.email.pk}@")
    assert record.email.state == "delivered"
    assert [attempt.outcome for attempt in record.email.history.all()] == ["failed", "accepted"]
    event = Event.objects.get(action="notification.resend")
    assert (event.actor, event.stream) == (people["ada"], f"notificationrecord:{record.pk}")
    assert seen_by(people["ada"]) == set(), "nothing is undelivered any more"
    with pytest.raises(NotFound):
        resending.resend_email(record_id=record.pk, actor=people["ada"], now=room.now)
    Membership.objects.create(user=people["ada"], desk=None, role="editor")
    with assert_refused(Conflict, "NOT_FAILED"):
        resending.resend_email(record_id=record.pk, actor=User.objects.get(username="ada"), now=room.now)


def test_the_page_of_a_story_leads_editors_to_its_notifications(room: NotifyingRoom, people: dict[str, User]) -> None:
    story, edith = submitted(room), AdminBrowser(people["edith"])
    other = room.story()
    listed = edith.client.get(edith.page(story).context["notified_url"]).context["cl"].result_list
    assert {"story.assign", "story.submit"} <= {row.event.action for row in listed}
    assert {row.event.stream for row in listed} == {f"story:{story.pk}"}
    assert "Who was notified" in page_text(edith.page(other))
    assert "Who was notified" not in page_text(AdminBrowser(people["rosa"]).page(story)), "reporters have no log"
