"""What an utterance carries: set on it, used with it by stories, locked and recorded when they are published."""

from __future__ import annotations

import pytest
from django.db import transaction

from editorial.models import CarriedClaim, Claim, CompoundMember, Event, MessageKind, PublishedUse, Story
from editorial.workflow.core.errors import Conflict, Forbidden, NotFound, VersionConflict
from editorial.workflow.evidence import claims, statements
from editorial.workflow.review import impact, signoffs, task_offers
from editorial.workflow.stories import cases, gates, publication, restrictions, stories
from editorial.workflow.stories.cases import LocalRef
from tests.support.cast import assert_refused, count_pending_jobs, events, fresh, run_behind


@pytest.fixture
def charge(room):
    """What she says: nobody has confirmed it."""
    return room.claim("The purser stole the wages.")


@pytest.fixture
def said(room, charge):
    """A verified utterance that carries the charge."""
    utterance = room.verified("Torv said that the purser stole the wages.", kind="utterance", risk="routine")
    return carry(room, utterance, charge)


def carry(room, utterance, *carried, by="rosa", **more):
    keys = [claim.pk for claim in carried]
    return claims.carry(claim_id=utterance.pk, carries=keys, actor=room.people[by], now=room.now, **more)


def refute(room, claim):
    """A record contradicts the claim."""
    record = room.paper(contradicts=[claim.pk])
    room.says(record, claim, "denies")
    room.settle()


class TestCarry:
    def test_the_list_is_replaced_and_logged(self, room, said, charge):
        other = room.claim("The captain knew.")
        carried = carry(room, said, other)
        assert list(carried.carries.all()) == [other]
        assert carried.version == said.version + 1
        assert Event.objects.filter(stream=f"claim:{said.pk}").latest("id").data == {
            "carries": [[str(charge.pk)], [str(other.pk)]]
        }
        assert events(said)[-2:] == ["claim.carry", "claim.carry"]

    def test_an_unchanged_list_changes_nothing(self, room, said, charge):
        before = events(said)
        assert carry(room, said, charge, charge).version == said.version
        assert events(said) == before

    def test_no_signature_is_voided(self, room, said):
        carry(room, said)
        assert fresh(said).status == "verified"

    def test_the_utterance_and_all_that_it_gains_or_loses_are_reassessed(self, room, said, charge):
        other = room.claim("A and B.")
        parts = claims.split(claim_id=other.pk, texts=["A.", "B."], actor=room.people["rosa"], now=room.now)
        room.settle()
        carry(room, said, other)
        for claim in (said, charge, other, *parts):
            assert count_pending_jobs(MessageKind.ASSESS_CLAIM, claim) == 1

    def test_only_utterances_carry_and_none_is_carried(self, room, said, charge):
        other, another = room.claim(), room.claim("He said so.", kind="utterance")
        with assert_refused(Conflict, "NOT_AN_UTTERANCE"):
            carry(room, charge, other)
        for utterance in (said, another):
            with assert_refused(Conflict, "CARRIES_AN_UTTERANCE"):
                carry(room, said, utterance)

    def test_a_dropped_claim_is_not_carried(self, room, said, felix):
        other = room.claim()
        claims.drop(claim_id=other.pk, reason="Nonsense.", actor=felix, now=room.now)
        with assert_refused(Conflict, "CLAIM_CLOSED"):
            carry(room, said, other)

    def test_a_stale_version_is_refused(self, room, said):
        with pytest.raises(VersionConflict):
            carry(room, said, expected_version=said.version - 1)

    def test_another_desk_neither_changes_it_nor_carries_what_it_cannot_see(self, room, said, city):
        with pytest.raises(NotFound):
            carry(room, said, by="carl")
        with pytest.raises(Forbidden):
            carry(room, said, by="stan")
        theirs = claims.file(desk_id=city.pk, text="The mayor knew.", actor=room.people["carl"], now=room.now)
        with pytest.raises(NotFound):
            carry(room, said, theirs)


