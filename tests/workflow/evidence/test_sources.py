"""Sources: register, revise, rate, authenticate, protect, vouch, merge."""

from __future__ import annotations

import pytest

from editorial.models import Claim, Event, IdentityRecord, MessageKind, Source
from editorial.workflow.core.errors import Conflict, Forbidden, ValidationFailed
from editorial.workflow.evidence import facts, source_repairs, sources
from editorial.workflow.evidence.confidentiality import vault
from editorial.workflow.review import replies
from tests.models.constraints import assert_rejected_by_database
from tests.support.cast import HOUR, assert_refused, count_pending_jobs, events, exceptions_in, run_concurrently

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


class TestMerging:
    def one(self, room, source, into):
        return sources.merge(
            source_id=source.pk, into_id=into.pk, reason="One voice.", actor=room.people["edith"], now=room.now
        )

    def test_merged_sources_count_once_and_keep_their_statements(self, room):
        claim = room.corroborated()
        first, second = (statement.source for statement in claim.statements.all())
        self.one(room, first, second)
        room.settle()
        claim.refresh_from_db()
        assert claim.assessments.latest().independent == 1
        assert {statement.source for statement in claim.statements.all()} == {first, second}
        assert [events(each)[-1] for each in (first, second)] == ["source.merge", "source.merge"]

    def separate(self, room, source, by="edith", **more):
        fields = {"reason": "A namesake.", "actor": room.people[by], "now": room.now} | more
        return source_repairs.unmerge(source_id=source.pk, **fields)

    def test_sources_merged_by_mistake_are_separated(self, room):
        claim = room.corroborated()
        first, second = (statement.source for statement in claim.statements.all())
        self.one(room, first, second)
        room.settle()
        self.separate(room, first)
        room.settle()
        first.refresh_from_db()
        assert (first.merged_into, claim.assessments.latest().independent) == (None, 2)
        assert [events(each)[-1] for each in (first, second)] == ["source.unmerge", "source.unmerge"]

    def test_sources_that_cannot_be_separated_are_refused(self, room, city):
        first, second = room.person(), room.person()
        with assert_refused(Conflict, "NOT_MERGED"):
            self.separate(room, first)
        self.one(room, first, second)
        with assert_refused(Conflict, "NOT_MERGED"):
            self.separate(room, second)
        with assert_refused(ValidationFailed, "REASON_REQUIRED"):
            self.separate(room, first, reason=" ")
        with assert_refused(Forbidden, "FORBIDDEN"):
            self.separate(room, first, by="rosa")

    def test_a_refusal_does_not_tell_whom_a_hidden_source_was_merged_into(self, room, city):
        ours = room.person("a keeper", unnamed=True, **JO)
        theirs = room.person("a clerk", unnamed=True, desk_id=city.pk, by="carl")
        Source.objects.filter(pk=ours.pk).update(merged_into=theirs)
        with assert_refused(Forbidden, "PROTECTED") as _:
            self.separate(room, ours)
        with pytest.raises(Forbidden) as error:
            self.separate(room, ours)
        assert str(theirs.pk) not in str(error.value)

    def test_a_source_is_separated_once_by_two_colleagues(self, parallel):
        first, second = parallel.person(), parallel.person()
        self.one(parallel, first, second)
        outcomes = run_concurrently(*[lambda by=by: self.separate(parallel, first, by=by) for by in ("edith", "edgar")])
        refused = [reason.code for error in exceptions_in(outcomes) for reason in error.reasons]
        assert refused == ["NOT_MERGED"]
        assert events(first).count("source.unmerge") == 1

    def test_three_sources_are_merged_in_any_order(self, room):
        claim = room.claim()
        people = [room.person() for _ in range(3)]
        for person in people:
            room.says(person, claim)
        self.one(room, people[0], people[1])
        self.one(room, people[1], people[2])
        room.settle()
        assert claim.assessments.latest().independent == 1

    def test_sources_with_the_same_token_are_merged_too(self, room):
        claim = room.claim()
        twins = [room.person("a keeper", unnamed=True, **JO) for _ in range(2)]
        spokesman = room.person("a spokesman", unnamed=True)
        for person in (*twins, spokesman):
            room.says(person, claim)
        self.one(room, twins[0], spokesman)
        room.settle()
        assert claim.assessments.latest().independent == 1

    def test_two_identity_tokens_of_one_person_are_merged(self, room):
        claim = room.claim()
        people = [room.person(unnamed=True, **JO | {"identity_known_by": known}) for known in ("1970", "1970", "71")]
        for person in people:
            room.says(person, claim)
        self.one(room, people[0], people[2])
        room.settle()
        assert claim.assessments.latest().independent == 1

    def test_a_reply_stays_with_its_respondent(self, room, rosa):
        """Our unnamed source "declined to comment": the gate must see it however the person's records are merged."""
        party = room.person("Lida Fenn")
        keeper, twin = room.person(unnamed=True, **JO), room.person("a clerk", unnamed=True)
        claim = room.claim(adverse_to=[party.pk])
        room.says(keeper, claim)
        request = replies.send(
            to_id=party.pk, covers=[claim.pk], question="?", deadline_at=room.now + HOUR, reason="It runs tonight.",
            actor=rosa, now=room.now,
        )  # fmt: skip
        replies.answer(request_id=request.pk, outcome="declined", respondent_id=keeper.pk, actor=rosa, now=room.now)
        story = room.story(claim, mode="attributed", relies_on=[str(claim.statements.get().pk)])
        room.settle()
        story.refresh_from_db()
        assert story.gate == "block"
        self.one(room, keeper, twin)
        room.settle()
        story.refresh_from_db()
        assert story.gate == "block"

    def test_a_person_and_a_document_are_not_merged(self, room):
        person, document = room.person(), room.paper()
        with assert_refused(Conflict, "TYPE_MISMATCH"):
            self.one(room, person, document)
        with assert_refused(ValidationFailed, "SAME_OBJECT"):
            self.one(room, person, person)

    def test_a_merged_source_cannot_be_changed(self, room, felix):
        first, second = room.person(), room.person()
        self.one(room, first, second)
        with assert_refused(Conflict, "MERGED"):
            sources.rate(source_id=first.pk, reliability="A", actor=felix, now=room.now)
        with assert_refused(Conflict, "MERGED"):
            self.one(room, second, first)

    def test_a_source_is_not_protected_while_a_merged_record_shows_its_name(self, room, rosa, carl):
        """The record would say to every desk that this person was merged into a source that it may not see."""
        double, source = room.person("Jo Roe"), room.person("J. Roe")
        self.one(room, double, source)
        with assert_refused(Conflict, "MERGED_RECORDS"):
            sources.protect(source_id=source.pk, name="a keeper", actor=rosa, now=room.now, **JO)
        self.separate(room, double)
        for each in (double, source):
            sources.protect(source_id=each.pk, name="a keeper", actor=rosa, now=room.now, **JO)
        assert not Source.objects.visible_to(carl.facts()).filter(pk__in=[double.pk, source.pk]).exists()

    def test_a_merge_with_a_source_that_became_confidential_is_no_longer_in_the_history_of_the_other(
        self, room, rosa, hugo, cuno
    ):
        namesake, source = room.person("Jo Roe"), room.person("J. Roe")
        self.one(room, namesake, source)
        self.separate(room, namesake)
        history = Event.objects.filter(stream=f"source:{namesake.pk}", action__startswith="source.")
        assert history.visible_to(hugo.facts()).filter(action="source.merge").count() == 1
        sources.protect(source_id=source.pk, name="a keeper", actor=rosa, now=room.now, **JO)
        seen = {name: history.visible_to(room.people[name].facts()) for name in ("hugo", "rosa", "cuno")}
        assert {name: {event.action for event in events} for name, events in seen.items()} == {
            "hugo": {"source.register"},
            "rosa": {"source.register"},
            "cuno": {"source.register", "source.merge", "source.unmerge"},
        }

    def test_a_published_story_on_two_merged_sources_is_flagged(self, room):
        claim = room.verified()
        story = room.published(claim)
        first, second = (statement.source for statement in claim.statements.all())
        self.one(room, first, second)
        room.settle()
        story.refresh_from_db()
        assert story.remedy == "editors_note"
        assert Claim.objects.get().status != "verified"


