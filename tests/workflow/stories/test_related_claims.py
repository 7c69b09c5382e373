"""Related claims: the closest existing claim is found, and what makes it another claim is pointed out."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial.models import Claim, Event
from editorial.policy.claim_differences import ClaimDifference
from editorial.policy.roles import Role
from editorial.workflow.core.errors import Conflict, NotFound, ValidationFailed
from editorial.workflow.evidence import claim_distinctions, claims
from editorial.workflow.stories import related_claims
from tests.support.cast import Room
from tests.support.confidential import reader_at

ON_FILE = {
    "harbour": "The harbour authority paid the dredging company twice for one contract.",
    "mayor": "Mayor Söderqvist met the developer Abélard Njoku in Zürich before the vote.",
    "bridge": "Inspectors found corroded cables under the Østerbro bridge in March.",
    "school": "Forty children were evacuated from Saint-Étienne school after a gas leak.",
    "ferry": "The ferry operator ignored three government warnings about its lifeboats.",
    "budget": "The city council hid a shortfall of nine million crowns in its budget.",
    "minister": "The transport minister received a pair of racehorses from a lobbyist.",
    "spokesman": "A spokesman of the ministry denied that the minister knew of the gift.",
    "police": "Police officers deleted recordings of the demonstration.",
    "bribe": "Lobbyist Karl Wender paid the deputy Ines Marklund 50,000 crowns.",
    "prices": "House prices rose by four per cent in the second quarter.",
    "dam": "Engineers warned in 2019 that the dam could fail.",
    "court": "The court acquitted the broker Tomas Reuter of fraud.",
}
WARNED = {
    ClaimDifference.NEGATION: "negation", ClaimDifference.OPPOSITE: "opposite", ClaimDifference.FIGURE: "figure",
    ClaimDifference.NAME: "name",
}  # fmt: skip
# What is typed | the claim that is the closest | what must be pointed out: same, reworded, or the warning.
TYPED = """
    The harbour authority paid the dredging company twice for one contract.             | harbour   | same
    the harbour authority paid the dredging company twice for one contract              | harbour   | same
    mayor soderqvist met the developer abelard njoku in zurich before the vote          | mayor     | same
    Police officers deleted recordings of the demonstration                             | police    | same
    The dredging company was paid twice by the harbour authority for one contract.      | harbour   | reworded
    One dredging contract was paid twice by the authority of the harbour.               | harbour   | reworded
    The harbour authority paid a dredging contract twice.                               | harbour   | reworded
    Before the vote, Mayor Söderqvist met Abélard Njoku, a developer, in Zürich.        | mayor     | reworded
    Corroded cables were found by inspectors under the Østerbro bridge.                 | bridge    | reworded
    After a gas leak, forty children were evacuated from the school of Saint-Étienne.   | school    | reworded
    Warnings by the government about the lifeboats were ignored by the ferry operator three times. | ferry | reworded
    Officers of the police deleted recordings of a demonstration.                       | police    | reworded
    A lobbyist gave the transport minister a pair of racehorses.                        | minister  | reworded
    Engineers warned that the dam could fail in 2019.                                   | dam       | reworded
    The harbour authority did not pay the dredging company twice for one contract.      | harbour   | negation
    Police officers never deleted recordings of the demonstration.                      | police    | negation
    Engineers had not warned in 2019 that the dam could fail.                           | dam       | negation
    The transport minister didn't receive a pair of racehorses from a lobbyist.         | minister  | negation
    A spokesman of the ministry confirmed that the minister knew of the gift.           | spokesman | opposite
    House prices fell by four per cent in the second quarter.                           | prices    | opposite
    The court convicted the broker Tomas Reuter of fraud.                               | court     | opposite
    Mayor Söderqvist met the developer Abélard Njoku in Zürich after the vote.          | mayor     | opposite
    The city council hid a shortfall of seven million crowns in its budget.             | budget    | figure
    The city council hid a shortfall of nine billion crowns in its budget.              | budget    | figure
    The ferry operator ignored 30 government warnings about its lifeboats.              | ferry     | figure
    Engineers warned in 2021 that the dam could fail.                                   | dam       | figure
    Lobbyist Karl Wender paid the deputy Ines Marklund 5,000 crowns.                    | bribe     | figure
    House prices rose by five per cent in the second quarter.                           | prices    | figure
    Mayor Lindqvist met the developer Abélard Njoku in Zürich before the vote.          | mayor     | name
    Lobbyist Karl Wender paid the deputy Margit Falk 50,000 crowns.                     | bribe     | name
    The court acquitted the broker Anton Reuter of fraud.                               | court     | name
    Inspectors found corroded cables under the Vesterbro bridge in March.               | bridge    | name
