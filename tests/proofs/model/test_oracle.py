"""The model reads a newsroom as the product does, in cases that random steps seldom reach."""

from __future__ import annotations

import pytest

from editorial.models import Claim
from editorial.workflow.evidence import claims
from editorial.workflow.stories import gates, publication, stories
from tests.proofs.model.driver import snapshot
from tests.proofs.model.spec.background import POLICIES
from tests.proofs.model.spec.oracle import Oracle

pytestmark = pytest.mark.django_db


def oracle(room, *about: Claim) -> Oracle:
    return Oracle(snapshot.read_state(room.now), {str(claim.pk) for claim in about}, POLICIES["default"])


def status_of(claim: Claim) -> str:
    return Claim.objects.get(pk=claim.pk).status


def test_a_finding_counts_as_unsigned_while_its_approver_is_an_author_of_a_story_that_uses_it(room, edgar, edith):
    claim = room.verified()
    story = room.story(claim)
    for authors, status in (([edgar], "under_investigation"), ([edith], "verified")):
        stories.assign(story_id=story.pk, authors=[each.pk for each in authors], actor=edith, now=room.now)
        room.settle()
        assert status_of(claim) == oracle(room, claim).status(str(claim.pk)) == status


def test_a_finding_is_signed_again_once_the_story_of_its_approver_no_longer_uses_it(room, edgar, edith):
    claim = room.verified()
    story = room.story(claim)
    stories.assign(story_id=story.pk, authors=[edgar.pk], actor=edith, now=room.now)
    room.settle()
    stories.revise(story_id=story.pk, uses=[], actor=edith, now=room.now)
    room.settle()
    assert status_of(claim) == oracle(room, claim).status(str(claim.pk)) == "verified"


def test_what_a_merged_utterance_carries_is_reassessed(room, edgar, edith, rosa):
    claim = room.verified()
    first, second = (room.claim(text, kind="utterance") for text in ("Kern said so.", "Kern has said so."))
    claims.carry(claim_id=first.pk, carries=[claim.pk], actor=rosa, now=room.now)
    stories.assign(story_id=room.story(second).pk, authors=[edgar.pk], actor=edith, now=room.now)
    room.settle()
    claims.merge(claim_id=first.pk, into_id=second.pk, actor=edith, now=room.now)
    room.settle()
    assert status_of(claim) == oracle(room, claim).status(str(claim.pk)) == "under_investigation"


def test_what_a_dropped_utterance_carried_is_reassessed(room, edgar, edith, rosa):
    claim = room.claim("A and B.")
    part, _ = claims.split(claim_id=claim.pk, texts=["A.", "B."], actor=rosa, now=room.now)
    for _ in range(2):
        room.says(room.person(), part)
    room.sign(part)
    utterance = room.claim("Kern said so.", kind="utterance")
    claims.carry(claim_id=utterance.pk, carries=[claim.pk], actor=rosa, now=room.now)
    story = room.story(utterance, mode="omitted")
    stories.assign(story_id=story.pk, authors=[edgar.pk], actor=edith, now=room.now)
    room.settle()
    assert status_of(part) == "under_investigation"
    claims.drop(claim_id=utterance.pk, reason="Gossip.", actor=edith, now=room.now)
    room.settle()
    assert status_of(part) == oracle(room, part).status(str(part.pk)) == "verified"


def test_a_count_of_sources_in_print_holds_for_what_an_utterance_turns_out_to_carry(room, edith, rosa):
    charge, utterance = room.claim("He stole."), room.verified("Kern said that he stole.", kind="utterance")
    room.says(room.person(), charge)
    story = room.story(utterance)
    uses = [{"claim": utterance.pk, "mode": "asserted"}]
    uses += [{"claim": charge.pk, "mode": "omitted", "stated_source_count": 3}]
    stories.revise(story_id=story.pk, uses=uses, actor=rosa, now=room.now)
    stories.submit(story_id=story.pk, actor=rosa, now=room.now)
    stories.clear(story_id=story.pk, actor=edith, now=room.now)
    publication.publish(story_id=story.pk, actor=edith, now=room.now)
    claims.carry(claim_id=utterance.pk, carries=[charge.pk], actor=rosa, now=room.now)
    story.refresh_from_db()
    remedy = gates.remedy_for(story, now=room.now).remedy
    assert remedy == oracle(room, utterance, charge).remedy(str(story.pk))[0] == "correction"


def test_a_story_uses_what_its_utterance_carries(room, rosa):
    charge = room.claim("He stole.")
    for _ in range(2):
        room.denied(charge)
    utterance = room.claim("Ada Kern said that he stole.", kind="utterance")
    claims.carry(claim_id=utterance.pk, carries=[charge.pk], actor=rosa, now=room.now)
    story = room.story(utterance, mode="attributed")
    room.settle()
    judged = gates.evaluate(story, now=room.now).result.uses
    assert {key: {str(code) for code in use.codes} for key, use in judged.items()} == oracle(room, utterance).gate(
        str(story.pk)
    )
    assert "E_REFUTED" in {str(code) for code in judged[str(charge.pk)].codes}