class TestOtherActions:
    def test_a_claim_is_filed_with_what_it_carries(self, room, charge, rosa):
        fields = {
            "desk_id": room.desk.pk,
            "text": "He said so.",
            "carries": [charge.pk],
            "actor": rosa,
            "now": room.now,
        }
        assert list(claims.file(kind="utterance", **fields).carries.all()) == [charge]
        with assert_refused(Conflict, "NOT_AN_UTTERANCE"):
            claims.file(**fields)

    def test_a_case_names_what_an_utterance_carries(self, room, rosa):
        cases.file(
            desk_id=room.desk.pk,
            claims=[
                {"called": "said", "kind": "utterance", "text": "Fenn said that A.", "carries": [LocalRef("a")]},
                {"text": "A and B.", "parts": [{"text": "A.", "called": "a"}, {"text": "B."}]},
            ],
            actor=rosa,
            now=room.now,
        )
        assert CarriedClaim.objects.get().carried.text == "A."

    def test_the_kind_does_not_change_while_something_is_carried(self, room, said, charge, rosa):
        for claim, kind, code in ((said, "content", "CARRIES"), (charge, "utterance", "CARRIED")):
            with assert_refused(Conflict, code):
                claims.revise(claim_id=claim.pk, kind=kind, actor=rosa, now=room.now)
        carry(room, said)
        assert claims.revise(claim_id=charge.pk, kind="utterance", actor=rosa, now=room.now).kind == "utterance"

    def test_a_carried_claim_is_dropped_only_after_its_utterances(self, room, said, charge, felix):
        drop = {"reason": "Nonsense.", "actor": felix, "now": room.now}
        with assert_refused(Conflict, "CARRIED"):
            claims.drop(claim_id=charge.pk, **drop)
        claims.drop(claim_id=said.pk, **drop)
        assert not said.carries.exists(), "a dropped utterance passes nothing on"
        assert claims.drop(claim_id=charge.pk, **drop).dropped_at

    def test_members_of_a_split_utterance_carry_what_it_carries(self, room, said, charge, rosa):
        members = claims.split(claim_id=said.pk, texts=["She said A.", "She said B."], actor=rosa, now=room.now)
        assert all(list(each.carries.all()) == [charge] for each in (said, *members))

    def test_a_merger_moves_both_ends(self, room, said, charge, edith):
        merge = {"actor": edith, "now": room.now}
        other, twin = room.claim("He stole it."), room.claim("Torv accused the purser.", kind="utterance")
        carry(room, twin, charge)
        claims.merge(claim_id=charge.pk, into_id=other.pk, **merge)
        assert {said.carries.get(), twin.carries.get()} == {other}
        claims.merge(claim_id=said.pk, into_id=twin.pk, **merge)
        assert list(CarriedClaim.objects.values_list("utterance", "carried")) == [(twin.pk, other.pk)]