def test_a_named_and_an_unnamed_source_are_not_merged(room, edith):
    named, unnamed = room.person("Jo Roe"), room.person("a keeper", unnamed=True)
    with assert_refused(Conflict, "UNNAMED"):
        sources.merge(source_id=unnamed.pk, into_id=named.pk, reason="One voice.", actor=edith, now=room.now)


class TestAuthenticity:
    """Authenticating a document or an observation records that it is genuine, or what kind of fake it is."""

    def check(self, room, source, result, by="felix"):
        actor = room.people[by]
        return sources.authenticate(
            source_id=source.pk, result=result, reason="Compared with the register.", actor=actor, now=room.now
        )

    @pytest.mark.parametrize("fake", ["altered", "forged", "satire", "synthetic"])
    def test_a_claim_that_rests_on_a_fake_is_withdrawn(self, room, fake):
        claim = room.claim(risk="routine")
        document = room.paper(establishes=[claim.pk])
        room.says(document, claim)
        room.settle()
        assert claim.assessments.latest().finding == "verified"
        self.check(room, document, fake)
        assert events(document)[-1] == "source.authenticate"
        room.settle()
        assert claim.assessments.latest().finding == "withdrawn"
        assert facts.case([claim.pk], now=room.now).sources[str(document.pk)].is_fake

    def test_a_result_is_replaced_or_revoked_but_not_repeated(self, room):
        document = room.paper(authenticated=False)
        for result in ("forged", "genuine", "unknown"):
            self.check(room, document, result)
            document.refresh_from_db()
            assert document.established_authenticity == result
        with assert_refused(Conflict, "AUTHENTICATED"):
            self.check(room, document, "unknown")
        with assert_refused(ValidationFailed, "UNKNOWN_RESULT"):
            self.check(room, document, "old")

    def test_the_previous_version_still_authenticates(self, room):
        """During an upgrade it writes only `authenticated`; a fake stays a fake."""
        document, forged = room.paper(authenticated=False), room.paper(authenticated=False)
        self.check(room, forged, "forged")
        Source.objects.filter(pk__in=[document.pk, forged.pk]).update(authenticated=True)
        for source, found in ((document, "genuine"), (forged, "forged")):
            source.refresh_from_db()
            assert source.established_authenticity == found

    def test_people_are_neither_genuine_nor_fake(self, room):
        person = room.person()
        with assert_refused(Conflict, "NOT_A_DOCUMENT"):
            self.check(room, person, "forged")

    def test_the_database_knows_the_results_and_who_can_have_one(self, room):
        document, person = room.paper(), room.person()
        with assert_rejected_by_database("source_authenticity_known"):
            Source.objects.filter(pk=document.pk).update(authenticity="old")
        with assert_rejected_by_database("source_only_records_have_authenticity"):
            Source.objects.filter(pk=person.pk).update(authenticity="forged")

    def test_two_concurrent_authentications_record_one_result(self, parallel):
        document = parallel.paper(authenticated=False)
        checks = [lambda by=by: self.check(parallel, document, "forged", by) for by in ("felix", "faye")]
        outcomes = run_concurrently(*checks)
        (refusal,) = exceptions_in(outcomes)
        assert [reason.code for reason in refusal.reasons] == ["AUTHENTICATED"]


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
