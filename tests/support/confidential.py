"""Protected sources in every relation that a source can stand in, with names that no page may contain."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from editorial.models import Claim, Desk, Membership, Source, User
from editorial.policy.roles import Role
from editorial.workflow.evidence import briefings, claims, sources, statements
from editorial.workflow.review import replies
from tests.support.cast import HOUR, Room

RELATIONS = (
    "speaker", "informant", "principal", "owner", "author", "issuer", "party", "recipient", "respondent", "merged",
    "remaining", "briefed", "settling", "wavering", "repeated",
)  # fmt: skip


@dataclass
class Planted:
    """The protected sources by relation, and everything that refers to them."""

    sources: dict[str, Source] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)

    @property
    def identities(self) -> list[str]:
        """What only a custodian may learn: real names, what they are known by, tokens."""
        tokens = [source.key for source in Source.objects.filter(pk__in=[each.pk for each in self.sources.values()])]
        return ["realcanary", "knowncanary", *tokens]

    @property
    def descriptions(self) -> list[str]:
        """What only the desk may read."""
        return ["facecanary", "waycanary"]

    @property
    def ids(self) -> list[str]:
        """The ids of the protected sources."""
        return [str(source.pk) for source in self.sources.values()]


@pytest.fixture
def planted(room: Room, city: Desk, people: dict[str, User]) -> Planted:
    """Protected sources of the politics desk in every relation; the city desk sees the claims."""
    return _plant(room, city)


def _plant(room: Room, city: Desk) -> Planted:
    """Fill both desks: the protected sources are of room's desk; a story of the city desk uses every claim."""
    rosa, edith, planted = room.people["rosa"], room.people["edith"], Planted()
    for relation in RELATIONS:
        planted.sources[relation] = room.person(
            f"facecanary {relation}", description=f"waycanary {relation}", unnamed=True,
            identity_name=f"realcanary{relation}", identity_known_by=f"knowncanary{relation}", camp="campcanary",
        )  # fmt: skip
    hidden, now = planted.sources, room.now
    claim, second = room.claim("The gate was open."), room.claim("The guard slept.")
    accusing = room.claim("The mayor knew.", adverse_to=[hidden["party"].pk, room.person("Aaron Able").pk])

    spoken = room.says(hidden["speaker"], claim, quote="I saw it.")
    room.says(_same_person(room, "Harold Public", "speaker"), claim)
    room.says(hidden["wavering"], claim)
    room.says(_same_person(room, "Wanda Waver", "wavering"), claim, "denies")
    room.says(room.person("Hearsay Hal"), claim, directness="second_hand", informant=hidden["informant"].pk)
    room.says(room.person("Agent Smith", speaks_for=hidden["principal"].pk), claim)
    room.says(hidden["principal"], claim)
    company = room.source("organization", "Company", parent=hidden["owner"].pk)
    room.says(company, claim, directness="second_hand")
    room.says(hidden["owner"], claim)
    room.says(room.paper("A letter", author=hidden["author"].pk, establishes=[second.pk]), second)
    room.says(room.paper("A licence", issuer=hidden["issuer"].pk), second)
    room.says(hidden["author"], second)
    call = briefings.record(desk_id=room.desk.pk, name="Friday call", actor=rosa, now=now)
    room.says(hidden["briefed"], second, briefing=call.pk)
    origin = room.says(hidden["repeated"], second)
    repeat = room.says(room.source("outlet", "Harbour Gazette"), second, directness="relayed", obtained_by="external")
    statements.relay(derived_id=repeat.pk, origin_id=origin.pk, actor=rosa, now=now)
    room.says(_same_person(room, "Rita Repeat", "repeated"), second)
    for relation in ("merged", "remaining"):
        room.says(hidden[relation], second)
    sources.merge(
        source_id=hidden["merged"].pk, into_id=hidden["remaining"].pk, reason="reasoncanary", actor=edith, now=now
    )
    for relation in ("party", "recipient"):
        request = replies.send(
            to_id=hidden[relation].pk, covers=[accusing.pk], question="Did you know?",
            deadline_at=now + timedelta(hours=2), reason="It runs tonight.", actor=rosa, now=now,
        )  # fmt: skip
    replies.answer(
        request_id=request.pk, outcome="declined", respondent_id=hidden["respondent"].pk, actor=rosa, now=now
    )
    room.settle()
    planted.claims = [claim, second, accusing]
    home, room.desk = room.desk, city
    story = room.story(*planted.claims, by="hugo", relies_on=[])
    room.use(story, planted.claims)
    room.desk = home
    room.settle()
    assert spoken.source_id == hidden["speaker"].pk
    return planted


def reader_at(desk: Desk, name: str, roles: set[Role]) -> User:
    """A user with these roles at one desk."""
    user = User.objects.create(username=name, email=f"{name}@newsroom.example", password="!")
    Membership.objects.bulk_create(Membership(user=user, desk=desk, role=role.value) for role in sorted(roles))
    return user


def _same_person(room: Room, name: str, relation: str) -> Source:
    """A named person who is, by the vault, the same as the protected source of this relation."""
    named = room.person(name)
    return sources.match_identity(
        source_id=named.pk, identity_name=f"realcanary{relation}", identity_known_by=f"knowncanary{relation}",
        actor=room.people["rosa"], now=room.now,
    )  # fmt: skip


def claim_with_silent_party(room: Room, *, is_our_source: bool) -> Claim:
    """A claim on which an unnamed source speaks, and whose accused party declined to comment: one person or not."""
    identity = {"identity_name": "Zephyrine Quillfeather", "identity_known_by": "1970-03-12"}
    rosa, claim, party = room.people["rosa"], room.claim(), room.person("Harold Public")
    room.says(room.person("a keeper", unnamed=True, **identity), claim)
    claims.revise(claim_id=claim.pk, adverse_to=[party.pk], actor=rosa, now=room.now)
    asked = replies.send(
        to_id=party.pk, covers=[claim.pk], question="Is it so?", deadline_at=room.now + 5 * HOUR, actor=rosa,
        now=room.now,
    )  # fmt: skip
    name = identity["identity_name"] if is_our_source else "Harold Public"
    replies.answer(
        request_id=asked.pk, outcome="declined", respondent_name=name, respondent_known_by="1970-03-12", actor=rosa,
        now=room.now,
    )  # fmt: skip
    room.settle()
    claim.refresh_from_db()
    return claim
