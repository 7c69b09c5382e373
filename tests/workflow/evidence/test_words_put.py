"""The words put to a party are kept permanently, and do not show a name that the claim has lost."""

from __future__ import annotations

import pytest

from editorial.models import Statement
from editorial.workflow.evidence import claims, sources, statement_repairs
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.review import replies, reply_answers

OLD, NEW = "Jo Roe opened the gate.", "A keeper opened the gate."
JO = {"identity_name": "Jo Roe", "identity_known_by": "1970-03-12"}


@pytest.fixture
def put(room, rosa):
    """A claim with a name that was put to a party."""
    party, claim = room.person("Lida Fenn"), room.claim(OLD)
    sent = replies.send(to_id=party.pk, covers=[claim.pk], question="Is it so?", actor=rosa, now=room.now)
    return sent.request_claim_links.get()


def shown(room, link):
    """What a reporter and a custodian are shown."""
    link = type(link).objects.select_related("claim", "request").get(pk=link.pk)
    readers = [room.people[name].facts() for name in ("rosa", "cuno")]
    words = [disclosure.words_put([link], reader)[link.pk] for reader in readers]
    assert words == [dict(reply_answers.answerable(link.request, reader))[link.claim] for reader in readers]
    return words


def reword(room, link):
    claims.revise(claim_id=link.claim_id, text=NEW, actor=room.people["rosa"], now=room.now)


def test_a_name_sealed_afterwards_is_shown_to_custodians_only(room, rosa, put):
    keeper = room.person("Jo Roe")
    room.says(keeper, put.claim)
    assert shown(room, put) == [OLD, OLD]
    sources.protect(source_id=keeper.pk, name="a keeper", **JO, actor=rosa, now=room.now)
    reword(room, put)
    assert shown(room, put) == [None, OLD]


def withheld(room, link):
    """Whether the words are withheld from a reporter."""
    link = type(link).objects.select_related("claim").get(pk=link.pk)
    return disclosure.words_put([link], room.people["rosa"].facts())[link.pk] is None


@pytest.mark.parametrize("role", ["informant", "party", "recipient", "struck", "member", "accused by a member"])
def test_any_unnamed_source_that_is_concerned_withholds_them(room, rosa, put, role):
    keeper = room.person("a keeper", unnamed=True, **JO)
    match role:
        case "informant":
            room.says(room.person(), put.claim, informant=keeper.pk, directness="second_hand")
        case "party":
            put.claim.adverse_to.add(keeper)
        case "recipient":
            sent = replies.send(to_id=keeper.pk, covers=[put.claim_id], question="Is it so?", actor=rosa, now=room.now)
            put = sent.request_claim_links.get()
        case "struck":
            statement = room.says(keeper, put.claim)
            Statement.objects.filter(pk=statement.pk).update(struck_at=room.now)
        case "member":
            member = claims.split(claim_id=put.claim_id, texts=["One.", "Two."], actor=rosa, now=room.now)[0]
            room.says(keeper, member)
        case "accused by a member":
            member = claims.split(claim_id=put.claim_id, texts=["One.", "Two."], actor=rosa, now=room.now)[0]
            claims.revise(claim_id=member.pk, adverse_to=[keeper.pk], actor=rosa, now=room.now)
    reword(room, put)
    assert withheld(room, put)


def test_a_speaker_on_what_an_utterance_carries_is_concerned(room, rosa):
    carried = room.claim("The gate was left open.")
    said = room.claim(OLD, kind="utterance", carries=[carried.pk])
    sent = replies.send(
        to_id=room.person("Lida Fenn").pk, covers=[said.pk], question="Is it so?", actor=rosa, now=room.now
    )
    put = sent.request_claim_links.get()
    room.says(room.person("a keeper", unnamed=True, **JO), carried)
    reword(room, put)
    assert withheld(room, put)


