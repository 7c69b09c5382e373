"""Endings: withdrawn, corrected, superseded; replacements."""

from __future__ import annotations

import pytest

from editorial.models import ClaimVisibility, Event, Statement
from editorial.policy.vocabulary import Ending
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed
from editorial.workflow.evidence import statements
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.stories import gates
from tests.models.constraints import assert_rejected_by_database
from tests.support.cast import (
    assert_refused,
    events,
    exceptions_in,
    run_behind,
    run_concurrently,
)


class TestEnding:
    def end(self, room, statement, ended, **more):
        fields = {"reason": "She phoned.", "actor": room.people["rosa"], "now": room.now} | more
        return statements.end(statement_id=statement.pk, ended=ended, **fields)

    @pytest.mark.parametrize("ended", list(Ending))
    def test_a_statement_that_has_ended_does_not_count_and_ends_once(self, room, ended):
        claim = room.corroborated()
        statement = claim.statements.first()
        self.end(room, statement, ended.value)
        statement.refresh_from_db()
        assert (statement.ended, statement.ended_at) == (ended, room.now)
        assert events(statement)[-1] == "statement.end"
        room.settle()
        assert claim.assessments.latest().independent == 1
        with assert_refused(Conflict, "ALREADY_ENDED"):
            self.end(room, statement, ended.value)

    def test_a_claim_is_superseded_if_all_affirmations_are_and_withdrawn_if_one_was_withdrawn(self, room):
        claim = room.corroborated("Twelve died.")
        first, second = claim.statements.order_by("recorded_at", "id")[:2]
        for statement in (first, second):
            self.end(room, statement, "superseded")
        room.settle()
        claim.refresh_from_db()
        assert claim.status == "superseded"
        self.end(room, second, "withdrawn")
        room.settle()
        claim.refresh_from_db()
        assert claim.status == "withdrawn"

    def test_how_it_ended_is_corrected_and_keeps_its_time(self, room):
        statement = room.says(room.person(), room.claim())
        self.end(room, statement, "withdrawn")
        later = room.says(room.person(), room.claim("It was ajar."))
        ended_at = room.now
        self.end(room, statement, "corrected", ended_by=later.pk, now=room.later(hours=1))
        statement.refresh_from_db()
        assert (statement.ended, statement.ended_at, statement.ended_by) == ("corrected", ended_at, later)
        assert Event.objects.filter(stream=f"statement:{statement.pk}").last().data["ended"] == [
            "withdrawn",
            "corrected",
        ]

    def test_only_a_corrected_or_superseded_statement_has_a_replacement(self, room):
        statement, other = room.says(room.person(), room.claim()), room.says(room.person(), room.claim("Ajar."))
        for ended in ("withdrawn", "retracted"):
            with assert_refused(ValidationFailed, "NO_SUCCESSOR"):
                self.end(room, statement, ended, ended_by=other.pk)
        with assert_refused(ValidationFailed, "SAME_OBJECT"):
            self.end(room, statement, "corrected", ended_by=statement.pk)
        self.end(room, other, "corrected", ended_by=statement.pk)
        with assert_refused(ValidationFailed, "SAME_OBJECT"):
            self.end(room, statement, "superseded", ended_by=other.pk)
        last = room.says(room.person(), room.claim("Shut."))
        self.end(room, last, "superseded", ended_by=other.pk)
        with assert_refused(ValidationFailed, "SAME_OBJECT"):
            self.end(room, statement, "superseded", ended_by=last.pk)
        with assert_refused(ValidationFailed, "UNKNOWN_ENDING"):
            self.end(room, statement, "forgotten")
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            self.end(room, statement, "withdrawn", reason=" ")

    def test_a_reporter_of_another_desk_cannot_end_it(self, room, carl):
        statement = room.says(room.person(), room.claim())
        with assert_refused(NotFound, "NOT_FOUND"):
            self.end(room, statement, "withdrawn", actor=carl)

    def test_a_story_with_a_superseded_claim_is_held_and_owes_an_update(self, room):
        claim = room.verified("Twelve died.")
        story, printed = room.cleared(claim), room.published(claim)
        for statement in claim.statements.all():
            self.end(room, statement, "superseded")
        room.settle()
        story.refresh_from_db()
        printed.refresh_from_db()
        assert (story.gate, printed.remedy, printed.status) == ("hold", "update", "published")
        assert "E_SUPERSEDED" in gates.evaluate(story, now=room.now).result.codes

    def test_the_database_refuses_two_endings_and_a_replacement_of_a_withdrawn_statement(self, room):
        statement, other = room.says(room.person(), room.claim()), room.says(room.person(), room.claim("Ajar."))
        rows = Statement.objects.filter(pk=statement.pk)
        for wrong, constraint in (
            ({"withdrawn_at": room.now, "superseded_at": room.now}, "statement_ended_in_one_way"),
            ({"ended_by": other}, "statement_replaced_if_corrected_or_superseded"),
            ({"withdrawn_at": room.now, "ended_by": other}, "statement_replaced_if_corrected_or_superseded"),
            ({"corrected_at": room.now, "ended_by": statement}, "statement_not_replaced_by_itself"),
        ):
            with assert_rejected_by_database(constraint):
                rows.update(**wrong)

    def test_two_concurrent_endings_do_not_replace_each_other(self, parallel):
        one, other = (parallel.says(parallel.person(), parallel.claim()) for _ in range(2))
        refusal = run_behind(
            lambda: self.end(parallel, one, "superseded", ended_by=other.pk),
            lambda: self.end(parallel, other, "superseded", ended_by=one.pk),
        )
        assert [reason.code for reason in refusal.reasons] == ["SAME_OBJECT"]

    def test_concurrent_endings_far_apart_close_no_circle(self, parallel):
        said = [parallel.says(parallel.person(), parallel.claim()) for _ in range(4)]
        for number in (0, 2):
            self.end(parallel, said[number], "superseded", ended_by=said[number + 1].pk)
        outcomes = run_concurrently(
            lambda: self.end(parallel, said[1], "superseded", ended_by=said[2].pk),
            lambda: self.end(parallel, said[3], "superseded", ended_by=said[0].pk),
        )
        assert [reason.code for refusal in exceptions_in(outcomes) for reason in refusal.reasons] == ["SAME_OBJECT"]

    def test_two_concurrent_endings_are_both_on_record(self, parallel):
        statement = parallel.says(parallel.person(), parallel.claim())
        outcomes = run_concurrently(
            *[lambda ended=ended: self.end(parallel, statement, ended) for ended in ("withdrawn", "superseded")]
        )
        assert exceptions_in(outcomes) == []
        statement.refresh_from_db()
        last = Event.objects.filter(stream=f"statement:{statement.pk}").order_by("number").last()
        assert last.data["ended"] in (["withdrawn", "superseded"], ["superseded", "withdrawn"])
        assert statement.ended == last.data["ended"][1]