class TestTheGate:
    def test_a_quotation_does_not_bring_a_refuted_charge_past_the_gate(self, room, said, charge):
        refute(room, charge)
        story = room.cleared(said, mode="attributed")
        reasons = {reason.code: reason for reason in publication_refusal(room, story)}
        reason = reasons["E_REFUTED"]
        assert reason.field == str(charge.pk)
        assert reason.text.endswith(f"(claim: {charge.text}, carried by “{said.text}”)")

    def test_a_debunk_of_the_charge_lets_the_quotation_stand(self, room, said, charge):
        refute(room, charge)
        story = room.story(said, mode="attributed")
        uses = [{"claim": str(said.pk), "mode": "attributed"}, {"claim": str(charge.pk), "mode": "debunk"}]
        stories.revise(story_id=story.pk, uses=uses, actor=room.people["rosa"], now=room.now)
        verdict = gates.evaluate(story, now=room.now)
        assert "E_REFUTED" not in verdict.result.codes
        assert verdict.carriers == {}

    def test_omitting_the_charge_is_no_way_round(self, room, said, charge):
        story = room.story(said, mode="attributed")
        uses = [{"claim": str(said.pk), "mode": "attributed"}, {"claim": str(charge.pk), "mode": "omitted"}]
        stories.revise(story_id=story.pk, uses=uses, actor=room.people["rosa"], now=room.now)
        verdict = gates.evaluate(story, now=room.now)
        assert verdict.uses[str(charge.pk)].mode == "attributed"
        assert verdict.carriers == {str(charge.pk): [str(said.pk)]}

    def test_a_compound_brings_in_what_its_parts_carry(self, room, said, charge):
        whole = room.claim("She said so, and left.", kind="utterance")
        for part in (said, room.claim("She left.")):
            CompoundMember.objects.create(compound=whole, member=part)
        verdict = gates.evaluate(room.story(whole), now=room.now)
        assert verdict.carriers == {str(charge.pk): [str(said.pk)]}

    def test_a_new_carried_claim_closes_the_gate_of_a_cleared_story(self, room, said, charge):
        carry(room, said)
        story = room.cleared(said, mode="attributed")
        before = story.gate
        refute(room, charge)
        carry(room, said, charge)
        room.settle()
        assert (before, fresh(story).gate) == ("pass", "block")

    def test_the_copy_editor_confirms_conditions_of_carried_claims(self, room, said, charge, cora):
        room.says(room.person(), charge)
        carry(room, said, charge)
        story = room.cleared(said, mode="attributed")
        conditions = gates.evaluate(story, now=room.now).unconfirmed
        assert (str(charge.pk), "C_ATTRIBUTE") in conditions
        for claim, code in conditions:
            stories.confirm_condition(story_id=story.pk, claim_id=claim, code=code, actor=cora, now=room.now)
        assert not gates.evaluate(story, now=room.now).unconfirmed

    def test_a_restriction_on_a_carried_claim_blocks_the_story(self, room, said, charge, lara):
        story = room.cleared(said, mode="attributed")
        restrictions.restrict_claim(claim_id=charge.pk, kind="court", reason="An order.", actor=lara, now=room.now)
        room.settle()
        assert fresh(story).gate == "block"
        assert "E_RESTRICTED" in {reason.code for reason in publication_refusal(room, story)}


def publication_refusal(room, story):
    with pytest.raises(Conflict) as refusal:
        publication.publish(story_id=story.pk, actor=room.people["edith"], now=room.now)
    return refusal.value.reasons


class TestInPrint:
    @pytest.fixture
    def proven(self, room):
        """A charge that is verified, and an utterance that carries it."""
        charge = room.verified("The purser was paid.", risk="routine")
        utterance = room.verified("Torv said that the purser was paid.", kind="utterance", risk="routine")
        carry(room, utterance, charge)
        room.settle()
        return utterance, charge

    def test_publication_records_carried_uses(self, room, proven):
        said, charge = proven
        story = room.published(said)
        rows = {use.claim: use for use in PublishedUse.objects.filter(story=story)}
        assert set(rows) == {said, charge}
        use = rows[charge]
        assert (use.mode, use.central, use.finding, use.text) == ("attributed", False, "verified", charge.text)

    def test_a_carried_claim_that_falls_owes_readers_a_correction(self, room, proven, rosa):
        said, charge = proven
        story = room.published(said)
        for statement in charge.statements.all():
            statements.end(statement_id=statement.pk, ended="withdrawn", reason="He rang.", actor=rosa, now=room.now)
        room.settle()
        story = fresh(story)
        assert (story.status, story.remedy) == ("published", "correction")
        assert set(story.corrections.get().claims.all()) == {charge}

    def test_a_charge_found_later_in_published_words_is_judged_like_one_unchecked(self, room, proven):
        said, _ = proven
        story = room.published(said)
        charge = room.claim("The purser stole the wages.")
        carry(room, said, *proven[1:], charge)
        room.settle()
        assert fresh(story).remedy == "none"
        refute(room, charge)
        assert fresh(story).remedy == "correction"

    def test_a_charge_that_the_copy_omits_is_judged_once_the_published_words_carry_it(self, room, proven):
        said, _ = proven
        charge = room.claim("The purser stole the wages.")
        story = room.published(said)
        PublishedUse.objects.create(
            story=story, claim=charge, mode="omitted", finding="unverified", text=charge.text, published_at=room.now
        )
        carry(room, said, *proven[1:], charge)
        refute(room, charge)
        assert fresh(story).remedy == "correction"

    def test_what_was_published_stays_when_the_utterance_no_longer_carries_it(self, room, proven, rosa):
        said, charge = proven
        story = room.published(said)
        carry(room, said)
        for statement in charge.statements.all():
            statements.end(statement_id=statement.pk, ended="withdrawn", reason="He rang.", actor=rosa, now=room.now)
        room.settle()
        assert fresh(story).remedy == "correction"

    def test_the_impact_report_names_stories_that_print_it_in_a_quotation(self, room, proven, rosa):
        said, charge = proven
        story = room.published(said)
        first, second = charge.statements.order_by("id")
        statements.end(statement_id=first.pk, ended="withdrawn", reason="He rang.", actor=rosa, now=room.now)
        report = impact.of_withdrawal(statement_id=second.pk, actor=rosa, now=room.now)
        assert [(change.claim, change.stories) for change in report.changes] == [(charge, [story])]