"""
QUALITY_SET = [tuple(part.strip() for part in line.split("|")) for line in TYPED.strip().splitlines()]
UNRELATED = (
    "The bishop sold the vineyard to his nephew.",
    "A volcano erupted beneath the glacier.",
    "The authority slept.",
    "It was in March.",
)
SCORE = 0.95
"""Of the quality set, at least so much must be right."""


@pytest.fixture
def on_file(room: Room) -> dict[str, Claim]:
    """The claims on file, by name."""
    return {name: room.claim(text) for name, text in ON_FILE.items()}


def found(text: str, room: Room, reader: str = "rosa", **options: object) -> list[Claim]:
    """The claims that are related to the text, closest first."""
    return [related.claim for related in related_claims.find(text, room.people[reader].facts(), **options)]


def judged(related: related_claims.RelatedClaim) -> str:
    """What the list says of a claim, as the quality set does."""
    warnings = [WARNED[each] for each in related.comparison.differences if each in WARNED]
    return "same" if related.comparison.identical else "+".join(warnings) or "reworded"


def test_the_closest_claim_and_what_it_differs_in_are_found(on_file, room):
    assert len(QUALITY_SET) >= 25
    reader, wrong = room.people["rosa"].facts(), []
    for typed, name, expected in QUALITY_SET:
        results = related_claims.find(typed, reader)
        answer = (results[0].claim, judged(results[0])) if results else None
        if answer != (on_file[name], expected):
            wrong.append((typed, answer and (answer[0].text, answer[1])))
    score = 1 - len(wrong) / len(QUALITY_SET)
    assert score >= SCORE, wrong
    silent = [typed for typed, name, expected in QUALITY_SET if expected != "same" and _called_identical(typed, reader)]
    assert silent == []


def _called_identical(typed: str, reader: object) -> bool:
    return any(related.comparison.identical for related in related_claims.find(typed, reader))  # type: ignore[arg-type]


def test_what_has_little_in_common_is_not_related(on_file, room):
    assert {text: rows for text in UNRELATED if (rows := found(text, room))} == {}


def test_no_text_is_an_error(on_file, room):
    for text in (
        "",
        " ",
        "the of and",
        "€",
        "日本",
        "'",
        "\\",
        "a:* & b",
        "'; DROP TABLE",
        "http://x.example/?q=1",
        "-",
        "é'é",
    ):
        assert found(text, room) == [], text
    assert found("Police officers deleted recordings. " * 500, room) == [on_file["police"]]


def test_the_stories_that_use_a_claim_are_shown_with_it_as_far_as_they_may_be_seen(on_file, room, city):
    claim = on_file["police"]
    own = room.story(claim, relies_on=[])
    desk, room.desk = room.desk, city
    theirs = room.story(claim, by="hugo", relies_on=[])
    room.desk = desk
    (related,) = related_claims.find("Police deleted the recordings of a demonstration.", room.people["rosa"].facts())
    assert related.stories == [own]
    (related,) = related_claims.find(
        "Police deleted the recordings of a demonstration.", reader_at(city, "nina", {Role.REPORTER}).facts()
    )
    assert related.stories == [theirs]


def test_claims_of_other_desks_change_neither_results_nor_statements(on_file, room, city):
    reader, typed = reader_at(city, "nina", set(Role)).facts(), "Lobbyist Karl Wender paid the deputy 50,000 crowns."
    for text in (typed, "Zorbist Zarl Zender zaid the zeputy 77,777 zrowns."):
        related_claims.find(text, reader)  # warm up
        with CaptureQueriesContext(connection) as asked:
            assert related_claims.find(text, reader) == []
        assert len(asked) == 2, text  # the words, and the claims with each


def test_a_desk_narrows_what_is_related(on_file, room, city):
    text = ON_FILE["police"]
    assert found(text, room, desk=room.desk.pk) == [on_file["police"]]
    assert found(text, room, desk=city.pk) == []


def test_closed_claims_are_not_related(on_file, room):
    claim, edith = on_file["police"], room.people["edith"]
    claims.drop(claim_id=claim.pk, reason="Not worth it.", actor=edith, now=room.now)
    assert found(claim.text, room) == []


class TestDistinctions:
    """Two claims that somebody marked as not the same are not proposed to each other again."""

    @pytest.fixture
    def pair(self, room: Room) -> tuple[Claim, Claim]:
        return room.claim("The council hid nine million crowns."), room.claim("The council hid seven million crowns.")

    def related(self, claim: Claim, room: Room) -> list[Claim]:
        return [each.claim for each in related_claims.related_to(claim, room.people["rosa"].facts())]

    def test_it_holds_in_both_directions_and_can_be_undone(self, pair, room):
        rosa, (one, two) = room.people["rosa"], pair
        assert (self.related(one, room), self.related(two, room)) == ([two], [one])
        claim_distinctions.mark_distinct(
            claim_id=two.pk, other_id=one.pk, reason="Another year.", actor=rosa, now=room.now
        )
        assert (self.related(one, room), self.related(two, room)) == ([], [])
        (distinct,) = claim_distinctions.distinct_from(one, rosa.facts())
        assert (distinct.claim, distinct.distinction.reason, distinct.distinction.marked_by) == (
            two,
            "Another year.",
            rosa,
        )
        claim_distinctions.unmark_distinct(claim_id=one.pk, other_id=two.pk, actor=rosa, now=room.now)
        assert (self.related(one, room), self.related(two, room)) == ([two], [one])

    def test_a_pair_is_marked_once_and_not_merged(self, pair, room):
        rosa, edith, (one, two) = room.people["rosa"], room.people["edith"], pair
        arguments = {"reason": "Another year.", "actor": rosa, "now": room.now}
        claim_distinctions.mark_distinct(claim_id=one.pk, other_id=two.pk, **arguments)
        for first, second in (pair, (two, one)):
            with pytest.raises(Conflict) as refused:
                claim_distinctions.mark_distinct(claim_id=first.pk, other_id=second.pk, **arguments)
            assert refused.value.reasons[0].code == "ALREADY_DISTINCT"
        with pytest.raises(Conflict) as refused:
            claims.merge(claim_id=one.pk, into_id=two.pk, actor=edith, now=room.now)
        assert refused.value.reasons[0].code == "DISTINCT"
        with pytest.raises(ValidationFailed):
            claim_distinctions.mark_distinct(claim_id=one.pk, other_id=one.pk, **arguments)
        claim_distinctions.unmark_distinct(claim_id=two.pk, other_id=one.pk, actor=rosa, now=room.now)
        with pytest.raises(Conflict) as refused:
            claim_distinctions.unmark_distinct(claim_id=two.pk, other_id=one.pk, actor=rosa, now=room.now)
        assert refused.value.reasons[0].code == "NOT_DISTINCT"

    def test_it_moves_with_a_merged_claim(self, pair, room):
        rosa, edith, (one, two) = room.people["rosa"], room.people["edith"], pair
        same = room.claim("Nine million crowns were hidden by the council.")
        for other in (one, same):
            claim_distinctions.mark_distinct(
                claim_id=two.pk, other_id=other.pk, reason="Another year.", actor=rosa, now=room.now
            )
        claims.merge(claim_id=one.pk, into_id=same.pk, actor=edith, now=room.now)
        assert [each.claim for each in claim_distinctions.distinct_from(same, rosa.facts())] == [two]
        assert claim_distinctions.distinct_ids(two) == {same.pk}

    def test_both_claims_log_it_and_neither_event_quotes_the_other(self, pair, room):
        rosa, (one, two) = room.people["rosa"], pair
        claim_distinctions.mark_distinct(
            claim_id=one.pk, other_id=two.pk, reason="Another year.", actor=rosa, now=room.now
        )
        claim_distinctions.unmark_distinct(claim_id=one.pk, other_id=two.pk, actor=rosa, now=room.now)
        for claim, other in (pair, (two, one)):
            events = Event.objects.filter(stream=f"claim:{claim.pk}").order_by("number")
            assert [(event.action, event.data) for event in events][-2:] == [
                ("claim.mark_distinct", {"claim": str(other.pk)}), ("claim.unmark_distinct", {"claim": str(other.pk)})
            ]  # fmt: skip

    def test_one_whom_the_reader_may_not_see_is_not_listed(self, pair, room, city):
        one, two = pair
        claim_distinctions.mark_distinct(
            claim_id=one.pk, other_id=two.pk, reason="Another year.", actor=room.people["rosa"], now=room.now
        )
        room.desk = city
        room.story(one, by="hugo", relies_on=[])
        reader = reader_at(city, "nina", {Role.REPORTER})
        assert claim_distinctions.distinct_from(one, reader.facts()) == []
        with pytest.raises(NotFound):
            claim_distinctions.unmark_distinct(claim_id=one.pk, other_id=two.pk, actor=reader, now=room.now)
