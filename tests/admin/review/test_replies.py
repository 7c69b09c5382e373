"""Requests for comment."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from editorial.models import ReplyRequest
from tests.admin.conftest import assert_done, page_text


def test_asking_a_party_and_noting_the_answer(room, visit):
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


def test_waiving(room, visit):
    party = room.person()
    claim = room.claim(adverse_to=[party.pk])
    given = {"to_id": str(party.pk), "covers": [str(claim.pk)], "reason": "Safety."}
    assert_done(visit("edith").submit(claim, "reply.waive", **given))
    assert ReplyRequest.objects.get().outcome == "waived"
