"""Due work: each item runs by itself, and is caught up with after an outage."""

from __future__ import annotations

from datetime import timedelta

import pytest

from editorial.models import Statement
from editorial.workflow.evidence import sources
from editorial.workflow.ops import scheduler
from editorial.workflow.review import replies, tasks
from editorial.workflow.stories import publication, stories
from tests.support.cast import HOUR, events

pytestmark = pytest.mark.exhaustive  # plays whole stories


@pytest.fixture
def due(room, rosa, edith):
    """One item of each kind that falls due within a day, and the time before."""
    party = room.person()
    claim = room.verified(adverse_to=[party.pk])
    request = replies.send(
        to_id=party.pk, covers=[claim.pk], question="?", deadline_at=room.now + HOUR, reason="It runs tonight.",
        actor=rosa, now=room.now,
    )  # fmt: skip
    statement = room.says(room.person(), room.claim(), embargo_until=room.now + HOUR)
    room.settle()
    task = tasks.take_next(actor=rosa, now=room.now)
    story = room.cleared()
    stories.confirm_no_claims(story_id=story.pk, actor=room.people["cora"], now=room.now)
    stories.schedule(story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=edith, now=room.now)
    room.settle()
    return {"request": request, "said": statement, "task": task, "story": story}


def test_nothing_runs_before_it_is_due(room, due):
    assert scheduler.run_due(now=room.now) == 0


def test_due_work_runs_once(room, due):
    later = room.now + HOUR
    assert scheduler.run_due(now=later) == 4
    assert [events(due[name])[-1] for name in ("request", "said", "task", "story")] == [
        "reply.expire",
        "statement.embargo_lift",
        "review.expire",
        "story.publish",
    ]
    assert scheduler.run_due(now=later) == 0


def test_a_scheduler_down_for_days_catches_up(room, due):
    later = room.now + timedelta(days=9)
    assert scheduler.run_due(now=later) >= 4
    due["story"].refresh_from_db()
    assert due["story"].status == "published"


def test_one_failure_stops_no_other_due_work_and_logs_no_text(room, due, monkeypatch, caplog):
    def fail(*, statement_id, now):
        raise RuntimeError("Jo Roe said it")

    monkeypatch.setattr(scheduler.statements, "lift_embargo", fail)
    assert scheduler.run_due(now=room.now + HOUR) == 3
    assert Statement.objects.get(pk=due["said"].pk).embargo_lifted_at is None
    assert "Jo Roe" not in caplog.text


def test_a_lifted_embargo_opens_the_gate(room):
    document = room.paper()
    claim = room.claim(risk="routine")
    sources.revise(source_id=document.pk, establishes=[claim.pk], actor=room.people["rosa"], now=room.now)
    room.says(document, claim, embargo_until=room.now + HOUR)
    room.settle()
    room.sign(claim)
    story = room.story(claim)
    room.settle()
    story.refresh_from_db()
    assert story.gate == "block"
    scheduler.run_due(now=room.later(hours=1))
    room.settle()
    story.refresh_from_db()
    assert story.gate == "pass"


def test_a_story_whose_gate_closed_is_returned_once(room, due, edith):
    story = room.cleared(room.corroborated())
    stories.schedule(story_id=story.pk, at=room.now + HOUR, time_zone="UTC", actor=edith, now=room.now)
    scheduler.run_due(now=room.now + HOUR)
    assert events(story)[-1] == "story.refuse"
    scheduler.run_due(now=room.now + 2 * HOUR)
    assert events(story).count("story.refuse") == 1
    assert publication.publish_due(story_id=story.pk, now=room.now + 2 * HOUR) is None
