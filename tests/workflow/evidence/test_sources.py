"""Sources: register, revise, rate, authenticate, protect, vouch, merge."""

from __future__ import annotations

import pytest

from editorial.models import Event, IdentityRecord, MessageKind, Source
from editorial.workflow.core.errors import Conflict, ValidationFailed
from editorial.workflow.evidence import sources
from editorial.workflow.evidence.confidentiality import vault
from tests.support.cast import assert_refused, count_pending_jobs, events

JO = {"identity_name": "Jo Roe", "identity_known_by": "1970-03-12"}


def test_a_new_source_is_unrated_and_an_unnamed_one_not_vouched_for(room, rosa):
    named = sources.register(desk_id=room.desk.pk, type="person", name="Lida Fenn", actor=rosa, now=room.now)
    unnamed = sources.register(
        desk_id=room.desk.pk, type="person", name="a keeper", unnamed=True, **JO, actor=rosa, now=room.now
    )
    assert (named.reliability, named.editor_knows, named.key) == ("", True, "")
    assert (unnamed.reliability, unnamed.editor_knows) == ("", False)
    assert unnamed.key == vault.Identity.of("Jo Roe", "1970-03-12").token()


def test_only_an_unnamed_source_has_an_identity_to_protect(room, rosa):
    with assert_refused(ValidationFailed, "NOT_UNNAMED"):
        sources.register(desk_id=room.desk.pk, type="person", name="Lida Fenn", **JO, actor=rosa, now=room.now)


def test_a_name_without_an_identifying_detail_is_not_stored(room, rosa):
    with assert_refused(ValidationFailed, "KNOWN_BY_REQUIRED"):
        sources.register(
            desk_id=room.desk.pk, type="person", name="a keeper", unnamed=True, identity_name="Jo Roe",
            actor=rosa, now=room.now,
        )  # fmt: skip


def test_a_description_must_not_contain_the_protected_name(room, rosa):
    source = room.person("Jo Roe")
    telling = "JO  ROE, a keeper"
    with assert_refused(ValidationFailed, "NAME_IN_DESCRIPTION"):
        sources.protect(source_id=source.pk, name=telling, **JO, actor=rosa, now=room.now)
    for field in ({"name": telling}, {"name": "a keeper", "description": telling}):
        with assert_refused(ValidationFailed, "NAME_IN_DESCRIPTION"):
            sources.register(desk_id=room.desk.pk, type="person", unnamed=True, **field, **JO, actor=rosa, now=room.now)


def test_rating_revising_and_authenticating_reassess_every_affected_claim(room, rosa, felix):
    claim, untouched = room.claim(), room.claim()
    document = room.source("document")
    room.says(document, claim)
    for change in (
        lambda: sources.rate(source_id=document.pk, reliability="A", actor=felix, now=room.now),
        lambda: sources.revise(source_id=document.pk, camp="north", actor=rosa, now=room.now),
        lambda: sources.authenticate(source_id=document.pk, reason="Seal.", actor=felix, now=room.now),
    ):
        room.settle()
        change()
        assert (
            count_pending_jobs(MessageKind.ASSESS_CLAIM, claim),
            count_pending_jobs(MessageKind.ASSESS_CLAIM, untouched),
        ) == (1, 0)


def test_claims_of_tied_sources_are_reassessed_whatever_the_tie(room, edith):
    """A maker's principal counts too: a source that turns out to be that principal joins with the document."""
    principal, twin, agent = room.person(), room.person(), room.person()
    sources.revise(source_id=agent.pk, speaks_for=principal.pk, actor=edith, now=room.now)
    document = room.paper(author=agent.pk)
    claim, accusing = room.claim(), room.claim(adverse_to=[principal.pk])
    room.says(document, claim)
    room.settle()
    sources.merge(source_id=twin.pk, into_id=principal.pk, reason="One person.", actor=edith, now=room.now)
    assert [count_pending_jobs(MessageKind.ASSESS_CLAIM, each) for each in (claim, accusing)] == [1, 1]


