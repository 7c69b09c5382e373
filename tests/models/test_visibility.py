"""Lists and `may` agree: no user sees a row too many or too few."""

from __future__ import annotations

import random
import threading
import time

import pytest
from django.db import IntegrityError, OperationalError, transaction

from editorial.models import (
    CarriedClaim,
    Claim,
    Comment,
    CompoundMember,
    Desk,
    Exhibit,
    Membership,
    ReceivedAnswer,
    ReplyRequest,
    ReviewTask,
    Source,
    Statement,
    Story,
    Token,
    User,
    WebhookEndpoint,
)
from editorial.policy import access
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from editorial.workflow.evidence import exhibits
from editorial.workflow.ops import webhooks
from editorial.workflow.people import tokens
from editorial.workflow.review import comments, replies, task_offers
from tests.support import incoming_mail
from tests.support.cast import exceptions_in, run_concurrently

pytestmark = pytest.mark.exhaustive

SEEN = (Story, Claim, Statement, Source, ReviewTask, ReplyRequest, ReceivedAnswer, Exhibit, Comment)
DRAWN = 40


@pytest.fixture
def desks(room, politics, city):
    """Four desks with rows at each, and rows of one that are used at another."""
    business, sport = (Desk.objects.create(name=name, slug=name) for name in ("business", "sport"))
    hugo, rosa = room.people["hugo"], room.people["rosa"]
    all_desks = [politics, city, business, sport]
    for desk in all_desks:
        own = room.claim(f"Own of {desk}", by="hugo", desk_id=desk.pk)
        known = room.source("person", by="hugo", desk_id=desk.pk)
        hidden = room.source("person", by="hugo", desk_id=desk.pk, unnamed=True)
        for source in (known, hidden):
            room.says(source, own, by="hugo")
        exhibits.attach(desk_id=desk.pk, title="Log", text=f"Of {desk}", actor=hugo, now=room.now)
        room.desk = desk
        room.story(own, by="hugo")
    room.desk = politics
    elsewhere = room.claim("Of politics, used at city and at sport.")
    compound, part = room.claim("A and B."), room.claim("A.")
    CompoundMember.objects.create(compound=compound, member=part)
    room.says(room.person(), part)
    said, charge = room.claim("She said P.", kind="utterance"), room.claim("P.")
    room.says(room.person(), charge)
    CarriedClaim.objects.create(utterance=said, carried=charge)
    for desk in (city, sport):
        room.desk = desk
        room.story(elsewhere, compound, said, by="hugo")
    room.desk = politics
    deadline = room.now.replace(year=2032)
    for covered in (elsewhere, part, room.claim("Used nowhere.")):
        replies.send(to_id=known.pk, covers=[covered.pk], question="?", deadline_at=deadline, actor=rosa, now=room.now)
    for request in ReplyRequest.objects.all():
        incoming_mail.receive(room, request)
    room.settle()
    on = {"claim": Claim, "statement": Statement, "story": Story, "task": ReviewTask}
    for name, model in on.items():
        for row in model.objects.all():
            comments.add(**{f"{name}_id": row.pk}, text="Who says so?", actor=hugo, now=room.now)
    return all_desks


def test_a_list_shows_exactly_the_visible_rows(desks, noel, gina):
    actors = list(draw_actors(desks))
    for model in SEEN:
        subjects = {row.pk: subject(row) for row in model.objects.all()}
        some = 0
        for actor in actors:
            listed = list(model.objects.visible_to(actor).values_list("pk", flat=True))
            assert len(listed) == len(set(listed)), "a row is listed twice"
            assert set(listed) == {key for key, facts in subjects.items() if access.may(actor, Action.SEE, facts)}, (
                model
            )
            some += 0 < len(listed) < len(subjects)
        assert not any(model.objects.visible_to(person.facts()).exists() for person in (noel, gina))
        assert some > DRAWN / 4, "the draw must contain people who see some rows and not others"


def subject(row):
    """The access facts of a row; a statement is visible with its claim, a request with any claim that it covers."""
    if isinstance(row, Claim):
        return at(row)
    if isinstance(row, Statement | ReviewTask):
        return at(row.claim)
    if isinstance(row, Comment):
        return subject(row.target)
    if isinstance(row, ReplyRequest):
        return at(*row.covers.all())
    if isinstance(row, ReceivedAnswer):
        return subject(row.request)
    return row.access_facts()


