"""Actions on sign-offs, replies, comments and tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from editorial.models import (
    ReviewTask,
)
from editorial.policy.actions import Action
from editorial.workflow.review import assignments, comments, received_answers, replies, signoffs, tasks
from tests.support import incoming_mail
from tests.support.cast import Room


def signoff_actions(room: Room) -> dict[Action, Any]:
    """By action: the row, the function and its arguments."""
    corroborated, proposed = room.corroborated(), room.corroborated(risk="serious")
    proposal = signoffs.propose(claim_id=proposed.pk, actor=room.people["felix"], now=room.now)
    it = {"signoff_id": proposal.pk}
    return {
        Action.SIGNOFF_PROPOSE: (corroborated, signoffs.propose, {"claim_id": corroborated.pk}),
        Action.SIGNOFF_APPROVE: (proposed, signoffs.approve, it),
        Action.SIGNOFF_REJECT: (proposed, signoffs.reject, it | {"reason": "Too thin."}),
        Action.SIGNOFF_READ_STANDARDS: (proposed, signoffs.read_standards, {"claim_id": proposed.pk}),
        Action.SIGNOFF_READ_LEGAL: (proposed, signoffs.read_legal, {"claim_id": proposed.pk}),
    }


def reply_actions(room: Room) -> dict[Action, Any]:
    """By action: the row, the function and its arguments."""
    claim, party = room.claim(), room.person()
    fields = {"to_id": party.pk, "covers": [claim.pk], "question": "?"}
    request = replies.send(**fields, actor=room.people["rosa"], now=room.now)
    received = incoming_mail.receive(room, request)
    dismissed = {"received_answer_id": received.pk, "reason": "An advertisement."}
    waived = {"to_id": party.pk, "covers": [claim.pk], "reason": "He is dead."}
    return {
        Action.REPLY_SEND: (claim, replies.send, fields),
        Action.REPLY_ANSWER: (claim, replies.answer, {"request_id": request.pk, "outcome": "declined"}),
        Action.REPLY_WAIVE: (claim, replies.waive, waived),
        Action.RECEIVED_ANSWER_DISMISS: (claim, received_answers.dismiss, dismissed),
    }


def comment_actions(room: Room) -> dict[Action, Any]:
    """By action: the row, the function and its arguments."""
    claim, felix = room.claim(), room.people["felix"]
    thread, done = (comments.add(claim_id=claim.pk, text="Why?", actor=felix, now=room.now) for _ in range(2))
    comments.resolve(comment_id=done.pk, actor=felix, now=room.now)
    it = {"comment_id": thread.pk}
    return {
        Action.COMMENT_ADD: (claim, comments.add, {"claim_id": claim.pk, "text": "Who?"}),
        Action.COMMENT_EDIT: (thread, comments.edit, it | {"text": "When?"}),
        Action.COMMENT_RESOLVE: (thread, comments.resolve, it),
        Action.COMMENT_REOPEN: (done, comments.reopen, {"comment_id": done.pk}),
    }


def review_actions(room: Room) -> dict[Action, Any]:
    """By action: the row, the function and its arguments."""
    claim = room.claim()
    room.says(room.paper(authenticated=False), claim)
    room.settle()
    task, taken_task = ReviewTask.objects.filter(claim=claim).order_by("kind")[:2]
    theirs = ReviewTask.objects.filter(claim=claim).exclude(pk__in=[task.pk, taken_task.pk]).latest("kind")
    assignments.assign(
        task_id=theirs.pk,
        assignee_id=room.people["felix"].pk,
        actor=room.people["edith"],
        now=room.now,
    )
    theirs.refresh_from_db()
    tasks.take(task_id=taken_task.pk, actor=room.people["felix"], now=room.now)
    taken_task.refresh_from_db()
    it, ours = {"task_id": task.pk}, {"task_id": taken_task.pk}
    return {
        Action.REVIEW_TAKE: (task, tasks.take, it),
        Action.REVIEW_EXTEND: (taken_task, tasks.extend, ours),
        Action.REVIEW_RELEASE: (taken_task, tasks.release, ours),
        Action.REVIEW_FINISH: (taken_task, tasks.finish, ours | {"outcome": "found"}),
        Action.REVIEW_ASSIGN: (
            task,
            assignments.assign,
            it | {"assignee_id": room.people["felix"].pk},
        ),
        Action.REVIEW_SNOOZE: (
            theirs,
            tasks.snooze,
            {"task_id": theirs.pk, "until": room.now + timedelta(hours=1), "reason": "He is away."},
        ),
    }