def test_an_observation_is_authenticated_by_somebody_else_than_its_observer(room, felix, edgar, edith):
    observation = room.source("observation", by="edith")
    with assert_refused(Conflict, "OWN_OBSERVATION"):
        sources.authenticate(source_id=observation.pk, reason="I saw it.", actor=edith, now=room.now)
    sources.authenticate(source_id=observation.pk, reason="I compared the pictures.", actor=felix, now=room.now)
    observation.refresh_from_db()
    assert observation.authenticated
    with assert_refused(Conflict, "AUTHENTICATED"):
        sources.authenticate(source_id=observation.pk, reason="Once more.", actor=edgar, now=room.now)


def test_an_observation_that_settles_more_has_to_be_authenticated_again(room, felix, edith):
    first, second = room.claim(), room.claim("The guard slept.")
    observation = room.source("observation", by="edith", establishes=[first.pk])
    sources.authenticate(source_id=observation.pk, reason="I compared the pictures.", actor=felix, now=room.now)
    for settled, authenticated in (([], True), ([first.pk, second.pk], False)):
        sources.revise(source_id=observation.pk, establishes=settled, actor=edith, now=room.now)
        observation.refresh_from_db()
        assert observation.authenticated is authenticated


def test_a_revision_keeps_what_a_source_settles_among_claims_that_its_editor_cannot_see(room, rosa, city):
    visible, home = room.claim(), room.desk
    room.desk = city
    hidden = room.claim("The guard slept.", by="hugo")
    room.desk = home
    document = room.paper(by="hugo", establishes=[hidden.pk, visible.pk])
    sources.revise(source_id=document.pk, establishes=[], actor=rosa, now=room.now)
    assert [evidence.claim for evidence in document.dispositive_evidence.all()] == [hidden]


def test_only_records_are_authenticated_and_people_settle_no_claim(room, felix, rosa):
    person, claim = room.person(), room.claim()
    with assert_refused(Conflict, "NOT_A_DOCUMENT"):
        sources.authenticate(source_id=person.pk, reason="Looked at her.", actor=felix, now=room.now)
    with assert_refused(ValidationFailed, "NOT_DISPOSITIVE"):
        sources.revise(source_id=person.pk, establishes=[claim.pk], actor=rosa, now=room.now)


def test_the_effect_of_a_document_on_a_claim_can_change(room, rosa):
    claim = room.claim(risk="routine")
    document = room.paper(establishes=[claim.pk])
    room.says(document, claim)
    room.settle()
    assert claim.assessments.latest().basis == "record"
    sources.revise(source_id=document.pk, establishes=[], contradicts=[claim.pk], actor=rosa, now=room.now)
    room.settle()
    assert claim.assessments.latest().basis != "record"
    sources.revise(source_id=document.pk, camp="north", actor=rosa, now=room.now)
    assert document.dispositive_evidence.get().effect == "contradicts", "what is not mentioned stays"


@pytest.mark.parametrize("rating", ["G", "", "a"])
def test_a_rating_is_a_letter_from_a_to_f(room, felix, rating):
    source = room.person()
    with assert_refused(ValidationFailed, "UNKNOWN_RATING"):
        sources.rate(source_id=source.pk, reliability=rating, actor=felix, now=room.now)