def at(*claims):
    """The desks of claims by the rule itself: their own, those of what contains them, and of the stories using one."""
    desks, seen, pending = set(), set(), list(claims)
    while pending:
        claim = pending.pop()
        if claim not in seen:
            seen.add(claim)
            desks |= {claim.desk_id, *Story.objects.filter(uses__claim=claim).values_list("desk_id", flat=True)}
            pending += [*claim.compounds.all(), *claim.carried_by.all()]
    return SubjectFacts(desks=frozenset(map(str, desks)))


def test_a_claim_is_visible_at_each_desk_whose_story_uses_it(desks, room):
    here, there, third, _ = desks
    claim, compound, part = room.claim("A and B and C."), room.claim("D and E."), room.claim("D.")
    room.desk = there
    tale = room.story(claim, by="hugo")
    again = room.story(claim, by="hugo")

    def seen_at(looked_at):
        looked_at.refresh_from_db()
        assert looked_at.access_facts() == at(looked_at)
        return set(looked_at.visibility.values_list("desk", flat=True))

    assert seen_at(claim) == {here.pk, there.pk}
    tale.uses.all().delete()
    assert seen_at(claim) == {here.pk, there.pk}, "the other story uses it still"
    again.uses.all().delete()
    assert seen_at(claim) == {here.pk}
    tale.uses.create(claim=compound, mode="attributed")
    assert seen_at(part) == {here.pk}
    link = CompoundMember.objects.create(compound=compound, member=part)
    assert seen_at(part) == {here.pk, there.pk}
    Story.objects.filter(pk=tale.pk).update(desk=third)
    assert seen_at(compound) == seen_at(part) == {here.pk, third.pk}
    tale.uses.update(claim=claim)
    assert (seen_at(compound), seen_at(claim)) == ({here.pk}, {here.pk, third.pk})
    tale.uses.update(claim=compound)
    link.delete()
    assert seen_at(part) == {here.pk}
    Claim.objects.filter(pk=part.pk).update(desk=there)
    assert seen_at(part) == {there.pk}


def test_a_carried_claim_is_seen_wherever_an_utterance_that_carries_it_is_seen(desks, room):
    here, there, third, fourth = desks
    charge = room.claim("P and Q.")
    part = room.claim("P.")
    CompoundMember.objects.create(compound=charge, member=part)
    room.desk = there
    said, both = (room.claim(text, kind="utterance", by="hugo") for text in ("She said so.", "She and he said so."))
    CompoundMember.objects.create(compound=both, member=said)
    room.desk = third
    tale = room.story(both, by="hugo")

    def desks_that_see(claim):
        assert claim.access_facts() == at(claim)
        return set(claim.visibility.values_list("desk", flat=True))

    assert desks_that_see(said) == {there.pk, third.pk}
    assert desks_that_see(charge) == desks_that_see(part) == {here.pk}
    link = CarriedClaim.objects.create(utterance=said, carried=charge)
    assert desks_that_see(charge) == desks_that_see(part) == {here.pk, there.pk, third.pk}
    Story.objects.filter(pk=tale.pk).update(desk=fourth)
    assert desks_that_see(part) == {here.pk, there.pk, fourth.pk}
    tale.uses.all().delete()
    assert desks_that_see(part) == {here.pk, there.pk}
    CarriedClaim.objects.filter(pk=link.pk).update(carried=part)
    assert (desks_that_see(charge), desks_that_see(part)) == ({here.pk}, {here.pk, there.pk})
    link.delete()
    assert desks_that_see(part) == {here.pk}


@pytest.mark.django_db(transaction=True)
def test_concurrent_story_changes_leave_each_claim_visible_to_exactly_its_desks(parallel):
    room, lot = parallel, random.Random(2)  # noqa: S311
    desks = [room.desk, *(Desk.objects.create(name=name, slug=name) for name in ("arts", "sport"))]
    compound, part, alone = room.claim("A and B."), room.claim("A."), room.claim("C.", kind="utterance")
    CompoundMember.objects.create(compound=compound, member=part)
    tales = []
    for room.desk in desks * 2:
        tales.append(room.story(by="hugo"))

    def carry():
        with transaction.atomic():
            if not alone.carried_links.filter(carried=compound).delete()[0]:
                CarriedClaim.objects.create(utterance=alone, carried=compound)

    def turn(tale, claim, desk):
        with transaction.atomic():
            if not tale.uses.filter(claim=claim).delete()[0]:
                tale.uses.create(claim=claim, mode="attributed")
        if desk:
            Story.objects.filter(pk=tale.pk).update(desk=desk)

    for _ in range(12):
        changes = [(tale, lot.choice([compound, part, alone]), lot.choice([None, *desks])) for tale in tales]
        # A story moves and takes up a claim at the same moment, too.
        changes += [(tales[0], alone, desks[2]), (tales[1], compound, desks[0])]
        outcomes = run_concurrently(*[lambda change=change: turn(*change) for change in changes], carry)
        assert all(isinstance(problem, OperationalError | IntegrityError) for problem in exceptions_in(outcomes))
        for claim in (compound, part, alone):
            assert {str(key) for key in claim.visibility.values_list("desk", flat=True)} == at(claim).desks


