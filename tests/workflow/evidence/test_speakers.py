"""Labels, joins and single points of failure, for a custodian and for everybody else."""

from __future__ import annotations

import pytest

from editorial.models import Source, Statement
from editorial.policy.verification.evidence import Evidence
from editorial.workflow.evidence import facts, sources, statements
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.evidence.speakers import Speakers

VAULT = {"identity_name": "Mia Mole", "identity_known_by": "born 1970"}
PROTECTED = (None, "They count as one voice; the reason is protected.")


def speakers_for(user):
    rows = Statement.objects.select_related("source", "informant").prefetch_related("relays")
    return Speakers(rows, user.facts())


def explained(user, first, second, rule):
    explanation = speakers_for(user).explain({"between": [str(first.pk), str(second.pk)], "by": rule})
    return explanation.rule, explanation.text


def shows_interest(room, user, statement):
    """Whether this user is shown that somebody gains from the statement."""
    evidence = Evidence(facts.case([statement.claim_id], now=room.now), str(statement.claim_id))
    return speakers_for(user).shows_interest(statement, evidence)


@pytest.fixture
def mole(room):
    """An unnamed source of the politics desk."""
    return room.person("an aide", unnamed=True, **VAULT)


def test_a_source_is_safe_to_print_and_has_no_published_name_while_it_is_unnamed(mole, rosa, carl):
    assert str(mole) == "an unnamed source"
    assert (disclosure.label(mole, rosa.facts()), disclosure.label(mole, carl.facts())) == (
        "an aide", "a protected source",
    )  # fmt: skip
    assert disclosure.reference(mole, carl.facts()) == {"id": None, "name": "a protected source"}
    with pytest.raises(ValueError, match="no published name"):
        disclosure.published_name(mole)


def test_two_statements_of_one_visible_record_are_explained(room, mole, rosa, carl):
    claim = room.claim()
    first, second = room.says(mole, claim), room.says(mole, claim)
    assert explained(rosa, first, second, "J1") == ("J1", "Both statements come from the same source.")
    assert explained(carl, first, second, "J1") == PROTECTED


def test_what_a_repeat_goes_back_to_is_protected_too(room, mole, rosa, cuno):
    claim = room.claim()
    origin, named = room.says(mole, claim), room.says(room.person("Mia Mole"), claim)
    repeat = room.says(room.source("outlet"), claim, directness="relayed")
    statements.relay(derived_id=repeat.pk, origin_id=origin.pk, actor=rosa, now=room.now)
    assert explained(rosa, repeat, named, "J1") == PROTECTED
    assert explained(cuno, repeat, named, "J1")[0] == "J1"
    assert explained(rosa, repeat, origin, "J2")[0] == "J2"


def test_ties_to_an_unnamed_source_are_protected_and_others_are_not(room, mole, rosa, cuno):
    claim, chair = room.claim(), room.person("The Chair")
    agents = [room.says(room.person(speaks_for=mole.pk), claim) for _ in range(2)]
    spokesmen = [room.says(room.person(speaks_for=chair.pk), claim) for _ in range(2)]
    assert explained(rosa, *agents, "J4") == PROTECTED
    assert explained(cuno, *agents, "J4")[0] == "J4"
    assert explained(rosa, *spokesmen, "J4")[0] == "J4"


def test_a_finding_hangs_on_one_unnamed_record_or_for_custodians_on_all(room, mole, rosa, carl, cuno):
    claim, public = room.claim(), room.person("Mia Mole")
    room.says(mole, claim)
    room.says(public, claim, "denies")
    sources.match_identity(source_id=public.pk, **VAULT, actor=rosa, now=room.now)
    identity = Source.objects.get(pk=mole.pk).key
    records = {
        user: [record["name"] for record in speakers_for(user).visible_records(identity)] for user in (rosa, carl, cuno)
    }
    assert records == {rosa: ["an aide"], carl: ["a protected source"], cuno: ["an aide", "Mia Mole"]}


def test_interest_that_follows_from_the_vault_alone_is_shown_to_custodians_only(room, mole, rosa, cuno):
    claim = room.claim()
    hidden = room.says(mole, claim)
    recorded = room.says(room.person("a clerk", unnamed=True), claim, benefits_if="believed")
    named = room.says(room.person("Nora Named"), claim)
    for reader, shown in ((rosa, [False, True, True]), (cuno, [True, True, True])):
        speakers = speakers_for(reader)
        assert [speakers.may_show_interest(statement) for statement in (hidden, recorded, named)] == shown


class TestInterestOfTheAccused:
    """A denial by the accused, or by somebody tied to them, is interested."""

    @pytest.mark.parametrize("same", [True, False])
    @pytest.mark.parametrize("accused", ["source", "employer"])
    def test_custodians_alone_learn_that_a_named_person_is_the_unnamed_source(
        self, room, mole, rosa, cuno, same, accused
    ):
        office, named = room.source("organization", "The harbour office"), room.person("Mia Mole")
        sources.revise(source_id=mole.pk, org=office.pk, actor=rosa, now=room.now)
        if same:
            Source.objects.filter(pk=named.pk).update(key=mole.key)
        claim = room.claim(adverse_to=[mole.pk if accused == "source" else office.pk])
        denial = room.says(named, claim, "denies")
        assert (shows_interest(room, rosa, denial), shows_interest(room, cuno, denial)) == (False, same)

    def test_everybody_learns_it_of_a_tie_between_named_sources(self, room, mole, rosa):
        office = room.source("organization", "The harbour office")
        sources.revise(source_id=mole.pk, org=office.pk, actor=rosa, now=room.now)
        denial = room.says(room.person(org=office.pk), room.claim(adverse_to=[office.pk]), "denies")
        assert shows_interest(room, rosa, denial)