class TestReplacementsAndConfidentialSources:
    """A replacement says that two statements are of one voice, and that a statement exists."""

    @pytest.fixture
    def shared(self, room, city):
        """A claim that the city desk also sees, as if a story of theirs used it."""
        claim = room.claim()
        ClaimVisibility.objects.create(claim=claim, desk=city)
        return claim

    @staticmethod
    def supersede(room, statement, successor, *, actor="rosa", ended="superseded"):
        return statements.end(
            statement_id=statement.pk, ended=ended, ended_by=successor.pk if successor else None, reason="Noon.",
            actor=room.people[actor], now=room.now,
        )  # fmt: skip

    def test_an_unnamed_source_is_not_linked_to_another_record(self, room):
        claim, keeper = room.claim(), room.person("a keeper", unnamed=True)
        said, again = room.says(keeper, claim), room.says(keeper, claim)
        for other in (room.says(room.person(), claim), room.says(room.person("a clerk", unnamed=True), claim)):
            for pair in ((said, other), (other, said)):
                with assert_refused(Conflict, "UNNAMED"):
                    self.supersede(room, *pair)
        assert self.supersede(room, said, again).ended_by == again

    def test_somebody_who_does_not_see_the_source_cannot_try_who_it_is(self, room, shared):
        keeper = room.person("a keeper", unnamed=True)
        said = room.says(keeper, shared)
        for other in (room.says(keeper, shared), room.says(room.person("a clerk", unnamed=True), shared)):
            with assert_refused(Forbidden, "PROTECTED"):
                self.supersede(room, said, other, actor="carl")

    def test_only_custodians_know_of_a_link_that_was_recorded_before(self, room, shared, carl, ruben, cuno):
        hidden = room.says(room.person("a keeper", unnamed=True), shared)
        named = room.says(room.person(), shared)
        Statement.objects.filter(pk=hidden.pk).update(superseded_at=room.now, ended_by=named)
        shown = {
            who: disclosure.shown_replacements(who.facts()).filter(pk=hidden.pk).exists() for who in (carl, ruben, cuno)
        }
        assert shown == {carl: False, ruben: False, cuno: True}

    def test_a_hidden_replacement_can_be_neither_detected_nor_erased(self, room, shared, carl):
        source, outcomes = room.person(), []
        for hidden in (None, room.says(source, room.claim("Somebody closed it."))):
            statement = self.supersede(room, room.says(source, shared), hidden)
            with assert_refused(Conflict, "ALREADY_ENDED"):
                self.supersede(room, statement, None, actor="carl")
            self.supersede(room, statement, None, actor="carl", ended="corrected")
            statement.refresh_from_db()
            outcomes.append((statement.ended, statement.ended_by == hidden))
        assert outcomes == [("corrected", True)] * 2
