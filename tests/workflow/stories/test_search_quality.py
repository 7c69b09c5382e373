"""Search by what editors type in a hurry: a second quality set, written before it was run, with its score.

Where search fails, the query stays here and is named in KNOWN_FAILURES: a set from which failures are taken out says
nothing.
"""

from __future__ import annotations

from tests.support.cast import Room
from tests.workflow.stories.test_search import ids, written  # noqa: F401 - a fixture

QUERIES = """
    habour authority                  | claim harbour
    harbour autority dredging         | claim harbour
    dredgeing company contract        | claim harbour
    twice authority contract          | claim harbour
    paying dredging companies twice   | claim harbour
    one contract harbour              | claim harbour
    harbors authorities               | claim harbour
    mayor zürich                      | claim mayor
    zürich mayor developers           | claim mayor
    mayors meeting njoku              | claim mayor
    mayer developer vote              | claim mayor
    Soederqvist                       | claim mayor
    Söderquist                        | claim mayor
    soderquist                        | claim mayor
    oesterbro                         | claim bridge
    østerbro cables corroded          | claim bridge
    brigde cables                     | claim bridge
    corroding cables inspected        | claim bridge
    march inspectors bridge           | claim bridge
    saint-etienne gas                 | claim school
    st etienne school                 | claim school
    school evacuation gas leaks       | claim school
    childrens evacuated               | claim school
    evacuated forty                   | claim school
    ferries lifeboats warnings        | claim ferry
    lifeboats ignored                 | claim ferry
    ferry govermnent                  | claim ferry
    operators ignoring warnings       | claim ferry
    county hospitals nurse            | claim hospital
    nurses without breaks             | claim hospital
    sixteen-hour                      | claim hospital
    nursers shifts                    | claim hospital
    O´Brien                           | claim obrien
    o brien theatre                   | claim obrien
    O'Briens car park                 | claim obrien
    theater car park                  | claim obrien
    councillor car park brother       | claim obrien
    Café Linden Street                | claim cafe
    CAFE LINDEN STREET                | claim cafe
    creme brulée                      | claim cafe
    contaminated creme                | claim cafe
    creme bruelee                     | claim cafe
    city budget shortfall             | claim budget
    shortfalls in the budget          | claim budget
    budget hidden council             | claim budget
    nine million                      | claim budget
    chemical waste night              | claim river
    tannary waste                     | claim river
    discharges chemical river         | claim river
    racehorse lobbyists               | claim minister
    transport minster                 | claim minister
    ministers received racehorses     | claim minister
    deleted demonstration recording   | claim police
    polis recordings                  | claim police
    recordings officers deleted       | claim police
    jars samples estuary              | story night
    lakeside limousines               | story vote
    engineers corrosion photograph    | story cables
    barges same day invoice           | story dredging
    nobody asked us why               | statement barge
    horses birthday                   | statement horses
    lifeboats floating                | statement lifeboats
    margarete lindqvist               | source lindqvist
    Abelard Njoko                     | source njoku
    Weißgerber                        | source tannery
    harbour board autumn              | exhibit minutes
    surveyors recommendations         | exhibit minutes
"""
QUALITY_SET = [tuple(part.strip() for part in line.split("|")) for line in QUERIES.strip().splitlines()]
_TWO_SLIPS = "A word that is misspelt and lacks its accents is not recognised."
_MIXED = "One word occurs in another form and one is misspelt or irregular: all must be found, or all be similar."
_DISTANT = "Too few letters in their order are right; a lower bar reads too much at a million claims."
KNOWN_FAILURES = {
    "paying dredging companies twice": _MIXED,
    "mayors meeting njoku": _MIXED,
    "budget hidden council": _MIXED,
    "soderquist": _TWO_SLIPS,
    "creme bruelee": _TWO_SLIPS,
    "Abelard Njoko": _TWO_SLIPS,
    "brigde cables": _DISTANT,
    "ferry govermnent": _DISTANT,
}
SCORE = 0.85
"""Of the queries, so many find their text among the first three."""


def test_each_query_finds_its_text_or_is_a_known_failure(written: dict[str, str], room: Room) -> None:  # noqa: F811
    assert len(QUALITY_SET) >= 50
    names = {key: name for name, key in written.items()}
    found = {query: [names.get(each, "?") for each in ids(query, room)][:3] for query, _ in QUALITY_SET}
    wrong = {query: found[query] for query, right in QUALITY_SET if right not in found[query]}
    assert wrong.keys() == KNOWN_FAILURES.keys(), wrong
    assert 1 - len(wrong) / len(QUALITY_SET) >= SCORE
