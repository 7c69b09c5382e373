"""Reassessment: stored when the facts changed, notified when the finding changed, and passed on to its stories."""

from __future__ import annotations

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.models import Assessment, Event, MessageKind
from editorial.workflow.evidence import claims, facts, statements
from editorial.workflow.review import assessments
from tests.support.cast import count_pending_jobs, events

pytestmark = pytest.mark.exhaustive  # plays whole stories


def reassess(room, claim):
    return assessments.reassess(claim_id=claim.pk, now=room.now)


def test_a_finding_is_stored_with_its_facts(room):
    claim = room.corroborated()
    last = claim.assessments.latest()
    assert (last.finding, last.basis, last.independent, last.against) == ("verified", "corroboration", 2, 0)
    assert len(last.groups["independent"]) == 2
    assert len(last.hangs_on) == 2
    assert len(last.digest) == 64
    assert last.policy.version == 1


def test_nothing_is_stored_or_notified_twice(room):
    claim = room.corroborated()
    before = Assessment.objects.count(), events(claim)
    for _ in range(3):
        reassess(room, claim)
    assert (Assessment.objects.count(), events(claim)) == before


def test_a_new_fact_creates_an_assessment_and_notifies_only_if_the_finding_changed(room):
    claim = room.corroborated()
    before, notifications = claim.assessments.count(), events(claim).count("claim.assess")
    room.says(room.person(), claim)
    room.settle()
    assert claim.assessments.count() == before + 1
    assert events(claim).count("claim.assess") == notifications
    room.denied(claim)
    room.settle()
    assert events(claim).count("claim.assess") == notifications + 1
    assert Event.objects.filter(action="claim.assess").latest("id").data["contested"] == [False, True]


def test_stories_that_use_or_published_it_or_its_compound_are_reevaluated(room, rosa):
    compound = room.claim()
    part, _ = claims.split(claim_id=compound.pk, texts=["A.", "B."], actor=rosa, now=room.now)
    using, elsewhere = room.story(compound), room.story(room.claim())
    room.settle()
    reassess(room, part)
    assert [count_pending_jobs(MessageKind.REEVALUATE_STORY, story) for story in (using, elsewhere)] == [1, 0]


def test_a_compound_is_reassessed_when_the_finding_of_a_member_changes(room, rosa):
    compound = room.claim()
    part, _ = claims.split(claim_id=compound.pk, texts=["A.", "B."], actor=rosa, now=room.now)
    room.settle()
    for _ in range(2):
        room.denied(part)
    reassess(room, part)
    assert count_pending_jobs(MessageKind.ASSESS_CLAIM, compound) == 1
    room.settle()
    assert compound.assessments.latest().finding == "refuted"


def test_reading_the_facts_takes_a_constant_number_of_queries(room, rosa):
    def queries(claim):
        with CaptureQueriesContext(connection) as captured:
            facts.case([claim.pk], now=room.now)
        return len(captured)

    small, large = room.claim(), room.claim()
    people = [room.person() for _ in range(8)]
    for claim, times in ((small, 2), (large, 5)):
        for person in people[: 8 if times == 5 else 2]:
            for _ in range(times if times == 5 else 1):
                room.says(person, claim)
    assert queries(small) == queries(large)


def test_a_recurring_finding_is_notified_each_time(room, rosa):
    claim = room.corroborated()
    statement = claim.statements.first()
    statements.end(ended="withdrawn", statement_id=statement.pk, reason="Phoned.", actor=rosa, now=room.now)
    room.settle()
    room.says(statement.source, claim)
    room.settle()
    changes = [event.data["finding"] for event in Event.objects.filter(action="claim.assess").order_by("id")]
    assert [after for _, after in changes][-3:] == ["verified", "under_investigation", "verified"]
    assert all(before == after for (_, before), (after, _) in itertools.pairwise(changes))


def test_the_first_assessment_of_a_claim_takes_few_queries(room, django_assert_max_num_queries):
    reassess(room, room.claim())  # the policy in force is read once for all
    claim = room.claim()
    with django_assert_max_num_queries(33):
        assert reassess(room, claim).finding == "under_investigation"
