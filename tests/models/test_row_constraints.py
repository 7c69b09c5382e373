"""Review tasks, replies, sign-offs, stories, exhibits and messages: what their rows cannot be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from editorial.models import (
    Correction,
    Exhibit,
    GateOverride,
    OutboxMessage,
    ReplyRequest,
    ReviewTask,
    Signoff,
    Subscription,
)
from tests.models.constraints import assert_rejected_by_database


@pytest.fixture
def task(room):
    """An open task."""
    claim = room.claim()
    room.settle()
    return claim.tasks.first()


def change(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


def test_a_task_is_taken_with_a_lease_or_not_at_all(room, task, felix):
    for half in (
        {"state": "taken"},
        {"state": "taken", "taken_by": felix},
        {"state": "taken", "lease_until": room.now},
        {"taken_by": felix, "lease_until": room.now},
    ):
        with assert_rejected_by_database("reviewtask_lease_complete"):
            change(task, **half)


def test_only_an_ended_task_has_an_end_time(room, task):
    with assert_rejected_by_database("reviewtask_ended_has_time"):
        change(task, state="found")
    with assert_rejected_by_database("reviewtask_ended_has_time"):
        change(task, ended_at=room.now)


def test_a_claim_has_one_task_per_kind_and_subject(room, task):
    with assert_rejected_by_database("reviewtask_once"):
        ReviewTask.objects.create(
            claim=task.claim, queue=task.queue, kind=task.kind, subject=task.subject, question="Again?",
            opened_at=room.now, due_at=room.now,
        )  # fmt: skip


def sign(claim, room, **fields):
    assessment = claim.assessments.latest()
    return Signoff.objects.create(
        **{"claim": claim, "kind": "legal", "assessment": assessment, "finding": "verified", "state": "approved",
           "proposed_by": room.people["lara"], "proposed_at": room.now} | fields
    )  # fmt: skip


def test_only_one_signoff_per_kind_is_live(room):
    claim = room.corroborated()
    first = sign(claim, room)
    for state in ("proposed", "approved"):
        with assert_rejected_by_database("signoff_one_live_per_kind"):
            sign(claim, room, state=state)
    change(first, state="voided")
    assert sign(claim, room).pk != first.pk


def test_a_proposer_cannot_approve(room, felix):
    claim = room.corroborated()
    with assert_rejected_by_database("signoff_four_eyes"):
        sign(claim, room, kind="finding", proposed_by=felix, decided_by=felix)


def test_a_scheduled_or_published_story_has_its_time(room):
    story = room.story()
    with assert_rejected_by_database("story_scheduled_has_time"):
        change(story, status="scheduled")
    with assert_rejected_by_database("story_published_has_time"):
        change(story, status="published")
    with assert_rejected_by_database("story_published_has_time"):
        change(story, status="retracted")


def test_a_story_has_one_open_correction_with_a_remedy(room):
    story = room.story()
    fields = {"story": story, "because": "News.", "opened_at": room.now, "due_at": room.now}
    with assert_rejected_by_database("correction_has_remedy"):
        Correction.objects.create(remedy="none", **fields)
    Correction.objects.create(remedy="update", **fields)
    with assert_rejected_by_database("correction_one_open_per_story"):
        Correction.objects.create(remedy="correction", **fields)


def test_only_some_codes_are_overridden_and_never_without_a_reason(room, sena):
    story = room.story()
    override = {"story": story, "revision": story.revisions.last(), "overridden_by": sena, "overridden_at": room.now}
    with assert_rejected_by_database("gateoverride_only_overridable_codes"):
        GateOverride.objects.create(code="E_REFUTED", reason="It is late.", **override)
    with assert_rejected_by_database("gateoverride_has_a_reason"):
        GateOverride.objects.create(code="E_REPLY_PENDING", reason="", **override)


def test_the_deadline_of_a_request_is_after_it_was_sent_unless_waived(room, rosa):
    request = {"to": room.person(), "sent_at": room.now, "sent_by": rosa}
    with assert_rejected_by_database("reply_has_a_deadline"):
        ReplyRequest.objects.create(**request)
    with assert_rejected_by_database("reply_deadline_after_sending"):
        ReplyRequest.objects.create(deadline_at=room.now - timedelta(hours=1), **request)
    assert ReplyRequest.objects.create(outcome="waived", **request).deadline_at is None


def test_an_exhibit_is_text_or_a_file_and_has_a_hash(room, rosa):
    exhibit = {"desk": room.desk, "title": "Log", "size": 1, "attached_by": rosa, "attached_at": room.now}
    hexadecimal = "0" * 64
    with assert_rejected_by_database("exhibit_is_text_or_file"):
        Exhibit.objects.create(sha256=hexadecimal, **exhibit)
    with assert_rejected_by_database("exhibit_is_text_or_file"):
        Exhibit.objects.create(sha256=hexadecimal, text="Open.", file="log.txt", **exhibit)
    with assert_rejected_by_database("exhibit_sha256_is_hex"):
        Exhibit.objects.create(sha256="no hash", text="Open.", **exhibit)


def test_a_running_message_has_a_lease(room):
    room.claim()
    with assert_rejected_by_database("outbox_running_has_a_lease"):
        OutboxMessage.objects.update(state="running")


def test_a_subscription_has_one_target(room, rosa):
    with assert_rejected_by_database("subscription_single_target"):
        Subscription.objects.create(user=rosa)
    with assert_rejected_by_database("subscription_single_target"):
        Subscription.objects.create(user=rosa, desk=room.desk, claim=room.claim())
