"""Circumstances: how a statement was obtained."""

from __future__ import annotations

import pytest

from editorial.models import Statement
from editorial.workflow.core.errors import ValidationFailed
from editorial.workflow.evidence import statements
from editorial.workflow.stories import gates
from tests.models.constraints import assert_rejected_by_database
from tests.support.cast import (
    events,
)


class TestCircumstances:
    """How a statement was obtained: paid, coerced, by a collector with a conflict of interest, machine-translated."""

    def tasks(self, claim):
        return {(task.kind, task.subject) for task in claim.tasks.filter(state="open")}

    @pytest.mark.parametrize(
        "circumstance", [{"inducement": "coerced"}, {"collector_conflict": True}, {"translation": "machine"}]
    )
    def test_an_unsound_statement_does_not_count_and_voids_signatures(self, room, rosa, circumstance):
        claim = room.verified()
        statement = claim.statements.first()
        statements.revise(statement_id=statement.pk, actor=rosa, now=room.now, **circumstance)
        room.settle()
        claim.refresh_from_db()
        assert claim.status != "verified"
        assert claim.assessments.latest().independent == 1
        assert "signoff.void" in events(claim)

    def test_a_paid_statement_counts_as_interested_and_is_disclosed(self, room, rosa):
        claim = room.corroborated()
        for statement in claim.statements.all():
            statements.revise(statement_id=statement.pk, inducement="paid", actor=rosa, now=room.now)
        room.settle()
        assessment = claim.assessments.latest()
        assert (assessment.independent, assessment.finding) == (2, "under_investigation")
        assert [missing["requirement"] for missing in assessment.missing] == ["disinterested"]
        story = room.story(claim, mode="attributed")
        assert "C_DISCLOSE" in gates.evaluate(story, now=room.now).result.codes

    def test_a_person_checks_a_machine_translation(self, room, rosa):
        claim = room.claim()
        statement = room.says(room.person(), claim, translation="machine")
        room.settle()
        assert ("CHECK_TRANSLATION", str(statement.pk)) in self.tasks(claim)
        statements.revise(statement_id=statement.pk, translation="human", actor=rosa, now=room.now)
        room.settle()
        assert ("CHECK_TRANSLATION", str(statement.pk)) not in self.tasks(claim)
        assert claim.assessments.latest().independent == 1

    def test_a_colleague_without_a_conflict_takes_it_again(self, room, rosa):
        claim, source = room.claim(), room.person()
        statement = room.says(source, claim, collector_conflict=True)
        room.settle()
        assert ("RETAKE_STATEMENT", str(statement.pk)) in self.tasks(claim)
        room.says(source, claim)
        statements.end(statement_id=statement.pk, ended="corrected", reason="Taken again.", actor=rosa, now=room.now)
        room.settle()
        assert ("RETAKE_STATEMENT", str(statement.pk)) not in self.tasks(claim)
        assert claim.assessments.latest().independent == 1

    def test_an_unknown_value_is_refused(self, room):
        claim, source = room.claim(), room.person()
        for wrong in ({"inducement": "bribed"}, {"translation": "parrot"}):
            with pytest.raises(ValidationFailed):
                room.says(source, claim, **wrong)
        rows = Statement.objects.filter(pk=room.says(source, claim).pk)
        with assert_rejected_by_database("statement_inducement_known"):
            rows.update(inducement="bribed")
        with assert_rejected_by_database("statement_translation_known"):
            rows.update(translation="parrot")
