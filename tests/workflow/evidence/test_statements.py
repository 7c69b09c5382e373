"""Statements: record, revise, end, relay, move."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from editorial.models import ClaimVisibility, Event, MessageKind, Relay, Statement
from editorial.policy.vocabulary import Ending
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, ValidationFailed, VersionConflict
from editorial.workflow.evidence import briefings, claims, disclosure, sources, statements
from editorial.workflow.stories import gates
from tests.models.constraints import assert_rejected_by_database
from tests.support.cast import (
    HOUR,
    assert_refused,
    count_pending_jobs,
    events,
    exceptions_in,
    run_behind,
    run_concurrently,
)


def record(room, claim, source, **fields):
    return statements.record(
        **{"claim_id": claim.pk, "source_id": source.pk, "stance": "affirms", "directness": "first_hand"} | fields,
        actor=room.people["rosa"],
        now=room.now,
    )


def refused_for_a_name():
    return pytest.raises(ValidationFailed, match="contains the surname of a confidential source")


def test_a_named_source_speaks_on_record_and_an_unnamed_one_on_background(room):
    claim = room.claim()
    assert record(room, claim, room.person()).terms == "on_record"
    assert record(room, claim, room.person(unnamed=True)).terms == "background"
    assert record(room, claim, room.person(), terms="off_record").terms == "off_record"


def test_a_statement_is_recorded_with_its_collector_and_its_claim_is_reassessed(room, rosa):
    claim = room.claim()
    room.settle()
    statement = record(room, claim, room.person(), quote="It was.", said_at=room.now - HOUR, credibility=2)
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
        record(room, compound, source)
    with assert_refused(Conflict, "CLAIM_CLOSED"):
        record(room, dropped, source)


def test_a_merged_source_takes_no_new_statements(room, edith):
    source, into, claim = room.person(), room.person(), room.claim()
    sources.merge(source_id=source.pk, into_id=into.pk, reason="One voice.", actor=edith, now=room.now)
    with assert_refused(Conflict, "MERGED"):
        record(room, claim, source)


def test_an_invisible_source_is_not_found(room, city):
    hidden = room.source("person", unnamed=True, by="carl", desk_id=city.pk)
    known = room.source("person", by="carl", desk_id=city.pk)
    claim = room.claim()
    with assert_refused(NotFound, "NOT_FOUND"):
        record(room, claim, hidden)
    assert record(room, claim, known).source == known


def test_only_a_second_hand_statement_has_an_informant(room):
    claim, speaker, informant = room.claim(), room.person(), room.person()
    assert record(room, claim, speaker, directness="second_hand", informant=informant.pk).informant == informant
    for fields in (
        {"directness": "first_hand", "informant": informant.pk},
        {"directness": "relayed", "informant": informant.pk},
        {"directness": "second_hand", "informant": speaker.pk},
    ):
        with assert_refused(ValidationFailed, "INFORMANT"):
            record(room, claim, speaker, **fields)


def test_times_have_an_offset_and_a_supported_year_and_are_not_in_the_future(room):
    claim, source = room.claim(), room.person()
    for name in ("embargo_until", "said_at"):
        with assert_refused(ValidationFailed, "UTC_OFFSET_MISSING"):
            record(room, claim, source, **{name: datetime(2031, 3, 4, 12, 0)})  # noqa: DTZ001
        for year in (1, 9999):
            with assert_refused(ValidationFailed, "OUT_OF_RANGE"):
                record(room, claim, source, **{name: datetime(year, 12, 31, tzinfo=UTC)})
    with assert_refused(ValidationFailed, "IN_THE_FUTURE"):
        record(room, claim, source, said_at=room.now + HOUR)


def test_sources_at_one_briefing_count_once(room, rosa):
    briefing = briefings.record(desk_id=room.desk.pk, name="Noon call", actor=rosa, now=room.now)
    claim = room.claim()
    for _ in range(2):
        room.says(room.person(), claim, briefing=briefing.pk)
    room.settle()
    assert claim.assessments.latest().independent == 1


def test_revising_records_the_earlier_value(room, rosa):
    statement = record(room, room.claim(), room.person())
    statements.revise(statement_id=statement.pk, stance="denies", expected_version=1, actor=rosa, now=room.now)
    event = Event.objects.filter(stream=f"statement:{statement.pk}").latest("number")
    assert event.data["changed"] == {"stance": ["affirms", "denies"]}
    with assert_refused(VersionConflict, "STALE_VERSION"):
        statements.revise(statement_id=statement.pk, stance="affirms", expected_version=1, actor=rosa, now=room.now)


def test_a_new_embargo_starts_over(room, rosa):
    statement = record(room, room.claim(), room.person(), embargo_until=room.now + HOUR)
    statements.lift_embargo(statement_id=statement.pk, now=room.later(hours=1))
    statement.refresh_from_db()
    assert statement.embargo_lifted_at == room.now
    statements.revise(statement_id=statement.pk, embargo_until=room.now + HOUR, actor=rosa, now=room.now)
    statement.refresh_from_db()
    assert statement.embargo_lifted_at is None


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

    def test_a_reporter_of_another_desk_can_neither_end_it_nor_name_what_they_cannot_see(self, room, carl):
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
        statement = record(room, claim, room.person(), translation="machine")
        room.settle()
        assert ("CHECK_TRANSLATION", str(statement.pk)) in self.tasks(claim)
        statements.revise(statement_id=statement.pk, translation="human", actor=rosa, now=room.now)
        room.settle()
        assert ("CHECK_TRANSLATION", str(statement.pk)) not in self.tasks(claim)
        assert claim.assessments.latest().independent == 1

    def test_a_colleague_without_a_conflict_takes_it_again(self, room, rosa):
        claim, source = room.claim(), room.person()
        statement = record(room, claim, source, collector_conflict=True)
        room.settle()
        assert ("RETAKE_STATEMENT", str(statement.pk)) in self.tasks(claim)
        record(room, claim, source)
        statements.end(statement_id=statement.pk, ended="corrected", reason="Taken again.", actor=rosa, now=room.now)
        room.settle()
        assert ("RETAKE_STATEMENT", str(statement.pk)) not in self.tasks(claim)
        assert claim.assessments.latest().independent == 1

    def test_an_unknown_value_is_refused(self, room):
        claim, source = room.claim(), room.person()
        for wrong in ({"inducement": "bribed"}, {"translation": "parrot"}):
            with pytest.raises(ValidationFailed):
                record(room, claim, source, **wrong)
        rows = Statement.objects.filter(pk=record(room, claim, source).pk)
        with assert_rejected_by_database("statement_inducement_known"):
            rows.update(inducement="bribed")
        with assert_rejected_by_database("statement_translation_known"):
            rows.update(translation="parrot")


class TestRelaying:
    @pytest.fixture
    def relay_pair(self, room):
        claim = room.claim()
        return room.says(room.source("outlet"), claim, directness="relayed"), room.says(room.person(), claim)

    def relay(self, room, derived, origin):
        return statements.relay(derived_id=derived.pk, origin_id=origin.pk, actor=room.people["rosa"], now=room.now)

    def test_a_repeat_adds_no_origin(self, room, relay_pair):
        derived, origin = relay_pair
        claim = origin.claim
        room.settle()
        assert claim.assessments.latest().origins == 2
        self.relay(room, derived, origin)
        room.settle()
        assert claim.assessments.latest().origins == 1

    def test_relaying_again_changes_nothing(self, room, relay_pair):
        first = self.relay(room, *relay_pair)
        assert self.relay(room, *relay_pair) == first
        assert events(relay_pair[0]) == ["statement.record", "statement.relay"]

    def test_each_invalid_relay_is_explained(self, room, relay_pair):
        derived, origin = relay_pair
        elsewhere, denial = room.says(room.person(), room.claim()), room.denied(origin.claim)
        for one, other, kind, code in (
            (derived, derived, ValidationFailed, "SAME_OBJECT"),
            (derived, elsewhere, ValidationFailed, "OTHER_CLAIM"),
            (derived, denial, ValidationFailed, "OTHER_STANCE"),
            (origin, derived, ValidationFailed, "FIRST_HAND"),
        ):
            with assert_refused(kind, code):
                self.relay(room, one, other)

    def test_a_relay_recorded_in_error_is_undone(self, room, relay_pair, rosa):
        link = self.relay(room, *relay_pair)
        statements.undo_relay(relay_id=link.pk, reason="Mixed up.", actor=rosa, now=room.now)
        assert not Relay.objects.exists()
        assert events(relay_pair[0])[-1] == "statement.undo_relay"
        with assert_refused(NotFound, "NOT_FOUND"):
            statements.undo_relay(relay_id=link.pk, reason="Mixed up.", actor=rosa, now=room.now)

    def test_a_refusal_to_undo_does_not_name_a_hidden_statement(self, room, relay_pair, city):
        link = self.relay(room, *relay_pair)
        with pytest.raises(NotFound) as refusal:
            statements.undo_relay(relay_id=link.pk, reason="Mixed up.", actor=room.people["carl"], now=room.now)
        assert str(relay_pair[0].pk) not in str(refusal.value)


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


class TestNamesOfSources:
    """A text must not contain the name of any source that it concerns, however the two come together."""

    @pytest.fixture
    def keeper(self, room):
        identity = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "1970-03-12"}
        return room.person("a keeper", unnamed=True, **identity)

    def test_a_quote_is_compared_with_the_informant(self, room, keeper):
        heard = {"directness": "second_hand", "informant": keeper.pk}
        with refused_for_a_name():
            record(room, room.claim(), room.person(), quote="I have it from Quillfeather.", **heard)
        assert record(room, room.claim(), room.person(), quote="I have it from somebody.", **heard).informant == keeper

    def test_a_new_informant_is_compared_with_the_quote_on_record(self, room, keeper, rosa):
        statement = record(
            room, room.claim(), room.person(), directness="second_hand", quote="I have it from Quillfeather."
        )
        with refused_for_a_name():
            statements.revise(statement_id=statement.pk, informant=keeper.pk, actor=rosa, now=room.now)
        statements.revise(statement_id=statement.pk, informant=keeper.pk, quote="", actor=rosa, now=room.now)

    def test_the_reason_of_an_ending_is_compared_with_the_speaker_of_the_replacement(self, room, keeper, rosa):
        statement = record(room, room.claim(), room.person())
        newer = record(room, room.claim("Somebody closed it."), room.person())
        record(room, newer.claim, keeper)
        with refused_for_a_name():
            statements.end(
                statement_id=statement.pk, ended="superseded", ended_by=newer.pk, reason="Quillfeather rang.",
                actor=rosa, now=room.now,
            )  # fmt: skip

    def test_every_quote_that_moves_is_compared_with_the_speakers_on_the_other_claim(self, room, keeper, rosa):
        claim, other = room.claim(), room.claim("Somebody closed it.")
        origin = record(room, claim, room.person())
        relayed = record(room, claim, room.source("outlet"), directness="relayed", quote="Quillfeather saw it.")
        statements.relay(derived_id=relayed.pk, origin_id=origin.pk, actor=rosa, now=room.now)
        record(room, other, keeper)
        with refused_for_a_name():
            statements.move(statement_id=origin.pk, claim_id=other.pk, actor=rosa, now=room.now)


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