class TestWhoIsConcerned:
    def test_a_desk_that_uses_the_utterance_sees_the_charge_but_not_its_hidden_source(self, room, said, charge, city):
        carl = room.people["carl"]
        hidden = room.person("an officer", unnamed=True)
        room.says(hidden, charge)
        assert not Claim.objects.visible_to(carl.facts()).filter(pk=charge.pk).exists()
        with transaction.atomic():
            story = stories.pitch(desk_id=city.pk, headline="Wages", actor=carl, now=room.now)
            with pytest.raises(NotFound):
                stories.revise(
                    story_id=story.pk, uses=[{"claim": str(said.pk), "mode": "attributed"}], actor=carl, now=room.now
                )
        story.uses.create(claim=said, mode="attributed")
        assert Claim.objects.visible_to(carl.facts()).filter(pk=charge.pk).exists()
        assert not type(hidden).objects.visible_to(carl.facts()).filter(pk=hidden.pk).exists()

    def test_the_author_of_a_quotation_does_not_sign_the_charge(self, room, said, charge, edgar):
        for _ in range(2):
            room.says(room.person(), charge)
        room.settle()
        second_review = charge.tasks.get(kind="SECOND_REVIEW")
        offered = task_offers.doable_by(edgar).filter(pk=second_review.pk)
        signoffs.propose(claim_id=charge.pk, actor=room.people["felix"], now=room.now)
        assert offered.exists()
        story = room.story(said, mode="attributed", by="edgar")
        assert not offered.exists()
        assert story.authors.get() == edgar

    def test_tasks_on_a_carried_claim_are_as_urgent_as_its_story(self, room, said, charge):
        room.settle()
        before = charge.tasks.first().urgency
        room.cleared(said, mode="attributed")
        assert charge.tasks.first().urgency == before + 4


def test_a_claim_carried_while_the_story_is_being_published_is_in_the_gate(parallel, edith):
    """Publishing locks the utterance: it finds what was added under that lock, and waits for it."""
    utterance = parallel.verified("Torv said so.", kind="utterance", risk="routine")
    charge = parallel.claim("The purser stole the wages.")
    refute(parallel, charge)
    story = parallel.cleared(utterance, mode="attributed")
    refusal = run_behind(
        lambda: carry(parallel, utterance, charge),
        lambda: publication.publish(story_id=story.pk, actor=edith, now=parallel.now),
    )
    assert isinstance(refusal, Conflict)
    assert "E_REFUTED" in {reason.code for reason in refusal.reasons}
    assert Story.objects.get(pk=story.pk).status == "cleared"


def test_a_carried_claim_that_changes_while_the_story_is_being_published_is_waited_for(parallel, rosa, edith):
    charge = parallel.verified("The purser was paid.", risk="routine")
    utterance = parallel.verified("Torv said so.", kind="utterance", risk="routine")
    carry(parallel, utterance, charge)
    story = parallel.cleared(utterance, mode="attributed")

    def withdraw():
        for said in charge.statements.all():
            statements.end(statement_id=said.pk, ended="withdrawn", reason="He rang.", actor=rosa, now=parallel.now)

    refusal = run_behind(withdraw, lambda: publication.publish(story_id=story.pk, actor=edith, now=parallel.now))
    assert isinstance(refusal, Conflict)
    assert "E_WITHDRAWN" in {reason.code for reason in refusal.reasons}
