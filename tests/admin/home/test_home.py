"""The home page: what each role has to do, how much of it, and nothing that they may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from editorial.models import ReviewTask, Story
from editorial.workflow.review import assignments, replies, signoffs, tasks
from editorial.workflow.stories import stories
from tests.admin.conftest import page_text


@pytest.fixture
def home(visit):
    """The context of a user's home page."""
    return lambda name: visit(name).client.get(reverse("admin:index")).context


def panels(context):
    return {panel.key: panel for panel in context["to_do"]}


def rows(panel):
    return [line.row for line in panel.lines]


def test_your_tasks_are_those_that_you_took_and_those_assigned_to_you(room, home, people):
    claim = room.claim()
    room.says(room.person(), claim)
    room.says(room.person(), room.claim("The lock was broken."))
    room.settle()
    taken, assigned, snoozed = ReviewTask.objects.filter(kind__in=["ARCHIVE", "SEEK_INDEPENDENT"])[:3]
    now = timezone.now()
    tasks.take(task_id=taken.pk, actor=people["ruben"], now=now)
    for task in (assigned, snoozed):
        assignments.assign(task_id=task.pk, assignee_id=people["ruben"].pk, actor=people["edith"], now=now)
    tasks.snooze(task_id=snoozed.pk, until=now + timedelta(hours=1), reason="Away.", actor=people["edith"], now=now)
    panel = panels(home("ruben"))["my-tasks"]
    assert rows(panel) == [taken, assigned]
    assert (panel.lines[0].lease_until is not None, panel.lines[1].note) == (True, "from edith")
    assert panel.due_at is not None
    assert rows(panels(home("rosa"))["my-tasks"]) == []
    queued = [line.row for queue in home("rosa")["queues"] for line in queue.panel.lines]
    assert set(queued).isdisjoint({taken, assigned, snoozed}), "nobody else is offered them"


def test_each_role_sees_what_waits_for_its_signature_and_nobody_else_does(room, home, people):
    claim = room.corroborated(risk="serious")
    assert {row.kind for row in rows(panels(home("lara"))["to-sign"])} == {"LEGAL_READ"}
    assert {row.kind for row in rows(panels(home("stan"))["to-sign"])} == {"STANDARDS_READ"}
    assert {row.kind for row in rows(panels(home("felix"))["to-sign"])} == {"SECOND_REVIEW"}
    assert rows(panels(home("edgar"))["to-sign"]) == [], "nothing is proposed yet"
    signoffs.propose(claim_id=claim.pk, actor=people["felix"], now=room.now)
    assert {row.kind for row in rows(panels(home("edgar"))["to-sign"])} == {"SECOND_REVIEW"}
    assert "to-sign" not in panels(home("rosa"))


def test_submitted_stories_are_for_editors_of_the_desk_who_did_not_write_them(room, home, people, city):
    story = room.story(room.claim(), by="edith")
    stories.submit(story_id=story.pk, actor=people["edith"], now=room.now)
    assert rows(panels(home("edgar"))["to-clear"]) == [story]
    assert rows(panels(home("edith"))["to-clear"]) == []
    assert rows(panels(home("edith"))["my-stories"]) == [story]
    for name in ("rosa", "cleo"):  # another role; another desk
        assert story not in rows(panels(home(name)).get("to-clear") or panels(home(name))["my-stories"])


def test_a_story_is_to_be_confirmed_until_every_condition_is(room, home, people):
    story = room.story()
    stories.submit(story_id=story.pk, actor=people["rosa"], now=room.now)
    room.settle()
    panel = panels(home("cora"))["to-confirm"]
    assert rows(panel) == [story]
    assert "No claims are listed" in panel.lines[0].reasons[0]
    stories.confirm_no_claims(story_id=story.pk, actor=people["cora"], now=room.now)
    room.settle()
    assert rows(panels(home("cora"))["to-confirm"]) == []
    assert Story.objects.get(pk=story.pk).open_codes == []


def test_held_stories_give_their_reasons_without_evaluating_the_gate(room, home, people):
    story = room.story(room.claim())
    stories.submit(story_id=story.pk, actor=people["rosa"], now=room.now)
    room.settle()
    held = home("edith")["held"]
    assert rows(held) == [story]
    assert "not verified and signed" in " ".join(held.lines[0].reasons)


