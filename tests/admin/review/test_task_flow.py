"""Assigning and snoozing in the admin: ticked tasks, a claim's tasks, and what the pages show."""

from __future__ import annotations

import pytest
from django.utils import timezone

from editorial.models import Event, Notification, ReviewTask
from editorial.notifications import notices
from editorial.workflow.review import assignments
from tests.admin.conftest import action_url, assert_done, page_text


@pytest.fixture
def claim(room):
    claim = room.claim("The gate was open.")
    room.says(room.person(), claim)
    room.settle()
    return claim


def test_ticked_tasks_are_assigned_in_one_form_with_one_notification(room, visit, claim, people):
    edith, felix = visit("edith"), people["felix"]
    ticked = list(claim.tasks.filter(state="open", kind__in=["ARCHIVE", "SEEK_INDEPENDENT"]))
    listing = edith.listing(ReviewTask).content.decode()
    assert all(f'form="assign-ticked" name="task_ids" value="{task.pk}"' in listing for task in ticked)
    form = edith.client.get(action_url(ReviewTask, "review.assign.many"), {"task_ids": [task.pk for task in ticked]})
    assert form.context["form"].initial["task_ids"] == [
        task.pk for task in form.context["form"].fields["task_ids"].queryset
    ]
    assert_done(
        edith.submit(ReviewTask, "review.assign.many", assignee_id=felix.pk, task_ids=[task.pk for task in ticked])
    )
    assert set(ReviewTask.objects.filter(assigned_to=felix)) == set(ticked)
    (notice,) = notify_of_assignments(room)
    assert (notice.user, notice.subject) == (felix, "2 tasks assigned: The gate was open.")
    assert "edith assigned this task" in notice.body
    assert "and 1 other to felix." in notice.body


def test_former_assignees_are_notified_once_and_the_assigning_editor_never(room, visit, claim, people):
    rows = list(claim.tasks.filter(state="open", kind__in=["ARCHIVE", "SEEK_INDEPENDENT"]))
    keys = [row.pk for row in rows]
    by_edith = {"actor": people["edith"], "now": timezone.now()}
    assignments.assign_many(task_ids=keys, assignee_id=people["rosa"].pk, **by_edith)
    notify_of_assignments(room)
    assignments.assign_many(task_ids=keys, assignee_id=people["edith"].pk, **by_edith)
    assert [notice.user.username for notice in notify_of_assignments(room)] == ["rosa"]


def test_a_claims_tasks_are_offered_ticked_and_others_are_not(room, visit, claim):
    other = room.claim("Another.")
    room.says(room.person(), other)
    room.settle()
    edith = visit("edith")
    assert "Assign tasks" in page_text(edith.page(claim))
    assert "Assign tasks" not in page_text(visit("rosa").page(claim))
    form = edith.client.get(action_url(ReviewTask, "review.assign.many"), {"claim": str(claim.pk)}).context["form"]
    assert {task.claim for task in form.fields["task_ids"].queryset} == {claim}


def test_only_those_who_may_assign_get_checkboxes(room, visit, claim):
    assert 'name="task_ids"' not in visit("rosa").listing(ReviewTask).content.decode()


def test_a_task_is_snoozed_and_its_page_says_why_and_until_when(room, visit, claim):
    felix, task = visit("felix"), claim.tasks.get(kind="SEEK_INDEPENDENT")
    assert_done(felix.submit(task, "review.take"), task)
    refused = felix.submit(task, "review.snooze", reason="Lands at six.", wait="", until="")
    assert (refused.status_code, "Choose how long it waits" in page_text(refused)) == (422, True)
    assert_done(felix.submit(task, "review.snooze", reason="Lands at six.", wait="three_hours"), task)
    text = page_text(felix.page(task))
    for words in ("Snoozed by felix until", "Lands at six.", "Take next"):
        assert words in text, words
    assert "Snoozed" in page_text(felix.listing(ReviewTask, state="snoozed"))
    answer = felix.client.post(action_url(ReviewTask, "review.take.corroborate"), follow=True)
    task.refresh_from_db()
    assert task.state == "open", "nobody is offered it"
    assert answer.status_code == 200


def test_a_stale_tick_is_refused_by_its_question_and_the_others_stay_ticked(room, visit, claim, people):
    rows = list(claim.tasks.filter(state="open", kind__in=["ARCHIVE", "SEEK_INDEPENDENT"]))
    assert_done(visit("faye").submit(rows[0], "review.take"))
    data = {"assignee_id": people["felix"].pk, "task_ids": [row.pk for row in rows]}
    refused = visit("edith").submit(ReviewTask, "review.assign.many", **data)
    assert refused.status_code == 409
    assert f"faye is working on “{rows[0].question}”" in page_text(refused)
    assert not ReviewTask.objects.filter(assigned_to=people["felix"]).exists()


def notify_of_assignments(room):
    """The notifications of assignments that were not sent before."""
    before = set(Notification.objects.values_list("pk", flat=True))
    for event in Event.objects.filter(action="review.assign"):
        notices.notify(event_id=event.pk, now=room.now)
    return list(Notification.objects.exclude(pk__in=before).order_by("created_at"))
