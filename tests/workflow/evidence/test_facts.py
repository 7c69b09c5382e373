"""A claim has the same finding and digest whether its facts are read alone or together with those of other claims."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from django.db import connection

from editorial.models import AdverseParty, Claim, CompoundMember, Source, Statement
from editorial.policy.facts import CaseFacts
from editorial.policy.verification import digest, finding
from editorial.policy.vocabulary import BenefitsIf
from editorial.workflow.evidence import affected_claims, facts
from editorial.workflow.review import assessments
from tests.policy.random_cases import chance
from tests.support.cast import Room, rolled_back
from tests.support.query_plans import reading
from tests.support.scenario_replay import POLICY

SEALED: dict[str, Any] = {"unnamed": True, "identity_name": "Jo Roe", "identity_known_by": "1970"}


@pytest.fixture
def accused_and_other(room: Room) -> tuple[Claim, Claim]:
    """One person works for the accused office and, by another record, for an agency, whose employee denies it."""
    office, agency = room.source("organization", "Office"), room.source("organization", "Agency")
    room.person("a keeper", org=office.pk, **SEALED)
    clerk = room.person("a clerk", org=agency.pk, **SEALED)
    accused, other = room.claim("The office lied.", adverse_to=[office.pk]), room.claim("The bridge was shut.")
    for _ in range(2):
        room.says(room.person(), accused)
    room.says(room.person(org=agency.pk), accused, "denies")
    room.says(clerk, other)
    room.settle()
    return accused, other


def test_all_records_of_a_person_tie_a_house(room: Room, accused_and_other: tuple[Claim, Claim]) -> None:
    accused, other = accused_and_other
    assert alone(accused, room) == together([accused, other], room)[accused]
    assert accused.assessments.latest().finding == "verified"


def test_publication_and_workers_do_not_overwrite_each_others_assessments(
    room: Room, accused_and_other: tuple[Claim, Claim]
) -> None:
    accused, _ = accused_and_other
    before = accused.assessments.count()
    assessments.refresh_all(list(accused_and_other), now=room.now)  # as a publication does
    assessments.reassess(claim_id=accused.pk, now=room.now)
    assert accused.assessments.count() == before


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in (1, 2, 3))])
def test_reading_several_claims_changes_no_finding_in_random_newsrooms(room: Room, seed: int) -> None:
    for number in range(25):
        with rolled_back():
            claims = fill(room, chance(seed * 1000 + number))
            assert {claim: alone(claim, room) for claim in claims} == together(claims, room), f"newsroom {number}"


def test_a_house_is_read_by_indexes_however_many_sources_there_are(room: Room) -> None:
    office = room.source("organization")
    rosa = room.people["rosa"]
    crowd = [
        Source(type="person", name="!", key=f"{number:064}", desk=room.desk, registered_by=rosa, registered_at=room.now)
        for number in range(3000)
    ]
    staff, others = crowd[:10], crowd[10:]
    others[0].key = staff[0].key
    for person in staff:
        person.org = office
    Source.objects.bulk_create(crowd)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE editorial_source")
    with reading() as reads:
        house = affected_claims.house_of([office.pk])
    assert house == {office.pk, others[0].pk, *(person.pk for person in staff)}
    assert max(read.rows for read in reads) < 200, [read.plan for read in reads]


Result = tuple[str, dict[str, Any]]


def alone(claim: Claim, room: Room) -> Result:
    """The digest and the finding of a claim of which only the facts are read."""
    return _result(facts.case([claim.pk], now=room.now), claim)


def together(claims: list[Claim], room: Room) -> dict[Claim, Result]:
    """The same of several claims whose facts are read together."""
    case = facts.case([claim.pk for claim in claims], now=room.now)
    return {claim: _result(case.around(str(claim.pk)), claim) for claim in claims}


def _result(case: CaseFacts, claim: Claim) -> Result:
    key = str(claim.pk)
    return digest.digest(case, key), finding.assess(case, POLICY)[key].to_dict()


def fill(room: Room, luck: Random) -> list[Claim]:
    """A small newsroom in which records share tokens, are merged, and are tied to each other; its claims."""
    entry = {"desk": room.desk, "registered_by": room.people["rosa"], "registered_at": room.now}
    rows: list[Source] = []
    for number in range(12):
        kind = luck.choice(["person", "person", "person", "organization", "document"])
        row = Source(type=kind, name=f"{number}", reliability="B", authenticated=kind == "document", **entry)
        row.key = luck.choice(["", "a" * 64, "b" * 64]) if kind == "person" else ""
        row.benefits_if = luck.choice(["", "", "", "", *(each.value for each in BenefitsIf)])
        for tie in _TIES[kind]:
            if rows and luck.random() < 0.2:
                setattr(row, tie, luck.choice(rows))
        same = [each for each in rows if each.type == kind]
        if same and luck.random() < 0.2:
            row.merged_into = luck.choice(same)
        rows.append(row)
    Source.objects.bulk_create(rows)

    entry = {"desk": room.desk, "filed_by": room.people["rosa"], "filed_at": room.now}
    claims = Claim.objects.bulk_create(Claim(text=f"{number}.", risk="contentious", **entry) for number in range(4))
    AdverseParty.objects.bulk_create(AdverseParty(claim=claim, source=luck.choice(rows)) for claim in claims)
    simple = claims
    if luck.random() < 0.3:
        simple = claims[1:]
        CompoundMember.objects.bulk_create(CompoundMember(compound=claims[0], member=each) for each in claims[1:3])
    entry = {"terms": "on_record", "collected_by": room.people["rosa"], "recorded_at": room.now}
    Statement.objects.bulk_create(
        Statement(
            claim=luck.choice(simple),
            source=luck.choice(rows),
            stance=luck.choice(["affirms", "denies"]),
            directness=luck.choice(["first_hand", "first_hand", "second_hand"]),
            informant=luck.choice([None, *rows]),
            **entry,
        )
        for _ in range(luck.randint(4, 12))
    )
    return claims


_TIES = {
    "person": ("org", "org", "speaks_for", "parent"),
    "organization": ("parent", "speaks_for"),
    "document": ("parent", "author", "issuer"),
}
