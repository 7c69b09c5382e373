"""Review tasks."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editorial.models import ReviewTask
from editorial.workflow.review import signoffs, tasks
from tests.admin.conftest import action_url, assert_done, page_text


def test_the_next_task_is_taken_extended_and_released(room, visit):
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


def test_a_task_that_somebody_else_took_is_refused_with_their_name(room, visit):
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


def test_done_take_next_finishes_the_task_and_takes_the_next_of_its_queue(room, visit):
    for text in ("The gate was open.", "The lock was broken."):
        room.says(room.person(), room.claim(text))
    room.settle()
    felix = visit("felix")
    assert_done(felix.submit(ReviewTask, "review.take.corroborate"))
    first = ReviewTask.objects.get(taken_by=felix.person)
    answer = felix.client.post(action_url(first, "review.finish.found_next"), follow=True)
    first.refresh_from_db()
    following = ReviewTask.objects.get(taken_by=felix.person)
    assert (first.state, first.ended_by) == ("found", felix.person)
    assert following.queue == first.queue
    assert answer.redirect_chain[0][0].endswith(f"{following.pk}/change/")
    assert "This is your next task" in page_text(answer)


def test_done_take_next_says_if_no_task_is_left(room, visit):
    room.says(room.person(), room.claim())
    room.settle()
    felix = visit("felix")
    task = ReviewTask.objects.filter(kind="ARCHIVE").get()
    ReviewTask.objects.filter(queue=task.queue).exclude(pk=task.pk).delete()
    assert_done(felix.submit(task, "review.take"), task)
    answer = felix.client.post(action_url(task, "review.finish.found_next"), follow=True)
    assert "Finished. No task is left for you in this queue." in page_text(answer)
    task.refresh_from_db()
    assert task.state == "found"


def test_done_take_next_changes_nothing_if_the_lease_has_expired(room, visit):
    room.says(room.person(), room.claim())
    room.settle()
    task = ReviewTask.objects.filter(kind="ARCHIVE").get()
    answer = visit("felix").submit(task, "review.finish.found_next")
    assert answer.status_code == 409
    assert "your lease may have expired" in page_text(answer)
    assert not ReviewTask.objects.filter(taken_by=room.people["felix"]).exists()


def test_a_task_shows_the_evidence_on_its_claim(room, visit):
    claim = room.corroborated("The lock was broken.")
    room.says(room.person("Nell Harrow"), claim, directness="second_hand")
    room.settle()
    text = page_text(visit("felix").page(claim.tasks.filter(kind="SECOND_REVIEW").get()))
    for words in ("For it, independent 2", "Nell Harrow", "Does not count", "Hangs on", "Stories that use it"):
        assert words in text, words


def test_a_second_review_shows_what_changed_since_the_proposal(room, visit):
    claim = room.corroborated("The lock was broken.")
    signoffs.propose(claim_id=claim.pk, actor=room.people["felix"], now=room.now)
    room.settle()
    room.later(seconds=1)
    room.says(room.person("Otto Latecomer"), claim)
    room.settle()
    text = page_text(visit("edgar").page(claim.tasks.filter(kind="SECOND_REVIEW").get()))
    assert "Since it was proposed" in text
    assert "recorded a statement: Otto Latecomer (3)" in text


def test_the_claim_groups_its_tasks_by_who_has_them_and_by_question(room, visit):
    claim = room.claim()
    for name in ("Ona Oak", "Will Witness"):
        room.says(room.person(name), claim)
    room.settle()
    felix, faye = visit("felix"), visit("faye")
    mine, theirs = claim.tasks.filter(kind="ARCHIVE")
    assert_done(felix.submit(mine, "review.take"), mine)
    before = {section.label: section for section in faye.page(claim).context["brief"]}
    assert set(before) == {"To take", "With others"}
    assert_done(faye.submit(theirs, "review.take"))
    sections = {section.label: section for section in felix.page(claim).context["brief"]}
    assert [line.question for line in sections["Yours"].lines] == [mine.question]
    assert sections["With others"].task_count == 1
    assert "Take" in page_text(felix.page(claim))
    claim = room.claim("Another.")
    for name in ("Ada Ash", "Bo Birch"):
        room.says(room.person(name), claim)
    room.settle()
    (section,) = [section for section in felix.page(claim).context["brief"] if section.label == "To take"]
    (line,) = [line for line in section.lines if line.question == mine.question]
    assert {task.about for task, _ in line.tasks} == {"Ada Ash", "Bo Birch"}


def test_nobody_is_offered_a_task_of_the_brief_that_is_for_another_role(room, visit):
    claim = room.corroborated(risk="serious")
    for name, kind in (("stan", "STANDARDS_READ"), ("lara", "LEGAL_READ")):
        sections = {section.label: section for section in visit(name).page(claim).context["brief"]}
        offered = {task.kind for line in sections["To take"].lines for task, _ in line.tasks}
        assert kind in offered
        assert offered.isdisjoint({"STANDARDS_READ", "LEGAL_READ"} - {kind})


def test_a_task_page_takes_few_queries_however_much_there_is(room, visit):
    claim, editor, counts = room.corroborated(), visit("felix"), []
    task = claim.tasks.filter(kind="SECOND_REVIEW").get()
    for _round in range(2):
        for _ in range(4):
            room.says(room.person(), claim)
            room.story(claim, mode="attributed")
        room.settle()
        with CaptureQueriesContext(connection) as queries:
            assert editor.page(task).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1], counts
    assert counts[0] <= 40, "\n".join(query["sql"].split("FROM", 1)[-1][:110] for query in queries)
