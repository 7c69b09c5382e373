"""Review tasks."""

from __future__ import annotations

from django.utils import timezone

from editorial.models import ReviewTask
from editorial.workflow.review import tasks
from tests.admin.conftest import action_url, assert_done, page_text


def test_taking_the_next_holding_it_and_giving_it_back(room, visit):
    room.says(room.person(), room.claim())
    room.settle()
    felix = visit("felix")
    assert_done(felix.submit(ReviewTask, "review.take.corroborate"))
    task = ReviewTask.objects.get(taken_by=room.people["felix"])
    assert task.queue == "corroborate"
    assert "Assigned to you" in page_text(felix.page(task))
    lease = task.lease_until
    assert_done(felix.submit(task, "review.extend"), task)
    assert task.lease_until > lease
    assert_done(felix.submit(task, "review.release"), task)
    assert task.taken_by is None


def test_a_task_is_finished_both_ways(room, visit):
    room.says(room.person(), room.claim())
    room.settle()
    felix, (one, other) = visit("felix"), ReviewTask.objects.filter(kind__in=["SEEK_INDEPENDENT", "ARCHIVE"])
    for task in (one, other):
        assert_done(felix.submit(task, "review.take"), task)
    assert_done(felix.submit(one, "review.finish.found", note="Two more."), one)
    assert (one.state, one.ended_by.username) == ("found", "felix")
    refused = felix.submit(other, "review.finish.exhausted", note=" ")
    assert refused.status_code == 422
    assert_done(felix.submit(other, "review.finish.exhausted", note="Rang everybody."), other)
    assert other.state == "exhausted"


def test_an_empty_queue_says_so(room, visit):
    answer = visit("felix").client.post(action_url(ReviewTask, "review.take.investigate"), follow=True)
    assert "No task for you in this queue right now." in page_text(answer)


def test_a_task_somebody_else_took_is_refused_with_who_has_it(room, visit):
    room.says(room.person(), room.claim())
    room.settle()
    task = ReviewTask.objects.filter(kind__startswith="SEEK").first()
    tasks.take(task_id=task.pk, actor=room.people["faye"], now=timezone.now())
    answer = visit("felix").submit(task, "review.take")
    assert answer.status_code == 409
    assert "faye has taken this task" in page_text(answer)


def test_a_task_links_to_the_action_that_resolves_it(room, visit):
    party = room.person()
    claim = room.claim(adverse_to=[party.pk])
    room.says(room.person(reliability="F"), claim)
    room.settle()
    felix = visit("felix")
    for kind, button in {
        "SEND_REPLY_REQUEST": "reply.send",
        "SEEK_INDEPENDENT": "statement.record",
        "ASSESS_SOURCE": "source.rate",
        "ARCHIVE": "exhibit.attach",
    }.items():
        task = ReviewTask.objects.filter(claim=claim, kind=kind).first()
        page = felix.page(task).content.decode()
        assert f"/action/{button}/" in page, kind
        assert "next=" in page
