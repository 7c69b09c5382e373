"""Comments: threads on objects, their texts, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from editorial.models import Claim, Comment, CommentRevision, Desk, Membership, ReviewTask, Statement, Story, User
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed, VersionConflict
from editorial.workflow.evidence import sources, statements
from editorial.workflow.review import comments
from editorial.workflow.stories import desks
from tests.support.cast import Room, assert_refused, events, run_concurrently


def comment(room: Room, by: str = "rosa", text: str = "Who saw it?", **on: Any) -> Comment:
    return comments.add(text=text, actor=room.people[by], now=room.now, **on)


def reply(room: Room, first: Comment, by: str = "felix", text: str = "The guard.") -> Comment:
    return comment(room, by, text, reply_to_id=first.pk)


def edit(room: Room, row: Comment, text: str, by: str = "rosa", **options: Any) -> Comment:
    return comments.edit(comment_id=row.pk, text=text, actor=room.people[by], now=room.now, **options)


def resolve(room: Room, row: Comment, by: str = "edith", **options: Any) -> Comment:
    return comments.resolve(comment_id=row.pk, actor=room.people[by], now=room.now, **options)


def texts(row: Comment) -> list[str]:
    return list(row.revisions.order_by("number").values_list("text", flat=True))


@pytest.fixture
def claim(room: Room) -> Claim:
    return room.claim()


def test_a_thread_is_a_comment_and_its_replies_on_the_same_object(room: Room, claim: Claim) -> None:
    first = comment(room, claim_id=claim.pk)
    second = reply(room, first)
    assert (second.reply_to, second.target) == (first, claim)
    assert events(first) == ["comment.add", "comment.add"]
    with assert_refused(ValidationFailed, "NOT_A_THREAD"):
        reply(room, second)


def test_a_comment_is_on_a_claim_a_statement_a_story_or_a_task(room: Room, claim: Claim) -> None:
    room.settle()
    statement, story = room.says(room.person(), claim), room.story(claim)
    task = ReviewTask.objects.filter(claim=claim).first()
    assert task
    for name, row in {"claim": claim, "statement": statement, "story": story, "task": task}.items():
        assert comment(room, **{f"{name}_id": row.pk}).target == row
    for wrong in ({}, {"claim_id": claim.pk, "story_id": story.pk}):
        with assert_refused(ValidationFailed, "ONE_OBJECT"):
            comment(room, **wrong)
    with assert_refused(ValidationFailed, "REASON_REQUIRED"):
        comment(room, text=" ", claim_id=claim.pk)
    with assert_refused(ValidationFailed, "TOO_LONG"):
        comment(room, text="a" * (comments.MAX_LENGTH + 1), claim_id=claim.pk)


def test_every_former_text_stays(room: Room, claim: Claim) -> None:
    first = comment(room, claim_id=claim.pk)
    assert edit(room, first, "Who saw it?").edited_at is None, "nothing has changed"
    room.later(minutes=1)
    edited = edit(room, first, "Who heard it?")
    assert (edited.edited_at, edited.version) == (room.now, 2)
    assert texts(first) == ["Who saw it?", "Who heard it?"]
    assert events(first) == ["comment.add", "comment.edit"]
    with assert_refused(VersionConflict, "STALE_VERSION"):
        edit(room, first, "Who smelled it?", expected_version=1)


def test_only_its_author_edits_a_comment(room: Room, claim: Claim) -> None:
    first = comment(room, claim_id=claim.pk)
    for other in ("edith", "sena", "ada"):
        with assert_refused(Forbidden, "FORBIDDEN"):
            edit(room, first, "No.", by=other)
    assert texts(edit(room, reply(room, first), "The cook.", by="felix")) == ["The guard.", "The cook."]


def test_a_thread_is_resolved_and_reopened(room: Room, claim: Claim) -> None:
    first = comment(room, claim_id=claim.pk)
    second = reply(room, first)
    with assert_refused(Conflict, "NOT_A_THREAD"):
        resolve(room, second)
    assert resolve(room, first).resolved_by == room.people["edith"]
    with assert_refused(Conflict, "ALREADY_RESOLVED"):
        resolve(room, first)
    with assert_refused(Conflict, "THREAD_RESOLVED"):
        reply(room, first)
    again = comments.reopen(comment_id=first.pk, actor=room.people["rosa"], now=room.now)
    assert (again.resolved_at, again.resolved_by) == (None, None)
    with assert_refused(Conflict, "NOT_RESOLVED"):
        comments.reopen(comment_id=first.pk, actor=room.people["rosa"], now=room.now)
    assert events(first) == ["comment.add", "comment.add", "comment.resolve", "comment.reopen"]


def test_a_user_who_does_not_see_the_object_sees_no_comment_on_it(room: Room, claim: Claim, carl: User) -> None:
    statement, story = room.says(room.person(), claim), room.story()
    rows = [
        comment(room, claim_id=claim.pk),
        comment(room, statement_id=statement.pk),
        comment(room, story_id=story.pk),
    ]
    assert not Comment.objects.visible_to(carl.facts()).exists()
    for row in rows:
        with assert_refused(NotFound, "NOT_FOUND"):
            reply(room, row, by="carl")
        with assert_refused(NotFound, "NOT_FOUND"):
            resolve(room, row, by="carl")
    for on in ({"claim_id": claim.pk}, {"statement_id": statement.pk}, {"story_id": story.pk}):
        with assert_refused(NotFound, "NOT_FOUND"):
            comment(room, "carl", **on)


def test_a_comment_on_a_statement_is_visible_wherever_the_statement_is(room: Room, claim: Claim, carl: User) -> None:
    other = room.claim("The bridge fell.")
    statement = room.says(room.person("a keeper", unnamed=True), claim)
    row = comment(room, statement_id=statement.pk)
    rows = Comment.objects.all()
    use_in_town(room, other)
    assert not rows.visible_to(carl.facts()).exists()
    statements.move(statement_id=statement.pk, claim_id=other.pk, actor=room.people["rosa"], now=room.now)
    assert list(rows.visible_to(carl.facts())) == [row]


def use_in_town(room: Room, claim: Claim) -> Story:
    town = Room(Desk.objects.get(slug="city"), room.people)
    return town.story(claim, by="hugo")


@pytest.mark.parametrize("on", ["claim", "statement", "story", "task"])
def test_a_confidential_name_is_refused(room: Room, claim: Claim, on: str) -> None:
    keeper = room.person("a keeper", unnamed=True, identity_name="Jo Quetzal", identity_known_by="born 1970")
    statement, story = room.says(keeper, claim), room.story(claim)
    room.settle()
    task = ReviewTask.objects.filter(claim=claim).first()
    rows = {"claim": claim, "statement": statement, "story": story, "task": task}
    target = {f"{on}_id": rows[on].pk}  # type: ignore[union-attr]
    with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
        comment(room, text="Ask Jo Quetzal again.", **target)
    first = comment(room, **target)
    with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
        reply(room, first, text="Did @Quetzal say so?")
    with assert_refused(ValidationFailed, "NAME_IN_TEXT"):
        edit(room, first, "Quetzal saw it.")


def test_a_story_with_a_name_in_a_former_text_of_a_comment_stays_at_its_desk(room: Room, claim: Claim) -> None:
    witness, story, hugo = room.person("Jo Quetzal"), room.story(claim), room.people["hugo"]
    room.says(witness, claim)
    first = comment(room, text="Jo Quetzal saw it.", story_id=story.pk)
    sources.protect(
        source_id=witness.pk, name="a keeper", identity_name="Jo Quetzal", identity_known_by="born 1970",
        actor=room.people["rosa"], now=room.now,
    )  # fmt: skip
    edit(room, first, "The keeper saw it.")
    Membership.objects.create(user=hugo, role="editor")
    with pytest.raises(Conflict, match="reasons or comments"):
        desks.move(
            story_id=story.pk, desk_id=Desk.objects.get(slug="city").pk, reason="Local.", actor=hugo, now=room.now
        )


def test_the_database_keeps_a_reply_in_its_thread_and_a_comment_where_it_is(room: Room, claim: Claim) -> None:
    first, elsewhere = comment(room, claim_id=claim.pk), room.claim("The bridge fell.")
    stray = {"written_by": room.people["rosa"], "written_at": room.now}
    for wrong in ({"claim": elsewhere, "reply_to": first}, {"claim": claim, "reply_to": reply(room, first)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(**wrong, **stray)
    for wrong in ({}, {"claim": claim, "story": room.story()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(**wrong, **stray)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Comment.objects.filter(pk=first.pk).update(claim=elsewhere)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        CommentRevision.objects.update(text="Nobody saw it.")
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        CommentRevision.objects.all()._raw_delete("default")


@pytest.mark.django_db(transaction=True)
def test_of_two_users_who_resolve_a_thread_at_the_same_time_one_is_refused(parallel: Room) -> None:
    room = parallel
    first = comment(room, claim_id=room.claim().pk)
    outcomes = run_concurrently(lambda: resolve(room, first, "edith"), lambda: resolve(room, first, "felix"))
    refused = [each for each in outcomes if isinstance(each, Conflict)]
    assert [each.reasons[0].code for each in refused] == ["ALREADY_RESOLVED"]
    assert events(first) == ["comment.add", "comment.resolve"]


@pytest.mark.django_db(transaction=True)
def test_replies_and_edits_at_the_same_time_all_stay(parallel: Room) -> None:
    room = parallel
    claim = room.claim()
    statement: Statement = room.says(room.person(), claim)
    first = comment(room, statement_id=statement.pk)
    calls = [lambda name=name: reply(room, first, name) for name in ("felix", "faye", "ruben")]
    moved = lambda: statements.move(  # noqa: E731
        statement_id=statement.pk, claim_id=room.claim("Another.").pk, actor=room.people["rosa"], now=room.now
    )
    outcomes = run_concurrently(*calls, lambda: edit(room, first, "Who heard it?"), moved)
    assert not [each for each in outcomes if isinstance(each, Exception)]
    assert first.replies.count() == 3
    assert len(events(first)) == 5
