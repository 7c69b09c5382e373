"""The demo newsroom as a newcomer finds it: the evening of the Journal's report, with the work half done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from editorial.management.demo import loader
from editorial.management.demo.case_data import HOUSE, Case, Person
from editorial.management.demo.seed import Filing
from editorial.models import Desk, User
from editorial.workflow.people import users
from editorial.workflow.review import signoffs
from editorial.workflow.stories import publication, stories

LONDON = "Europe/London"


@transaction.atomic
def load(*, password: str, now: datetime) -> None:
    """Fill an empty newsroom, all of it or nothing. What happens in it happened in the hours before `now`."""
    opened_at = now - timedelta(days=2)
    desks = {desk.slug: desk for desk in (_open(name, opened_at) for name in loader.desks())}
    staff = {person.username: _hire(person, desks, password, opened_at) for person in loader.people()}

    def filing(case: Case) -> Filing:
        return Filing(case, desk=desks[case.desk], people=staff)

    work_on_the_harbour(filing(loader.harbour()), now)
    work_on_the_journal(filing(loader.journal()), now)


def work_on_the_journal(filing: Filing, now: datetime) -> None:
    """Fifteen claims and forty repeats, checked as far as an evening allows; at the hour set, the gate refuses."""
    filing.now = now - timedelta(hours=5)
    filing.gather()
    filing.check()
    filing.reassess()

    filing.now = now - timedelta(hours=4)
    filing.repeat(loader.repeats())
    filing.reassess(["contact"])

    filing.now = now - timedelta(hours=3)
    story = filing.write()
    stories.submit(story_id=story, actor=filing.reporter, now=filing.now)
    stories.clear(story_id=story, actor=filing.editor, now=filing.now)

    filing.now = now - timedelta(hours=2)
    propose(filing, "nelson-said")
    propose_and_approve(filing, "journal-said")
    read(filing, "contact", "topics", "starlink", "theories", "warning", "awards", "prizes")
    # The lawyer has not got to the prizes yet.
    read_by_the_lawyer(filing, "contact", "topics", "starlink", "theories", "warning", "awards")

    filing.now = now - timedelta(hours=1)
    runs_at = now - timedelta(minutes=30)
    stories.schedule(story_id=story, at=runs_at, time_zone=LONDON, actor=filing.editor, now=filing.now)
    publication.publish_due(story_id=story, now=runs_at)
    publication.review(story_id=story, now=runs_at)


def work_on_the_harbour(filing: Filing, now: datetime) -> None:
    """Two names in the vault, one of them vouched for, and a third voice that is one of the two."""
    filing.now = now - timedelta(hours=7)
    filing.gather()
    filing.check()
    filing.reassess()

    filing.now = now - timedelta(hours=6)
    for request in filing.case.requests:
        filing.ask(request)
    propose_and_approve(filing, "overloaded")

    filing.now = now - timedelta(hours=5)
    story = filing.write()

    filing.now = now - timedelta(hours=1)
    for recognition in filing.case.recognised:
        filing.recognise(recognition)
    filing.reassess()
    publication.review(story_id=story, now=filing.now)


def propose(filing: Filing, claim: str) -> str:
    """Let the fact-checker put a finding before the editors."""
    signoff = signoffs.propose(claim_id=filing.ids[claim], actor=filing.fact_checker, now=filing.now)
    return str(signoff.pk)


def propose_and_approve(filing: Filing, claim: str) -> None:
    """Let the fact-checker propose, and the editor sign."""
    signoffs.approve(signoff_id=propose(filing, claim), actor=filing.editor, now=filing.now)


def read(filing: Filing, *names: str) -> None:
    """Let the standards editor read claims."""
    for name in names:
        signoffs.read_standards(claim_id=filing.ids[name], actor=filing.people["stanley"], now=filing.now)


def read_by_the_lawyer(filing: Filing, *names: str) -> None:
    """Let the lawyer read claims."""
    for name in names:
        signoffs.read_legal(claim_id=filing.ids[name], actor=filing.people["lena"], now=filing.now)


def _open(name: str, now: datetime) -> Desk:
    return users.open_desk(name=name, actor=None, now=now)


def _hire(person: Person, desks: dict[str, Desk], password: str, now: datetime) -> User:
    first_name, last_name = person.name.split(maxsplit=1)
    return users.hire(
        username=person.username,
        password=password,
        email=f"{person.username}@newsroom.example",
        first_name=first_name,
        last_name=last_name,
        time_zone=LONDON,
        memberships=[
            (role, None if place == HOUSE else desks[place].pk)
            for role, places in person.roles.items()
            for place in places
        ],
        actor=None,
        now=now,
    )
