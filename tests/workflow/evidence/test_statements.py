"""Statements: record, revise, move."""

from __future__ import annotations

from datetime import UTC, datetime

from editorial.models import Event, MessageKind, Statement
from editorial.workflow.core.errors import Conflict, NotFound, ValidationFailed, VersionConflict
from editorial.workflow.evidence import briefings, claims, sources, statements
from tests.support.cast import (
    HOUR,
    assert_refused,
    count_pending_jobs,
    events,
)


def test_a_named_source_speaks_on_record_and_an_unnamed_one_on_background(room):
    claim = room.claim()
    assert room.says(room.person(), claim).terms == "on_record"
    assert room.says(room.person(unnamed=True), claim).terms == "background"
    assert room.says(room.person(), claim, terms="off_record").terms == "off_record"


def test_a_statement_is_recorded_with_its_collector_and_its_claim_is_reassessed(room, rosa):
    claim = room.claim()
    room.settle()
    statement = room.says(room.person(), claim, quote="It was.", said_at=room.now - HOUR, credibility=2)
    assert (statement.collected_by, statement.recorded_at, statement.quote, statement.credibility) == (
        rosa,
        room.now,
        "It was.",
        2,
    )
    assert events(statement) == ["statement.record"]
    assert "It was." not in str(Event.objects.get(stream=f"statement:{statement.pk}").data)
    assert count_pending_jobs(MessageKind.ASSESS_CLAIM, claim) == 1


def test_a_compound_or_closed_claim_takes_no_statements(room, rosa, felix):
    compound, dropped, source = room.claim(), room.claim(), room.person()
    claims.split(claim_id=compound.pk, texts=["A.", "B."], actor=rosa, now=room.now)
    claims.drop(claim_id=dropped.pk, reason="Gossip.", actor=felix, now=room.now)
    with assert_refused(Conflict, "COMPOUND"):
        room.says(source, compound)
    with assert_refused(Conflict, "CLAIM_CLOSED"):
        room.says(source, dropped)


def test_a_merged_source_takes_no_new_statements(room, edith):
    source, into, claim = room.person(), room.person(), room.claim()
    sources.merge(source_id=source.pk, into_id=into.pk, reason="One voice.", actor=edith, now=room.now)
    with assert_refused(Conflict, "MERGED"):
        room.says(source, claim)


def test_an_invisible_source_is_not_found(room, city):
    hidden = room.source("person", unnamed=True, by="carl", desk_id=city.pk)
    known = room.source("person", by="carl", desk_id=city.pk)
    claim = room.claim()
    with assert_refused(NotFound, "NOT_FOUND"):
        room.says(hidden, claim)
    assert room.says(known, claim).source == known


def test_only_a_second_hand_statement_has_an_informant(room):
    claim, speaker, informant = room.claim(), room.person(), room.person()
    assert room.says(speaker, claim, directness="second_hand", informant=informant.pk).informant == informant
    for fields in (
        {"directness": "first_hand", "informant": informant.pk},
        {"directness": "relayed", "informant": informant.pk},
        {"directness": "second_hand", "informant": speaker.pk},
    ):
        with assert_refused(ValidationFailed, "INFORMANT"):
            room.says(speaker, claim, **fields)


def test_times_have_an_offset_and_a_supported_year_and_are_not_in_the_future(room):
    claim, source = room.claim(), room.person()
    for name in ("embargo_until", "said_at"):
        with assert_refused(ValidationFailed, "UTC_OFFSET_MISSING"):
            room.says(source, claim, **{name: datetime(2031, 3, 4, 12, 0)})  # noqa: DTZ001
        for year in (1, 9999):
            with assert_refused(ValidationFailed, "OUT_OF_RANGE"):
                room.says(source, claim, **{name: datetime(year, 12, 31, tzinfo=UTC)})
    with assert_refused(ValidationFailed, "IN_THE_FUTURE"):
        room.says(source, claim, said_at=room.now + HOUR)


def test_sources_at_one_briefing_count_once(room, rosa):
    briefing = briefings.record(desk_id=room.desk.pk, name="Noon call", actor=rosa, now=room.now)
    claim = room.claim()
    for _ in range(2):
        room.says(room.person(), claim, briefing=briefing.pk)
    room.settle()
    assert claim.assessments.latest().independent == 1


def test_revising_records_the_earlier_value(room, rosa):
    statement = room.says(room.person(), room.claim())
    statements.revise(statement_id=statement.pk, stance="denies", expected_version=1, actor=rosa, now=room.now)
    event = Event.objects.filter(stream=f"statement:{statement.pk}").latest("number")
    assert event.data["changed"] == {"stance": ["affirms", "denies"]}
    with assert_refused(VersionConflict, "STALE_VERSION"):
        statements.revise(statement_id=statement.pk, stance="affirms", expected_version=1, actor=rosa, now=room.now)


def test_a_new_embargo_starts_over(room, rosa):
    statement = room.says(room.person(), room.claim(), embargo_until=room.now + HOUR)
    statements.lift_embargo(statement_id=statement.pk, now=room.later(hours=1))
    statement.refresh_from_db()
    assert statement.embargo_lifted_at == room.now
    statements.revise(statement_id=statement.pk, embargo_until=room.now + HOUR, actor=rosa, now=room.now)
    statement.refresh_from_db()
    assert statement.embargo_lifted_at is None


class TestMoving:
    def test_a_statement_moves_with_its_relays(self, room, rosa):
        claim, target = room.claim(), room.claim()
        origin = room.says(room.person(), claim)
        repeats = [room.says(room.source("outlet"), claim, directness="relayed") for _ in range(2)]
        for repeat in repeats:
            statements.relay(derived_id=repeat.pk, origin_id=origin.pk, actor=rosa, now=room.now)
        stays = room.says(room.person(), claim)
        room.settle()
        statements.move(statement_id=repeats[0].pk, claim_id=target.pk, actor=rosa, now=room.now)
        assert set(target.statements.all()) == {origin, *repeats}
        assert list(claim.statements.all()) == [stays]
        assert [count_pending_jobs(MessageKind.ASSESS_CLAIM, each) for each in (claim, target)] == [1, 1]

    def test_a_statement_that_a_story_relies_on_does_not_move(self, room, rosa):
        claim, target = room.claim(), room.claim()
        statement = room.says(room.person(), claim)
        room.story(claim, relies_on=[str(statement.pk)])
        with assert_refused(Conflict, "RELIED_ON"):
            statements.move(statement_id=statement.pk, claim_id=target.pk, actor=rosa, now=room.now)

    def test_a_compound_takes_no_moved_statement(self, room, rosa):
        statement, compound = room.says(room.person(), room.claim()), room.claim()
        claims.split(claim_id=compound.pk, texts=["A.", "B."], actor=rosa, now=room.now)
        with assert_refused(Conflict, "COMPOUND"):
            statements.move(statement_id=statement.pk, claim_id=compound.pk, actor=rosa, now=room.now)


def test_a_desk_whose_story_uses_the_claim_may_add_to_it(room, carl, city):
    claim = room.claim()
    source = room.source("person", by="carl", desk_id=city.pk)
    fields = {"claim_id": claim.pk, "source_id": source.pk, "stance": "affirms", "directness": "first_hand"}
    with assert_refused(NotFound, "NOT_FOUND"):
        statements.record(**fields, actor=carl, now=room.now)
    room.desk = city
    room.story(claim, by="hugo")
    assert statements.record(**fields, actor=carl, now=room.now) in Statement.objects.all()
