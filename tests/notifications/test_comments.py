"""Notifications of comments: who gets them, how many, and that they quote nothing."""

from __future__ import annotations

from typing import Any

import pytest

from editorial.models import Comment, Desk, Event, Membership, Notification, User
from editorial.workflow.evidence import claims
from editorial.workflow.people import email_preferences
from editorial.workflow.review import comments
from tests.notifications.conftest import NotifyingRoom
from tests.support.receivers import MailServer

CANARY = "Canaria says that the keeper lied"


def comment(room: NotifyingRoom, by: str, text: str, **on: Any) -> Comment:
    row = comments.add(text=text, actor=room.people[by], now=room.now, **on)
    room.settle()
    return row


def subjects(room: NotifyingRoom, name: str) -> list[str]:
    return [each.subject for each in room.notifications_of(name, "comment.")]


def test_a_mention_notifies_the_person_once_with_a_link_and_without_the_text(
    room: NotifyingRoom, mailbox: MailServer
) -> None:
    claim = room.claim()
    row = comment(room, "rosa", f"@felix and @Felix: {CANARY}.", claim_id=claim.pk)
    assert room.notified_usernames("comment.add") == {"felix"}
    (notice,) = room.notifications_of("felix", "comment.add")
    assert notice.subject == "You are mentioned: The gate was open."
    assert "rosa mentions you in a comment on this claim." in notice.body
    assert notice.path == f"/admin/editorial/claim/{claim.pk}/change/#comment-{row.pk}"
    (email,) = mailbox.messages_to("felix")
    text = email.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"https://news.example{notice.path}" in text
    assert CANARY not in text + notice.subject + notice.body + str(email["subject"])
    assert not any(CANARY in str(event.data) for event in Event.objects.all())


def test_a_mentioned_desk_is_its_members_who_may_see_the_object(room: NotifyingRoom, city: Desk) -> None:
    claim = room.claim()
    comment(room, "rosa", "@politics, @city: who knows the keeper?", claim_id=claim.pk)
    politicians = {name for name in room.people if Membership.objects.filter(desk=room.desk, user__username=name)}
    assert room.notified_usernames("comment.add") == politicians - {"rosa", "gina"}, "she wrote it; she has left"


@pytest.mark.parametrize("who", ["carl", "cleo", "gina", "noel", "nobody", "city", "rosa"])
def test_a_mention_of_somebody_who_may_not_see_it_looks_like_one_of_nobody(room: NotifyingRoom, who: str) -> None:
    claim = room.claim()
    row = comment(room, "rosa", f"@{who}, look.", claim_id=claim.pk)
    assert not Notification.objects.filter(event__action="comment.add").exists()
    event = Event.objects.get(action="comment.add")
    assert event.data == {"comment": str(row.pk), "revision": 1}


def test_who_may_see_it_is_decided_at_that_moment(room: NotifyingRoom, carl: User) -> None:
    claim = room.claim()
    comments.add(claim_id=claim.pk, text="@carl, look.", actor=room.people["rosa"], now=room.now)
    Membership.objects.create(user=carl, desk=room.desk, role="reporter")
    room.settle()
    assert room.notified_usernames("comment.add") == {"carl"}
    comments.add(claim_id=claim.pk, text="@carl, again.", actor=room.people["rosa"], now=room.now)
    Membership.objects.filter(user=carl, desk=room.desk).delete()
    room.settle()
    assert len(room.notifications_of("carl", "comment.")) == 1


def test_those_who_wrote_in_a_thread_are_notified_of_replies_in_one_bundle_and_one_email(
    room: NotifyingRoom, mailbox: MailServer
) -> None:
    claim = room.claim()
    first = comment(room, "rosa", "Who saw it?", claim_id=claim.pk)
    comment(room, "felix", "The guard, @lara.", reply_to_id=first.pk)
    comment(room, "edith", "And the cook.", reply_to_id=first.pk)
    comment(room, "faye", "Elsewhere: who saw it?", claim_id=claim.pk)
    counts = {name: len(subjects(room, name)) for name in ("rosa", "felix", "edith", "lara", "faye", "sena")}
    assert counts == {"rosa": 2, "felix": 1, "edith": 0, "lara": 1, "faye": 0, "sena": 0}
    assert subjects(room, "rosa") == ["New reply: The gate was open."] * 2
    assert Notification.objects.filter(user=room.people["rosa"], bundle=None).count() == 1
    room.later(minutes=15)
    room.settle()
    assert len(mailbox.messages_to("rosa")) <= 2


def test_an_edit_notifies_only_those_who_are_newly_mentioned(room: NotifyingRoom) -> None:
    row = comment(room, "rosa", "@felix, look.", claim_id=room.claim().pk)
    comments.edit(comment_id=row.pk, text="@felix and @lara, look.", actor=room.people["rosa"], now=room.now)
    room.settle()
    assert room.notified_usernames("comment.edit") == {"lara"}


def test_resolving_retires_what_the_thread_asked_for(room: NotifyingRoom) -> None:
    row = comment(room, "rosa", "@felix, look.", claim_id=room.claim().pk)
    done = comments.resolve(comment_id=row.pk, actor=room.people["edith"], now=room.now)
    room.settle()
    (notice,) = room.notifications_of("felix", "comment.")
    assert notice.retired_at == done.resolved_at
    assert room.notified_usernames("comment.resolve") == {"rosa"}
    comments.reopen(comment_id=row.pk, actor=room.people["edith"], now=room.now)
    room.settle()
    assert room.notified_usernames("comment.reopen") == {"rosa"}


def test_a_person_chooses_when_to_get_email_about_comments(room: NotifyingRoom, felix: User) -> None:
    email_preferences.set_timing(kind="comment", timing="never", actor=felix, now=room.now)
    comment(room, "rosa", "@felix, look.", claim_id=room.claim().pk)
    (notice,) = room.notifications_of("felix", "comment.")
    assert (notice.email_after, notice.email) == (None, None)


def test_a_comment_on_a_dropped_claim_still_links_to_it(room: NotifyingRoom) -> None:
    claim = room.claim()
    claims.drop(claim_id=claim.pk, reason="Old.", actor=room.people["edith"], now=room.now)
    comment(room, "rosa", "@felix, really?", claim_id=claim.pk)
    assert subjects(room, "felix") == ["You are mentioned: The gate was open."]