def test_overdue_tasks_come_first_and_then_the_most_urgent(room, home):
    for text, risk in (("Routine.", "routine"), ("Serious.", "serious")):
        room.claim(text, risk=risk)
    room.settle()
    late = ReviewTask.objects.get(claim__risk="routine", kind="SEEK_INDEPENDENT")
    now = timezone.now()
    ReviewTask.objects.filter(pk=late.pk).update(due_at=now - timedelta(hours=1), overdue_at=now)
    queue = next(each.panel for each in home("ruben")["queues"] if each.panel.key == late.queue)
    assert queue.lines[0].row == late
    assert queue.lines[1].row.claim.risk == "serious"


def test_replies_due_and_counts_stop_at_ninety_nine(room, home, people):
    party = room.person()
    claim = room.claim(adverse_to=[party.pk])
    for _ in range(101):
        replies.send(
            to_id=party.pk, covers=[claim.pk], question="Is it so?", deadline_at=room.now + timedelta(hours=5),
            reason="Tonight.", actor=people["rosa"], now=room.now,
        )  # fmt: skip
    panel = panels(home("rosa"))["replies"]
    assert (str(panel.count), len(panel.lines), panel.has_more) == ("99+", 5, True)


def test_charts_count_only_what_the_user_may_see_and_say_it_in_words(room, home, visit):
    for number in range(3):
        room.says(room.person(), room.claim(f"Claim {number}."))
    room.settle()
    ReviewTask.objects.filter(kind="ARCHIVE").update(due_at=timezone.now() - timedelta(minutes=1))
    charts = {chart.key: chart for chart in home("edith")["charts"]}
    assert charts["statuses"].title == "Status of the newest 3 claims"
    assert "Under investigation: 3." in charts["statuses"].words
    assert "overdue: 3" in charts["time-left"].words
    assert charts["statuses"].words in page_text(visit("edith").client.get(reverse("admin:index"))) or (
        f'aria-label="{charts["statuses"].words}"' in visit("edith").client.get(reverse("admin:index")).content.decode()
    )
    assert {chart.key for chart in home("cleo")["charts"]} == set(), "nothing at the other desk"


def test_time_to_verdict_is_the_median_of_signed_findings(room, home, people):
    claim = room.corroborated()
    proposal = signoffs.propose(claim_id=claim.pk, actor=people["felix"], now=room.now)
    signoffs.approve(signoff_id=proposal.pk, actor=people["edgar"], now=claim.filed_at + timedelta(hours=6))
    (chart,) = [chart for chart in home("edith")["charts"] if chart.key == "time-to-verdict"]
    assert [bar.value for bar in chart.bars] == ["6.0 h"]


def test_the_page_takes_few_queries_however_much_there_is(room, visit, people):
    counts, editor = [], visit("sena")
    for _ in range(2):
        for number in range(4):
            claim = room.claim(f"Claim {number}.")
            room.says(room.person(), claim)
            story = room.story(claim)
            stories.submit(story_id=story.pk, actor=people["rosa"], now=room.now)
        room.settle()
        with CaptureQueriesContext(connection) as queries:
            assert editor.client.get(reverse("admin:index")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 40, counts


class TestRefreshing:
    """A page that asks whether it has changed."""

    def test_an_unchanged_page_is_not_sent_again_and_takes_few_queries(self, parallel, visit):
        room = parallel  # each change in a transaction of its own
        claim = room.claim()
        room.settle()
        browser = visit("edith")
        headers = {"X-Background-Refresh": "1"}
        for url in (reverse("admin:index"), reverse("admin:editorial_claim_change", args=[claim.pk]),
                    reverse("admin:editorial_reviewtask_changelist")):  # fmt: skip
            first = browser.client.get(url, headers=headers)
            assert (first.status_code, "data-live" in first.content.decode()) == (200, True)
            with CaptureQueriesContext(connection) as queries:
                again = browser.client.get(url, headers=headers | {"If-None-Match": first["ETag"]})
            # The minute may have turned between the two.
            assert again.status_code == 304 or again["ETag"] != first["ETag"]
            assert again.status_code == 200 or len(queries) <= 6
            room.says(room.person(), claim)
            assert browser.client.get(url, headers=headers | {"If-None-Match": first["ETag"]}).status_code == 200

    def test_a_revoked_role_is_noticed_although_nothing_else_has_changed(self, room, visit, people):
        browser, headers = visit("felix"), {"X-Background-Refresh": "1"}
        tag = browser.client.get(reverse("admin:index"), headers=headers)["ETag"]
        people["felix"].memberships.all().delete()
        answer = browser.client.get(reverse("admin:index"), headers=headers | {"If-None-Match": tag})
        assert answer.status_code == 302
