"""How many SQL statements each action takes. Lower a number with each gain; raising one needs a reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.workflow.evidence import claims, sources, statements
from editorial.workflow.review import assessments, replies, signoffs, tasks
from editorial.workflow.stories import publication, stories
from tests.support.cast import HOUR, Room


@contextmanager
def at_most(number: int) -> Iterator[None]:
    """The block takes at most so many statements.

    Savepoints and checks of deferred constraints do not count: only an action within another transaction, as in these
    tests, has them.
    """
    with CaptureQueriesContext(connection) as captured:
        yield
    nested = ("SAVEPOINT", "SET CONSTRAINTS")
    taken = [query["sql"] for query in captured.captured_queries if not any(word in query["sql"] for word in nested)]
    assert len(taken) <= number, f"{len(taken)} statements, not {number}:\n" + "\n".join(taken)


def test_an_assessment_reads_the_facts_once_and_writes_in_bulk(room: Room) -> None:
    room.verified("The policy in force is read once for all.")
    claim, now = room.claim(), room.now
    room.settle()
    room.says(room.person(), claim)
    with at_most(10):  # with the notification of its new tasks
        assessments.reassess(claim_id=claim.pk, now=now)
    with at_most(2):
        assessments.reassess(claim_id=claim.pk, now=now)
    room.says(room.person(), claim)
    with at_most(10):
        assert assessments.reassess(claim_id=claim.pk, now=now).finding == "verified"


def test_the_actions_of_a_claim_read_no_row_twice(room: Room) -> None:
    people, now = room.people, room.now
    claim = room.corroborated()
    source = room.person()
    with at_most(12):
        statements.record(
            claim_id=claim.pk, source_id=source.pk, stance="affirms", directness="first_hand", actor=people["rosa"],
            now=now,
        )  # fmt: skip
    room.settle()
    with at_most(11):
        proposal = signoffs.propose(claim_id=claim.pk, actor=people["felix"], now=now)
    with at_most(20):  # with the notifications that the signature retires
        signoffs.approve(signoff_id=proposal.pk, actor=people["edgar"], now=now)


def test_the_actions_of_a_story_read_no_row_twice(room: Room) -> None:
    people, now = room.people, room.now
    story = room.story(room.verified())
    room.settle()
    with at_most(12):
        stories.submit(story_id=story.pk, actor=people["rosa"], now=now)
    with at_most(13):  # with the notifications that the clearance retires
        stories.clear(story_id=story.pk, actor=people["edith"], now=now)
    with at_most(28):
        publication.publish(story_id=story.pk, actor=people["edith"], now=now)


def test_the_next_task_is_taken_in_few_statements(room: Room) -> None:
    room.claim()
    room.settle()
    with at_most(8):
        assert tasks.take_next(actor=room.people["felix"], now=room.now)


def test_a_serious_claim_is_filed_and_assessed_in_few_statements(room: Room) -> None:
    """The number in docs/operations/scaling.md: three sources, a claim, two statements, a request for comment."""
    by_rosa: dict[str, Any] = {"actor": room.people["rosa"], "now": room.now}
    room.settle()
    with at_most(99):
        *witnesses, accused = [
            sources.register(desk_id=room.desk.pk, type="person", name=f"Person {number}", **by_rosa)
            for number in range(3)
        ]
        claim = claims.file(
            desk_id=room.desk.pk, text="The mayor took the money.", risk="serious", adverse_to=[accused.pk], **by_rosa
        )
        for witness in witnesses:
            statements.record(
                claim_id=claim.pk, source_id=witness.pk, stance="affirms", directness="first_hand", quote="I saw it.",
                **by_rosa,
            )  # fmt: skip
        replies.send(
            to_id=accused.pk, covers=[claim.pk], question="Did you?", deadline_at=room.now + 48 * HOUR, **by_rosa
        )
    with at_most(53):  # the assessment, and the notifications
        room.settle()
