"""Comments by email in the admin: on the page of what they are on, in a list, on the home page; for one person."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from editorial.models import Comment, EmailedComment, User
from editorial.workflow.review import comments
from tests.admin.conftest import page_text
from tests.support.cast import Room, fresh
from tests.support.incoming_mail import answer_email

LIST = reverse("admin:editorial_emailedcomment_changelist")
TEXT = "Ask <b>her</b>."


@pytest.fixture
def emailed(room: Room, rosa: User) -> EmailedComment:
    return answer_email(room.claim(), rosa, TEXT, now=room.now)


def page_of(row: Any) -> str:
    return reverse(f"admin:editorial_{row._meta.model_name}_change", args=[row.pk])


def form_of(row: EmailedComment, action: str) -> str:
    return reverse("admin:editorial_emailedcomment_action", args=[row.pk, f"emailed_comment.{action}"])


def test_its_recipient_finds_it_everywhere(emailed: EmailedComment, visit: Any) -> None:
    client = visit("rosa").client
    for path in (page_of(emailed.target), page_of(emailed)):
        page = client.get(path).content.decode()
        assert "Ask &lt;b&gt;her&lt;/b&gt;." in page
        assert "Nobody else sees it." in page
        assert form_of(emailed, "confirm") in page
        assert form_of(emailed, "dismiss") in page
    assert str(emailed.pk) in client.get(LIST).content.decode()
    assert "Comments to confirm" in page_text(client.get(reverse("admin:index")))


@pytest.mark.parametrize("name", ["edith", "hugo", "ada"])
def test_nobody_else_finds_it(emailed: EmailedComment, visit: Any, name: str) -> None:
    client = visit(name).client
    for path in (page_of(emailed.target), LIST, reverse("admin:index")):
        page = client.get(path).content.decode()
        assert str(emailed.pk) not in page
        assert "Your answer by email" not in page
    assert client.get(page_of(emailed)).status_code == 302
    assert client.post(form_of(emailed, "dismiss")).status_code == 404
    assert fresh(emailed).state == "waiting"


def test_one_click_posts_it(emailed: EmailedComment, visit: Any) -> None:
    response = visit("rosa").client.post(form_of(emailed, "confirm"), {"text": TEXT}, follow=True)
    assert "Commented." in page_text(response)
    assert Comment.objects.get().revisions.get().text == TEXT
    assert response.redirect_chain[-1][0].startswith(page_of(emailed.target))


def test_one_click_dismisses_it(emailed: EmailedComment, visit: Any) -> None:
    visit("rosa").client.post(form_of(emailed, "dismiss"))
    assert fresh(emailed).state == "dismissed"
    assert "Its text was deleted." in page_text(visit("rosa").client.get(page_of(emailed)))
    assert "Your answer by email" not in page_text(visit("rosa").client.get(page_of(emailed.target)))


def test_an_answer_in_a_thread_is_on_the_page_of_the_object(room: Room, rosa: User, edith: User, visit: Any) -> None:
    thread = comments.add(claim_id=room.claim().pk, text="Who saw it?", actor=edith, now=room.now)
    answer_email(thread, rosa, TEXT, now=room.now)
    assert "Your answer by email" in page_text(visit("rosa").client.get(page_of(thread.target)))


def test_without_its_key_it_can_be_dismissed(emailed: EmailedComment, visit: Any, settings: Any) -> None:
    settings.MAIL_KEYS = []
    page = page_text(visit("rosa").client.get(page_of(emailed)))
    assert "MAIL_KEYS" in page
    visit("rosa").client.post(form_of(emailed, "dismiss"))
    assert fresh(emailed).state == "dismissed"
