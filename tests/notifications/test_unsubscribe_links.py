"""Unsubscribing with one click: exactly that kind, for exactly that person, never what is mandatory."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client

from editorial.models import EmailPreference, Story, User
from editorial.notifications import unsubscribe_links
from editorial.policy.roles import NotificationKind
from editorial.workflow.evidence import statements
from editorial.workflow.stories import restrictions, returns, stories
from tests.notifications.conftest import NotifyingRoom
from tests.notifications.test_email_times import on_duty
from tests.support.receivers import MailServer


def path_of(url: str) -> str:
    return url.removeprefix("https://news.example")


def test_one_click_ends_emails_of_that_kind_and_of_no_other(
    room: NotifyingRoom, mailbox: MailServer, rosa: User
) -> None:
    path = emailed_link(room, mailbox, rosa)
    story = Story.objects.get()
    (email,) = mailbox.messages_to("rosa")
    assert email["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    browser = Client(enforce_csrf_checks=True)
    asked = browser.get(path)
    assert asked.status_code == 200
    assert not EmailPreference.objects.exists(), "looking at the page changes nothing"
    for _ in range(2):
        assert browser.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    (preference,) = EmailPreference.objects.all()
    assert (preference.user, preference.kind, preference.timing) == (rosa, "change", "never")
    room.later(hours=1)
    returns.unspike(story_id=story.pk, reason="New.", actor=room.people["edith"], now=room.now)
    room.settle()
    assert len(mailbox.messages_to("rosa")) == 1
    assert room.notifications_of("rosa", "story.unspike"), "the newsroom still lists it"
    restrictions.restrict_story(
        story_id=story.pk, kind="court", reason="An order.", actor=room.people["lara"], now=room.now
    )
    room.settle()
    mandatory = mailbox.messages_to("rosa")[-1]
    assert mandatory["list-unsubscribe"] is None
    assert mandatory["subject"].strip() == "Something has changed in a confidential story", "others read subjects"


def test_a_wrong_link_and_one_of_a_closed_account_are_not_found(
    room: NotifyingRoom, mailbox: MailServer, rosa: User, client: Client
) -> None:
    path = emailed_link(room, mailbox, rosa)
    for wrong in ("/unsubscribe/x", f"/unsubscribe/{uuid4()}/change", path.replace("/change", "/work"), path + "x"):
        assert client.post(wrong).status_code == 404, wrong
    assert unsubscribe_links.url_for(uuid4(), NotificationKind.OBLIGATION) == ""
    User.objects.filter(pk=rosa.pk).update(is_active=False)
    assert client.post(path).status_code == 404
    assert not EmailPreference.objects.exists()


def emailed_link(room: NotifyingRoom, mailbox: MailServer, rosa: User) -> str:
    """The path of the link in an email to rosa."""
    story = stories.pitch(desk_id=room.desk.pk, headline="Gate", body="", actor=rosa, now=room.now)
    stories.spike(story_id=story.pk, reason="Old.", actor=room.people["edith"], now=room.now)
    room.settle()
    (email,) = mailbox.messages_to("rosa")
    return path_of("".join(email["list-unsubscribe"].split()).strip("<>"))


def test_the_email_about_a_remedy_says_what_was_published_and_what_holds_now(
    room: NotifyingRoom, mailbox: MailServer
) -> None:
    claim = room.verified()
    room.published(claim)
    on_duty(room, "sena")
    room.later(hours=2)
    for statement in claim.statements.all():
        statements.end(
            ended="withdrawn", statement_id=statement.pk, reason="Rang.", actor=room.people["hugo"], now=room.now
        )
    room.settle()
    text = mailbox.messages_to("rosa")[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    text = " ".join(text.split())
    assert "“The gate was open.” was published as verified and is now" in text
    assert "It is due by" in text
    assert "An editor of the desk publishes it; sena is on duty." in text
    assert text.index("was published as") < text.index("It is due by")


def test_the_link_of_an_account_without_roles_is_not_found(
    room: NotifyingRoom, mailbox: MailServer, rosa: User, client: Client
) -> None:
    path = emailed_link(room, mailbox, rosa)
    rosa.memberships.all().delete()
    assert client.post(path).status_code == 404
