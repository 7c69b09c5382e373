"""Requests for comment."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from editorial.models import ReplyRequest, Statement
from editorial.workflow.evidence import claims
from editorial.workflow.review import replies
from tests.admin.conftest import assert_done, page_text


def test_a_request_for_comment_and_its_outcome_are_recorded(room, visit):
    party = room.person()
    claim, rosa = room.claim(adverse_to=[party.pk]), visit("rosa")
    assert "Has not been asked for comment" in page_text(rosa.page(claim))
    deadline = f"{timezone.localtime() + timedelta(hours=5):%Y-%m-%dT%H:%M}"
    form = rosa.open_form(claim, "reply.send", to_id=str(party.pk))
    assert str(party.pk) in form.content.decode()
    given = {"to_id": str(party.pk), "covers": [str(claim.pk)], "question": "Was it?", "deadline_at": deadline}
    assert_done(rosa.submit(claim, "reply.send", **given))
    request = ReplyRequest.objects.get()
    assert_done(rosa.submit(request, "reply.answer", outcome="declined", respondent_id=str(party.pk)), request)
    assert request.outcome == "declined"
    assert request.respondent_key == str(party.pk)


def test_a_deadline_is_read_in_the_users_time_zone(room, visit, people):
    people["rosa"].time_zone = "Asia/Tokyo"
    people["rosa"].save()
    party = room.person()
    claim = room.claim(adverse_to=[party.pk])
    given = {"to_id": str(party.pk), "covers": [str(claim.pk)], "question": "Was it?"}
    assert_done(visit("rosa").submit(claim, "reply.send", deadline_at="2099-05-01T18:00", **given))
    assert ReplyRequest.objects.get().deadline_at.isoformat() == "2099-05-01T09:00:00+00:00"


def test_an_editor_waives_the_right_of_reply(room, visit):
    party = room.person()
    claim = room.claim(adverse_to=[party.pk])
    given = {"to_id": str(party.pk), "covers": [str(claim.pk)], "reason": "Safety."}
    assert_done(visit("edith").submit(claim, "reply.waive", **given))
    assert ReplyRequest.objects.get().outcome == "waived"


def _answers(claim, **fields):
    """What a browser submits for a claim: entered or not, who collected it is preselected."""
    return {f"answers-{claim.pk}-{name}": value for name, value in ({"obtained_by": "us"} | fields).items()}


def _asked(room, party, *covers):
    return replies.send(
        to_id=party.pk,
        covers=[claim.pk for claim in covers],
        question="Was it?",
        actor=room.people["rosa"],
        now=room.now,
    )


def test_a_reply_is_recorded_with_a_statement_for_each_claim(room, visit):
    party = room.person("Lida Fenn")
    claim, other = room.claim("It was open."), room.claim("It was sold.")
    request, rosa = _asked(room, party, claim, other), visit("rosa")
    form = page_text(rosa.open_form(request, "reply.answer"))
    assert "It was open." in form
    assert "It was sold." in form
    said = _answers(claim, stance="denies", directness="first_hand", quote="Never.") | _answers(other)
    response = rosa.submit(request, "reply.answer", outcome="replied", **said)
    assert response.status_code == 422
    assert "say why there is none" in page_text(response)
    assert "Never." in response.content.decode()
    assert_done(rosa.submit(request, "reply.answer", outcome="replied", no_statement_reason="No word of it.", **said))
    statement = Statement.objects.get()
    assert (statement.source, statement.claim, statement.quote, statement.reply_request) == (
        party, claim, "Never.", request,
    )  # fmt: skip
    shown = page_text(rosa.page(request))
    assert "Never." in shown
    assert "No word of it." in shown


def test_nothing_entered_in_an_answer_is_lost_with_an_error(room, visit):
    party, claim = room.person(), room.claim()
    request, rosa = _asked(room, party, claim), visit("rosa")
    typed = {"quote": "Never in my life.", "embargo_until": "2099-01-01T10:00", "said_at": "2020-01-01T10:00"}
    for wrong, text in (
        ({"directness": "first_hand"}, "This field is required"),
        ({"stance": "denies", "directness": "first_hand", "informant": str(party.pk)}, "Only a second-hand statement"),
    ):
        response = rosa.submit(request, "reply.answer", outcome="replied", **_answers(claim, **typed, **wrong))
        content = response.content.decode()
        assert response.status_code == 422
        assert text in content
        assert all(value in content for value in typed.values())
    response = rosa.submit(request, "reply.answer", outcome="declined", **_answers(claim, stance="denies", **typed))
    assert "Never in my life." in response.content.decode()
    assert not Statement.objects.exists()


def test_a_request_shows_what_was_put_and_that_it_must_be_put_again(room, visit):
    party = room.person("Lida Fenn")
    claim = room.claim("The gate was open.", adverse_to=[party.pk])
    request, rosa = _asked(room, party, claim), visit("rosa")
    claims.revise(claim_id=claim.pk, text="The gate was sold.", actor=room.people["rosa"], now=room.now)
    for row, notice in ((request, "the claim is worded differently"), (claim, "put as: The gate was open.")):
        page = page_text(rosa.page(row))
        assert "The gate was open." in page
        assert notice in page
    assert "Asked before the claim was reworded. Ask again." in page_text(rosa.page(claim))
    room.says(room.person("a keeper", unnamed=True), claim)
    for open_page in (lambda by: by.page(request), lambda by: by.page(claim)):
        assert "The gate was open." not in page_text(open_page(rosa))
        assert ">Put to them in an earlier wording that only custodians can see.</" in open_page(rosa).content.decode()
        assert "<q>Put to them" not in open_page(rosa).content.decode()
        assert "The gate was open." in page_text(open_page(visit("cuno")))
    form = page_text(rosa.open_form(request, "reply.answer"))
    assert ("The gate was open." in form, "that only custodians can see" in form) == (False, True)


def test_the_form_says_which_window_the_policy_grants_and_asks_why_it_is_shorter(room, visit):
    party = room.person()
    claim, rosa = room.claim(adverse_to=[party.pk]), visit("rosa")
    assert "full window of 4 hours" in page_text(rosa.open_form(claim, "reply.send"))
    given = {"to_id": str(party.pk), "covers": [str(claim.pk)], "question": "Was it?"}
    soon = f"{timezone.localtime() + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    refused = rosa.submit(claim, "reply.send", deadline_at=soon, **given)
    assert "The policy gives them 4 hours." in page_text(refused)
    assert soon in refused.content.decode()
    assert_done(rosa.submit(claim, "reply.send", deadline_at=soon, reason="It runs tonight.", **given))
    assert "Why the deadline was short It runs tonight." in page_text(rosa.page(ReplyRequest.objects.get()))


def test_the_claims_of_another_desk_are_not_shown_with_a_shared_request(room, visit, city):
    party = room.person()
    ours, theirs = room.claim("The gate was open."), room.claim("The dam broke.", by="carl", desk_id=city.pk)
    request = replies.send(
        to_id=party.pk, covers=[ours.pk, theirs.pk], question="Was it?", actor=room.people["hugo"], now=room.now
    )
    rosa = visit("rosa")
    for response in (rosa.page(ours), rosa.page(request), rosa.open_form(request, "reply.answer")):
        page = page_text(response)
        assert "The gate was open." in page
        assert "dam" not in page
