"""A source's page: what it said and how it turned out, ties as a picture, and what neither may reveal."""

from __future__ import annotations

import pytest

from editorial.admin.evidence.source_record import Result, result_of
from tests.admin.conftest import page_text


@pytest.mark.parametrize(
    ("stance", "status", "result"),
    [
        ("affirms", "verified", Result.RIGHT),
        ("denies", "refuted", Result.RIGHT),
        ("affirms", "refuted", Result.WRONG),
        ("denies", "verified", Result.WRONG),
        ("affirms", "disputed", Result.DISPUTED),
        ("affirms", "withdrawn", Result.OPEN),
        ("denies", "under_investigation", Result.OPEN),
    ],
)
def test_a_statement_turns_out_by_the_status_of_its_claim(stance, status, result):
    assert result_of(stance, status) is result


def test_the_record_counts_what_the_source_said_on_claims_that_the_user_sees(room, visit):
    witness = room.person("Nell Harrow")
    right = room.claim("The lock was broken.")
    room.says(witness, right)
    room.says(room.person(), right)
    room.settle()
    room.sign(right)
    room.says(witness, room.claim("The guard slept."))
    room.says(witness, room.claim("The mayor knew."), "unaware")
    room.settle()
    record = visit("edith").page(witness).context["record"]
    assert dict(record.total.results) == {Result.RIGHT: 1, Result.WRONG: 0, Result.DISPUTED: 0, Result.OPEN: 1}
    assert "What it said, and how it turned out" in page_text(visit("edith").page(witness))
    other_desk = visit("carl").page(witness)
    assert other_desk.context["record"] is None, "a desk that does not see the claims"


def test_the_record_of_an_unnamed_source_does_not_count_what_the_same_person_said_by_name(planted, people, room, visit):
    hidden = planted.sources["speaker"]
    own = hidden.statements.filter(struck_at=None, stance__in=["affirms", "denies"]).count()
    assert visit("edith").page(hidden).context["record"].total.counts.total() == own
    assert visit("carl").page(hidden).status_code == 302, "not of this desk"


def test_ties_are_drawn_and_never_lead_to_or_from_an_unnamed_source(planted, visit, room):
    company = room.source("organization", "The Harbour Company")
    room.person("Otto Clerk", org=company.pk)
    room.person("facecanary clerk", unnamed=True, org=company.pk)
    page = visit("cuno").page(company)
    assert [(label, source.name) for label, source in page.context["tied"]] == [("Employs", "Otto Clerk")]
    assert page.context["ties_picture"].nodes[0].label == "Employs"
    assert "facecanary clerk" not in page_text(page)
    principal = planted.sources["principal"]
    assert visit("edith").page(principal).context["tied"] == []
    assert "Agent Smith" not in page_text(visit("edith").page(principal))


def test_who_said_so_stands_beside_the_interest(room, visit):
    clerk = room.person("Otto Clerk", benefits_if="believed")
    assert "(rosa," in page_text(visit("edith").page(clerk))
