"""Fills the demo newsroom: the evening of the Journal's report, with the work half done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from editorial.management.demo import loader
from editorial.management.demo.case_data import ALL_DESKS, Case, DemoUser
from editorial.management.demo.seed import CaseSeeder
from editorial.models import Desk, User
from editorial.workflow.people import users
from editorial.workflow.review import signoffs
from editorial.workflow.stories import publication, stories

LONDON = "Europe/London"


@transaction.atomic
def load(*, password: str, now: datetime) -> None:
    """Fill an empty newsroom: everything or nothing. Its events happened in the hours before `now`."""
    opened_at = now - timedelta(days=2)
    desks = {desk.slug: desk for desk in (_create_desk(name, opened_at) for name in loader.desks())}
    staff = {person.username: _create_user(person, desks, password, opened_at) for person in loader.people()}

    def filing(case: Case) -> CaseSeeder:
        return CaseSeeder(case, desk=desks[case.desk], people=staff)

    seed_harbour(filing(loader.harbour()), now)
    seed_journal(filing(loader.journal()), now)


def seed_journal(seeder: CaseSeeder, now: datetime) -> None:
    """Fifteen claims and forty repeats, checked as far as an evening allows; the gate blocks the scheduled story."""
    seeder.now = now - timedelta(hours=5)
    seeder.enter_material()
    seeder.reassess()

    seeder.now = now - timedelta(hours=4)
    seeder.enter_repeats()
    seeder.reassess(["contact"])

    seeder.now = now - timedelta(hours=3)
    story = seeder.write()
    stories.submit(story_id=story, actor=seeder.reporter, now=seeder.now)
    stories.clear(story_id=story, actor=seeder.editor, now=seeder.now)

    seeder.now = now - timedelta(hours=2)
    propose(seeder, "nelson-said")
    propose_and_approve(seeder, "journal-said")
    standards_review(seeder, "contact", "topics", "starlink", "theories", "warning", "awards", "prizes")
    # The lawyer has not reviewed the prizes yet.
    legal_review(seeder, "contact", "topics", "starlink", "theories", "warning", "awards")

    seeder.now = now - timedelta(hours=1)
    runs_at = now - timedelta(minutes=30)
    stories.schedule(story_id=story, at=runs_at, time_zone=LONDON, actor=seeder.editor, now=seeder.now)
    publication.publish_due(story_id=story, now=runs_at)
    publication.reevaluate(story_id=story, now=runs_at)


def seed_harbour(seeder: CaseSeeder, now: datetime) -> None:
    """Two names in the vault, one of them vouched for, and a third source that is one of the two."""
    seeder.now = now - timedelta(hours=7)
    seeder.enter_material()
    seeder.reassess()

    seeder.now = now - timedelta(hours=6)
    for request in seeder.case.requests:
        seeder.ask(request)
    propose_and_approve(seeder, "overloaded")

    seeder.now = now - timedelta(hours=5)
    story = seeder.write()

    seeder.now = now - timedelta(hours=1)
    for match in seeder.case.identity_matches:
        seeder.protect_identity(match)
    seeder.reassess()
    publication.reevaluate(story_id=story, now=seeder.now)


def propose(seeder: CaseSeeder, claim: str) -> str:
    signoff = signoffs.propose(claim_id=seeder.ids[claim], actor=seeder.fact_checker, now=seeder.now)
    return str(signoff.pk)


def propose_and_approve(seeder: CaseSeeder, claim: str) -> None:
    """Propose as the fact-checker and approve as the editor."""
    signoffs.approve(signoff_id=propose(seeder, claim), actor=seeder.editor, now=seeder.now)


def standards_review(seeder: CaseSeeder, *names: str) -> None:
    for name in names:
        signoffs.read_standards(claim_id=seeder.ids[name], actor=seeder.people["stanley"], now=seeder.now)


def legal_review(seeder: CaseSeeder, *names: str) -> None:
    for name in names:
        signoffs.read_legal(claim_id=seeder.ids[name], actor=seeder.people["lena"], now=seeder.now)


def _create_desk(name: str, now: datetime) -> Desk:
    return users.open_desk(name=name, actor=None, now=now)


def _create_user(person: DemoUser, desks: dict[str, Desk], password: str, now: datetime) -> User:
    first_name, last_name = person.name.split(maxsplit=1)
    return users.create(
        username=person.username,
        password=password,
        email=f"{person.username}@newsroom.example",
        first_name=first_name,
        last_name=last_name,
        time_zone=LONDON,
        memberships=[
            (role, None if place == ALL_DESKS else desks[place].pk)
            for role, places in person.roles.items()
            for place in places
        ],
        actor=None,
        now=now,
    )