class TestEvidenceMoves:
    """Words that were withheld stay withheld."""

    @pytest.fixture
    def keeper(self, room):
        return room.person("a keeper", unnamed=True, **JO)

    def test_when_the_claim_is_merged(self, room, put, keeper):
        room.says(keeper, put.claim)
        reword(room, put)
        into = room.claim("Somebody from the staff opened it.")
        claims.merge(claim_id=put.claim_id, into_id=into.pk, actor=room.people["felix"], now=room.now)
        assert withheld(room, put)
        assert withheld(room, type(put).objects.get(claim=into))

    def test_when_somebody_speaks_on_the_claim_that_it_was_merged_into(self, room, put, keeper):
        into = room.claim("Somebody from the staff opened it.")
        reword(room, put)
        claims.merge(claim_id=put.claim_id, into_id=into.pk, actor=room.people["felix"], now=room.now)
        assert not withheld(room, put)
        room.says(keeper, into)
        assert withheld(room, put)

    def test_when_the_statement_turns_out_to_be_of_another_source(self, room, rosa, put, keeper):
        statement = room.says(keeper, put.claim)
        reword(room, put)
        other = room.person("Pat")
        statement_repairs.reassign(
            statement_id=statement.pk, source_id=other.pk, reason="Mixed up.", actor=rosa, now=room.now
        )
        assert withheld(room, put)

    def test_when_the_claim_no_longer_accuses_the_source(self, room, rosa, put, keeper):
        claims.revise(claim_id=put.claim_id, text=NEW, adverse_to=[keeper.pk], actor=rosa, now=room.now)
        claims.revise(claim_id=put.claim_id, adverse_to=[], actor=rosa, now=room.now)
        assert withheld(room, put)


class TestTies:
    """A document may be signed by a source, and a spokesperson may speak for one."""

    @pytest.fixture
    def keeper(self, room):
        return room.person("a keeper", unnamed=True, **JO)

    @pytest.mark.parametrize("tie", ["author", "speaks_for", "over two steps", "formerly"])
    def test_a_source_behind_a_speaker_withholds_them(self, room, rosa, put, keeper, tie):
        match tie:
            case "author" | "formerly":
                speaker = room.paper(author=keeper.pk)
            case "speaks_for":
                speaker = room.person(speaks_for=keeper.pk)
            case "over two steps":
                speaker = room.paper(author=room.person(speaks_for=keeper.pk).pk)
        room.says(speaker, put.claim)
        if tie == "formerly":
            sources.revise(source_id=speaker.pk, author=None, actor=rosa, now=room.now)
        reword(room, put)
        assert shown(room, put) == [None, OLD]

    def test_the_staff_of_an_accused_office_do_not(self, room, rosa, put, keeper):
        """Otherwise any desk could find out that the office employs an unnamed source."""
        office = room.source("organization", "The harbour office")
        sources.revise(source_id=keeper.pk, org=office.pk, actor=rosa, now=room.now)
        put.claim.adverse_to.add(office)
        reword(room, put)
        assert shown(room, put) == [OLD, OLD]


class TestRespondent:
    """An unnamed respondent is not recorded as a source of the claim."""

    def answer(self, room, put, **respondent):
        replies.answer(
            request_id=put.request_id, outcome="no_response", actor=room.people["rosa"], now=room.now, **respondent
        )
        reword(room, put)

    @pytest.mark.parametrize("given", ["by record", "by record without identity", "by name"])
    def test_an_unnamed_respondent_withholds_them(self, room, put, given):
        match given:
            case "by record":
                respondent = {"respondent_id": room.person("a keeper", unnamed=True, **JO).pk}
            case "by record without identity":
                respondent = {"respondent_id": room.person("a keeper", unnamed=True).pk}
            case "by name":
                respondent = {"respondent_name": "Jo Roe", "respondent_known_by": "1970-03-12"}
        self.answer(room, put, **respondent)
        assert shown(room, put) == [None, OLD]

    def test_does_not_have_to_be_the_last_one(self, room, rosa, put):
        replies.answer(
            request_id=put.request_id, outcome="no_response", respondent_name="Jo Roe", respondent_known_by="1970",
            actor=rosa, now=room.now,
        )  # fmt: skip
        self.answer(room, put)
        assert shown(room, put) == [None, OLD]

    @pytest.mark.parametrize("matched", [True, False])
    def test_a_named_respondent_does_not_whether_or_not_the_vault_knows_the_person(self, room, rosa, put, matched):
        """Otherwise a reporter could find out that a named person is a source."""
        room.person("a keeper", unnamed=True, **JO)
        named = room.person("Jo Roe")
        if matched:
            sources.match_identity(source_id=named.pk, **JO, actor=rosa, now=room.now)
        self.answer(room, put, respondent_id=named.pk)
        assert shown(room, put) == [OLD, OLD]


def test_without_an_unnamed_source_everybody_sees_what_was_put(room, put):
    room.says(room.person(), put.claim)
    reword(room, put)
    assert shown(room, put) == [OLD, OLD]


def test_other_words_without_a_name_are_withheld_as_well(room, put):
    """Otherwise a reporter who rewords a claim could try names."""
    room.says(room.person("a keeper", unnamed=True, identity_name="Mo Other", identity_known_by="1980"), put.claim)
    reword(room, put)
    assert shown(room, put) == [None, OLD]
