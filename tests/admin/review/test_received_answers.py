"""Answers by email in the admin: the email beside the form, the form with its text, and who sees what."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from editorial.models import ReceivedAnswer
from tests.admin.conftest import page_text
from tests.support.cast import Room, fresh
from tests.support.incoming_mail import ask, receive

UNVERIFIED = "The sender is not verified."


@pytest.fixture
def answer(room: Room) -> ReceivedAnswer:
    return receive(room, ask(room), "It was shut <b>all</b> night.")


def page_of(row: Any) -> str:
    return reverse(f"admin:editorial_{row._meta.model_name}_change", args=[row.pk])


def form_of(answer: ReceivedAnswer) -> str:
    path = reverse("admin:editorial_replyrequest_action", args=[answer.request_id, "reply.answer"])
    return f"{path}?received_answer_id={answer.pk}"


def test_the_email_is_shown_as_stated_and_as_not_verified(answer: ReceivedAnswer, visit: Any) -> None:
    text = page_text(visit("rosa").client.get(page_of(answer)))
    assert UNVERIFIED in text
    assert "Lida <lida@fenn.example>" in text
    assert "It was shut <b>all</b> night." in text
    assert "Record the response" in text
    assert "Dismiss" in text


def test_those_who_may_not_answer_see_that_it_came_and_not_what_it_says(answer: ReceivedAnswer, visit: Any) -> None:
    for name in ("cora", "lara", "ada"):
        text = page_text(visit(name).client.get(page_of(answer)))
        assert "Only those who may answer the request may read this email." in text
        assert "shut" not in text
        assert "fenn.example" not in text


def test_another_desk_finds_neither_the_email_nor_its_request(answer: ReceivedAnswer, visit: Any) -> None:
    browser = visit("carl")
    assert "Lida" not in page_text(browser.client.get(page_of(answer), follow=True))
    assert (
        str(answer.pk) not in browser.client.get(reverse("admin:editorial_receivedanswer_changelist")).content.decode()
    )


def test_the_form_shows_the_email_and_begins_with_its_text(answer: ReceivedAnswer, visit: Any) -> None:
    page = visit("rosa").client.get(form_of(answer)).content.decode()
    assert UNVERIFIED in page
    assert page.count("It was shut &lt;b&gt;all&lt;/b&gt; night.") == 2
    assert f'value="{answer.pk}"' in page


def test_the_form_of_another_request_takes_no_text_of_it(room: Room, answer: ReceivedAnswer, visit: Any) -> None:
    other = ask(room, text="The lock was broken.")
    path = reverse("admin:editorial_replyrequest_action", args=[other.pk, "reply.answer"])
    page = visit("rosa").client.get(f"{path}?received_answer_id={answer.pk}").content.decode()
    assert "all&lt;/b&gt; night" not in page


def test_a_person_records_what_it_says(answer: ReceivedAnswer, visit: Any) -> None:
    claim = answer.request.covers.get()
    fields = {"stance": "denies", "directness": "first_hand", "quote": "It was shut all night.", "obtained_by": "us"}
    response = visit("rosa").client.post(
        form_of(answer),
        {"outcome": "replied", "received_answer_id": str(answer.pk)}
        | {f"answers-{claim.pk}-{name}": value for name, value in fields.items()},
    )
    assert response.status_code == 302
    assert fresh(answer).state == "recorded"
    assert claim.statements.get().quote == "It was shut all night."


def test_a_person_dismisses_it(answer: ReceivedAnswer, visit: Any) -> None:
    path = reverse("admin:editorial_receivedanswer_action", args=[answer.pk, "received_answer.dismiss"])
    assert visit("rosa").client.post(path, {"reason": "An advertisement."}).status_code == 302
    assert fresh(answer).state == "dismissed"
    text = page_text(visit("rosa").client.get(page_of(answer.request)))
    assert "An advertisement." in text


def test_the_request_shows_its_address_and_what_arrived(room: Room, maildir: Any, settings: Any, visit: Any) -> None:
    request = ask(room)
    receive(room, request)
    text = page_text(visit("rosa").client.get(page_of(request)))
    assert f"reply+{request.reply_address.token}@reply.example" in text
    assert "Received by email" in text
    settings.INBOUND_MAIL_DOMAIN = ""
    assert "reply+" not in page_text(visit("rosa").client.get(page_of(request)))


def test_the_home_page_lists_what_waits_for_those_who_may_answer(answer: ReceivedAnswer, visit: Any) -> None:
    home = reverse("admin:index")
    assert "Answers received by email" in page_text(visit("rosa").client.get(home))
    assert "Answers received by email" not in page_text(visit("cora").client.get(home))
    assert str(answer.pk) in visit("rosa").client.get(home).content.decode()
    assert str(answer.pk) not in visit("carl").client.get(home).content.decode()
