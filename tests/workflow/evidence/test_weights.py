"""Which statements count, and why others do not, as far as a reader may know."""

from __future__ import annotations

import pytest

from editorial.models import Source
from editorial.policy.review.weights import PROTECTED_REASON, NotCounted
from editorial.workflow.evidence import sources, statement_repairs, statements, weights
from tests.support.cast import Room

JO = {"identity_name": "Jo Roe", "identity_known_by": "1970-03-12"}


def shown(room: Room, claim, reader: str) -> dict:
    """Statement → the reasons that this user is shown."""
    seen = weights.of_claim(claim, room.people[reader].facts(), now=room.now)
    return {weight.statement: [(reason.rule, reason.text) for reason in weight.reasons] for weight in seen}


def test_every_statement_counts_or_says_why_not(room, rosa):
    claim = room.claim()
    counted, ended, struck = (room.says(room.person(), claim) for _ in range(3))
    statements.end(statement_id=ended.pk, ended="retracted", reason="Page 2.", actor=rosa, now=room.now)
    statement_repairs.strike(statement_id=struck.pk, reason="Typed twice.", actor=rosa, now=room.now)
    assert shown(room, claim, "rosa") == {
        counted: [],
        ended: [(NotCounted.RETRACTED, "retracted by its publisher")],
    }
    assert weights.of_statement(struck, rosa.facts(), now=room.now) is None
    assert weights.of_statement(ended, rosa.facts(), now=room.now).counts is False


@pytest.mark.parametrize(("reader", "told"), [("rosa", True), ("carl", False)])
def test_a_reader_learns_nothing_of_a_source_of_another_desk(room, city, reader, told):
    hidden = room.person("a keeper", unnamed=True, **JO)
    Source.objects.filter(pk=hidden.pk).update(reliability="E")
    claim = room.claim()
    statement = room.says(hidden, claim)
    room.desk = city
    room.story(claim, by="hugo")
    reason = (NotCounted.UNRELIABLE_SOURCE, "the source is rated unreliable") if told else (None, PROTECTED_REASON)
    assert shown(room, claim, reader)[statement] == [reason]


def counting(room: Room, claim, reader: str) -> dict:
    """Statement → whether this user is shown that it counts."""
    seen = weights.of_claim(claim, room.people[reader].facts(), now=room.now)
    return {weight.statement: weight.counts for weight in seen}


class TestSayingBoth:
    """That one person says both under two records would tell who an unnamed source is."""

    @pytest.mark.parametrize("same", [True, False])
    def test_only_custodians_learn_that_two_records_contradict_each_other(self, room, rosa, same):
        hidden, known = room.person("a keeper", unnamed=True, **JO), room.person("Jo Roe")
        if same:
            Source.objects.filter(pk=known.pk).update(key=hidden.key)
        claim = room.claim()
        yes, no = room.says(hidden, claim), room.says(known, claim, "denies")
        echo = room.says(room.source("outlet"), claim, "denies", directness="relayed")
        statements.relay(derived_id=echo.pk, origin_id=no.pk, actor=rosa, now=room.now)
        both = [(NotCounted.BOTH_WAYS, NotCounted.BOTH_WAYS.label)] if same else []
        assert counting(room, claim, "rosa") == {yes: None, no: None, echo: False}
        assert shown(room, claim, "rosa")[yes] == shown(room, claim, "rosa")[no] == []
        assert (counting(room, claim, "cuno")[yes], shown(room, claim, "cuno")[yes]) == (not same, both)

    def test_repeating_either_statement_reveals_nothing(self, room, rosa):
        hidden, known = room.person("a keeper", unnamed=True, **JO), room.person("Jo Roe")
        Source.objects.filter(pk=known.pk).update(key=hidden.key)
        claim = room.claim()
        room.says(hidden, claim)
        no = room.says(known, claim, "denies")
        echo = room.says(room.person(), claim, "denies", directness="second_hand", informant=room.person().pk)
        statements.relay(derived_id=echo.pk, origin_id=no.pk, actor=rosa, now=room.now)
        assert counting(room, claim, "rosa")[echo] is None
        assert counting(room, claim, "cuno")[echo] is False

    @pytest.mark.parametrize("same", [True, False])
    def test_an_informant_of_the_other_side_does_not_tell_it(self, room, same):
        hidden, known = room.person("a keeper", unnamed=True, **JO), room.person("Jo Roe")
        if same:
            Source.objects.filter(pk=known.pk).update(key=hidden.key)
        claim = room.claim()
        yes, no = room.says(hidden, claim), room.says(known, claim, "denies")
        room.says(room.person(), claim, "denies", directness="second_hand", informant=hidden.pk)
        assert (counting(room, claim, "rosa")[yes], counting(room, claim, "rosa")[no]) == (None, None)
        assert counting(room, claim, "cuno")[yes] is not same

    @pytest.mark.parametrize("same", [True, False])
    def test_what_the_informant_says_elsewhere_does_not_tell_it(self, room, rosa, same):
        """The hearsay rests on the informant's statement, and that on the unnamed source's."""
        hidden, known, informant = room.person("a keeper", unnamed=True, **JO), room.person("Jo Roe"), room.person()
        if same:
            Source.objects.filter(pk=known.pk).update(key=hidden.key)
        claim = room.claim()
        yes, _ = room.says(hidden, claim), room.says(known, claim, "denies")
        told = room.says(informant, claim, directness="second_hand", informant=hidden.pk)
        statements.relay(derived_id=told.pk, origin_id=yes.pk, actor=rosa, now=room.now)
        hearsay = room.says(room.person(), claim, directness="second_hand", informant=informant.pk)
        assert counting(room, claim, "rosa")[hearsay] is None
        assert counting(room, claim, "cuno")[hearsay] is not same

    def test_a_statement_that_has_fallen_opposes_nothing(self, room, rosa):
        claim = room.claim()
        yes = room.says(room.person("a keeper", unnamed=True, **JO), claim)
        forged = room.says(room.paper(), claim, "denies")
        assert counting(room, claim, "rosa")[yes] is None
        Source.objects.filter(pk=forged.source_id).update(authenticity="forged")
        assert counting(room, claim, "rosa")[yes] is True

    def test_other_reasons_are_shown_to_everybody(self, room, rosa):
        claim = room.claim()
        ended = room.says(room.person("a keeper", unnamed=True, **JO), claim)
        room.says(room.person(), claim, "denies")
        statements.end(statement_id=ended.pk, ended="retracted", reason="Page 2.", actor=rosa, now=room.now)
        assert counting(room, claim, "rosa")[ended] is False

    def test_everybody_learns_it_of_one_record_that_they_see(self, room):
        source = room.person("a keeper", unnamed=True, **JO)
        claim = room.claim()
        yes, no = room.says(source, claim), room.says(source, claim, "denies")
        assert {reason[0] for reasons in shown(room, claim, "rosa").values() for reason in reasons} == {
            NotCounted.BOTH_WAYS
        }
        assert set(shown(room, claim, "rosa")) == {yes, no}

    def test_everybody_learns_it_of_two_named_records(self, room, edith):
        one, same = room.person(), room.person()
        sources.merge(source_id=one.pk, into_id=same.pk, reason="One person.", actor=edith, now=room.now)
        claim = room.claim()
        statement = room.says(same, claim)
        other = room.says(room.person(), claim, "denies")
        other.source = one
        other.save()
        assert shown(room, claim, "rosa")[statement] == [(NotCounted.BOTH_WAYS, NotCounted.BOTH_WAYS.label)]