def test_without_a_role_or_an_active_account_nothing_is_visible(noel, gina):
    for person in (noel, gina):
        assert not access.may(person.facts(), Action.SEE, SubjectFacts(shared=True))


def test_private_rows_are_visible_to_their_owner_and_administrators(room, people, politics, city):
    for name in ("carl", "rosa"):
        tokens.issue(user_id=people[name].pk, actor=people[name], now=room.now)
    for desk in (politics, city):
        webhooks.add(desk_id=desk.pk, url="https://1.1.1.1/hook", actor=people["ada"], now=room.now)
    Membership.objects.create(user=people["cleo"], desk=city, role="admin")
    counts = {}
    for name, person in people.items():
        facts = person.facts()
        allowed = {row.pk for row in Token.objects.all() if access.may(facts, Action.SEE, row.access_facts())}
        assert allowed == set(Token.objects.visible_to(facts).values_list("pk", flat=True)), name
        allowed = {row.pk for row in WebhookEndpoint.objects.all() if access.may(facts, Action.SEE, row.access_facts())}
        assert allowed == set(WebhookEndpoint.objects.managed_by(facts).values_list("pk", flat=True)), name
        counts[name] = len(allowed)
    assert {name: count for name, count in counts.items() if count} == {"ada": 2, "cleo": 1}
    Membership.objects.filter(user=people["ada"]).update(role="reporter")
    (row, _) = WebhookEndpoint.objects.all()
    assert access.may(people["ada"].facts(), Action.SEE, row.access_facts()), "it is hers"
    assert not access.may(people["hugo"].facts(), Action.SEE, row.access_facts()), "a role at every desk is not enough"


def test_offered_tasks_are_exactly_those_the_user_may_take(desks, room):
    tasks = list(ReviewTask.objects.exclude(kind="SECOND_REVIEW"))
    facts = {task.pk: task.access_facts() for task in tasks}
    for number, actor in enumerate(draw_actors(desks)):
        person = User.objects.create(username=f"drawn {number}", is_active=actor.active)
        Membership.objects.bulk_create(
            Membership(user=person, role=role, desk_id=desk) for role, desk in actor.memberships
        )
        offered = set(task_offers.doable_by(person).exclude(kind="SECOND_REVIEW").values_list("pk", flat=True))
        facts_of_person = person.facts()
        assert offered == {
            pk for pk, subject in facts.items() if access.may(facts_of_person, Action.REVIEW_TAKE, subject)
        }


def draw_actors(desks):
    """Random users with random roles: at desks, at every desk, without a role, deactivated."""
    lot = random.Random(1)  # noqa: S311
    for _ in range(DRAWN):
        places = lot.choices([*(str(desk.pk) for desk in desks), None], weights=[4, 4, 4, 4, 1], k=lot.randint(0, 3))
        yield ActorFacts(
            id="drawn",
            active=lot.random() > 0.1,
            memberships=frozenset((lot.choice(list(Role)), place) for place in places),
        )


@pytest.mark.django_db(transaction=True)
def test_a_story_that_moves_waits_for_a_use_that_is_not_committed(parallel):
    room, claim, story = parallel, parallel.claim(), parallel.story(by="hugo")
    sport = Desk.objects.create(name="sport", slug="sport")
    used = threading.Event()

    def use():
        with transaction.atomic():
            story.uses.create(claim=claim, mode="attributed")
            used.set()
            time.sleep(0.5)  # the other one finds the use uncommitted

    def move():
        used.wait(10)
        Story.objects.filter(pk=story.pk).update(desk=sport)

    assert not exceptions_in(run_concurrently(use, move))
    assert set(claim.visibility.values_list("desk", flat=True)) == {room.desk.pk, sport.pk}