class TestProtecting:
    def test_the_name_moves_to_the_vault(self, room, rosa):
        source = room.person("Jo Roe", description="Keeps the gate.")
        sources.protect(source_id=source.pk, name="a keeper", **JO, actor=rosa, now=room.now)
        source.refresh_from_db()
        assert (source.name, source.description, source.unnamed) == ("a keeper", "", True)
        assert source.editor_knows is False
        assert events(source)[-2:] == ["source.protect", "identity.compare"]
        assert Event.objects.filter(action="source.protect").get().data == {}

    def test_a_sealed_identity_is_not_replaced_by_protecting_again(self, room, rosa):
        source = room.person("a keeper", unnamed=True, **JO)
        for identity in (JO, {"identity_name": "Ann Ode", "identity_known_by": "1961"}):
            with assert_refused(Conflict, "ALREADY_SEALED"):
                sources.protect(source_id=source.pk, name="a keeper", **identity, actor=rosa, now=room.now)
        assert room.reveal(source).name == "Jo Roe"

    def test_only_a_person_is_protected(self, room, rosa):
        document = room.paper()
        with pytest.raises((ValidationFailed, Conflict), match="Only a person"):
            sources.protect(source_id=document.pk, name="a paper", **JO, actor=rosa, now=room.now)
        assert not IdentityRecord.objects.exists()

    def test_a_protected_source_is_visible_at_its_desk_only(self, room, rosa, carl):
        source = room.person("Jo Roe")
        assert Source.objects.visible_to(carl.facts()).filter(pk=source.pk).exists()
        sources.protect(source_id=source.pk, name="a keeper", **JO, actor=rosa, now=room.now)
        assert not Source.objects.visible_to(carl.facts()).filter(pk=source.pk).exists()


class TestMatchingIdentity:
    def test_a_person_who_is_a_named_and_an_unnamed_source_counts_once(self, room, rosa):
        claim = room.claim()
        named, unnamed = room.person("Jo Roe"), room.person("a keeper", unnamed=True, **JO)
        for source in (named, unnamed):
            room.says(source, claim)
        room.settle()
        assert claim.assessments.latest().independent == 2
        sources.match_identity(source_id=named.pk, **JO, actor=rosa, now=room.now)
        room.settle()
        assert claim.assessments.latest().independent == 1
        assert Event.objects.get(action="source.match_identity").data == {}
        assert not IdentityRecord.objects.filter(source=named).exists(), "the name is public; nothing is sealed"

    def test_only_a_named_person_is_matched(self, room, rosa):
        for source in (room.person(unnamed=True), room.paper()):
            with assert_refused(Conflict, "NOT_NAMED"):
                sources.match_identity(source_id=source.pk, **JO, actor=rosa, now=room.now)


class TestVouching:
    def test_vouching_is_for_unnamed_sources(self, room, edith):
        source = room.person()
        with assert_refused(Conflict, "NOT_UNNAMED"):
            sources.vouch(source_id=source.pk, reason="I know her.", actor=edith, now=room.now)


class TestNamesOfRelatedSources:
    """Every desk can see a document, so neither its texts nor a reason may name its author."""

    @pytest.fixture
    def author(self, room):
        return room.person("a keeper", unnamed=True, **JO)

    @staticmethod
    def refused():
        return pytest.raises(ValidationFailed, match="the surname of a confidential source")

    def test_a_reason_is_compared_with_related_sources(self, room, author, felix):
        letter = room.paper("A letter", authenticated=False, author=author.pk)
        with self.refused():
            sources.authenticate(source_id=letter.pk, reason="Compared with Roe's hand.", actor=felix, now=room.now)
        with self.refused():
            sources.rate(source_id=letter.pk, reliability="A", reason="Roe is careful.", actor=felix, now=room.now)

    def test_a_reason_is_compared_with_other_sources_of_the_desk(self, room, author, felix):
        letter, named = room.paper("A letter", authenticated=False), room.person("Lida Fenn")
        with self.refused():
            sources.authenticate(source_id=letter.pk, reason="Roe confirmed it.", actor=felix, now=room.now)
        with self.refused():
            sources.merge(
                source_id=named.pk, into_id=room.person("L. Fenn").pk, reason="Roe told us.",
                actor=room.people["edith"], now=room.now,
            )  # fmt: skip

    def test_the_texts_of_a_document_are_compared_with_its_author(self, room, author, rosa):
        with self.refused():
            room.source("document", "Roe's letter", author=author.pk)
        letter = room.source("document", "Roe's letter")
        with self.refused():
            sources.revise(source_id=letter.pk, author=author.pk, actor=rosa, now=room.now)
