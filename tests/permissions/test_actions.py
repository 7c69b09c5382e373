"""Every verb asks: whoever lacks the right is refused and changes nothing, and whoever has it is not turned away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from editorial.models import Membership, OutboxMessage, ReviewTask, SecondFactor, User, WebhookEndpoint
from editorial.policy import access
from editorial.policy.access import Role, SubjectFacts, Verb
from editorial.policy.verification import thresholds
from editorial.workflow.core.actions import Forbidden, NotFound, Refused
from editorial.workflow.evidence import briefings, claims, exhibits, sources, statements
from editorial.workflow.imports import imports
from editorial.workflow.ops import dead_letters, webhooks
from editorial.workflow.people import second_factors, tokens, users
from editorial.workflow.review import policies, replies, signoffs, tasks
from editorial.workflow.stories import publication, stories
from tests.permissions import roles_table
from tests.support.cast import Room

RIGHTS = roles_table.rights()
HOUSE = SubjectFacts()
STRICT = {name: rules for name, rules in thresholds.default().plain().items() if name != "version"}

Act = Callable[[User], object]


class _Whoever(frozenset):  # type: ignore[type-arg]
    """Whoever it is that acts."""

    def __contains__(self, _: object) -> bool:
        return True


ONESELF = SubjectFacts(owners=_Whoever({"whoever"}))


class Doings:
    """For each verb, something that it can be done to: what access sees of that, and the doing."""

    def __init__(self, room: Room) -> None:
        self.room, self.now, self.desk = room, room.now, room.desk
        at_desk = SubjectFacts(desks=frozenset({str(room.desk.pk)}))
        self.found: dict[Verb, tuple[SubjectFacts, Act]] = {}
        for subjects in (self.of_stories, self.of_claims, self.of_sources, self.of_replies, self.of_reviews):
            for verb, (row, verb_of, given) in subjects().items():
                subject = row.access_facts() if hasattr(row, "access_facts") else at_desk
                self.found[verb] = subject, self.doing(verb_of, given)
        for verb, (verb_of, given) in self.of_the_house().items():
            self.found[verb] = HOUSE, self.doing(verb_of, given)
        for verb, (subject, verb_of, given) in self.of_accounts().items():
            self.found[verb] = subject, self.doing(verb_of, given)
        for verb in (Verb.WEBHOOK_ADD, Verb.WEBHOOK_STOP, Verb.WEBHOOK_ROTATE):
            self.found[verb] = at_desk, self.found[verb][1]

    def doing(self, verb_of: Callable[..., object], given: dict[str, Any]) -> Act:
        return lambda actor: verb_of(**given, actor=actor, now=self.now)

    def of_stories(self):
        story = self.room.story(self.room.claim())
        stories.assign(
            story_id=story.pk, authors=[self.room.people["rosa"].pk], actor=self.room.people["edith"], now=self.now
        )
        it = {"story_id": story.pk}
        because = it | {"reason": "So be it."}
        at = {"at": self.now + timedelta(hours=1), "time_zone": "UTC"}
        return {
            Verb.STORY_PITCH: (None, stories.pitch, {"desk_id": self.desk.pk, "headline": "The dam"}),
            Verb.STORY_ASSIGN: (story, stories.assign, it | {"authors": [self.room.people["ruben"].pk]}),
            Verb.STORY_REVISE: (story, stories.revise, it | {"headline": "The gate, again"}),
            Verb.STORY_SUBMIT: (story, stories.submit, it),
            Verb.STORY_CLEAR: (story, stories.clear, it),
            Verb.STORY_SCHEDULE: (story, stories.schedule, it | at),
            Verb.STORY_PUBLISH: (story, publication.publish, it),
            Verb.STORY_CORRECT: (story, publication.correct, it | {"text": "It was shut."}),
            Verb.STORY_WITHHOLD: (story, publication.withhold, because),
            Verb.STORY_RETRACT: (story, publication.retract, because),
            Verb.STORY_SPIKE: (story, stories.spike, because),
            Verb.STORY_TICK: (story, stories.tick, it | {"claim_id": self.room.claim().pk, "code": "C_ATTRIBUTE"}),
            Verb.STORY_OVERRIDE: (story, stories.override, because | {"code": "E_REPLY_PENDING"}),
        }

    def of_claims(self):
        claim, other = self.room.claim(), self.room.claim("The gate stood open.")
        told = self.room.says(self.room.person(), claim)
        repeat = self.room.says(self.room.source("outlet"), claim, direct="relayed")
        it, said = {"claim_id": claim.pk}, {"statement_id": told.pk}
        reason = {"reason": "So be it."}
        new = {"desk_id": self.desk.pk, "text": "The dam held."}
        statement = {"source_id": self.room.person().pk, "stance": "affirms", "direct": "first_hand"}
        archived = {"desk_id": self.desk.pk, "title": "Log", "text": "Open."}
        sheet = {"desk_id": self.desk.pk, "kind": "claims_sheet"}
        rosa, lines = self.room.people["rosa"], BytesIO(b"text\nThe dam broke.\n")
        begun = imports.begin(**sheet, file=lines, actor=rosa, now=self.now)
        return {
            Verb.SEE: (claim, lambda claim_id, actor, now: claims.find(claims.Claim, claim_id, actor), it),
            Verb.CLAIM_FILE: (None, claims.file, new),
            Verb.CLAIM_REVISE: (claim, claims.revise, it | {"text": "The gate was ajar."}),
            Verb.CLAIM_SPLIT: (claim, claims.split, it | {"texts": ["There is a gate.", "It was open."]}),
            Verb.CLAIM_MERGE: (claim, claims.merge, it | {"into_id": other.pk}),
            Verb.CLAIM_DROP: (claim, claims.drop, it | reason),
            Verb.STATEMENT_RECORD: (claim, statements.record, it | statement),
            Verb.STATEMENT_REVISE: (claim, statements.revise, said | {"quote": "It was."}),
            Verb.STATEMENT_WITHDRAW: (claim, statements.withdraw, said | reason),
            Verb.STATEMENT_RETRACT: (claim, statements.retract, said | reason),
            Verb.STATEMENT_RELAY: (claim, statements.relay, {"derived_id": repeat.pk, "origin_id": told.pk}),
            Verb.BRIEFING_HOLD: (None, briefings.hold, {"desk_id": self.desk.pk, "name": "Noon call"}),
            Verb.EXHIBIT_ATTACH: (None, exhibits.attach, archived),
            Verb.IMPORT_BEGIN: (None, imports.begin, sheet | {"file": BytesIO(b"text\nThe dam held.\n")}),
            Verb.IMPORT_STOP: (begun, imports.stop, {"import_id": begun.pk}),
        } | self.of_signoffs()

    def of_signoffs(self):
        found, proposed = self.room.corroborated(), self.room.corroborated(risk="serious")
        proposal = signoffs.propose(claim_id=proposed.pk, actor=self.room.people["felix"], now=self.now)
        it = {"signoff_id": proposal.pk}
        return {
            Verb.SIGNOFF_PROPOSE: (found, signoffs.propose, {"claim_id": found.pk}),
            Verb.SIGNOFF_APPROVE: (proposed, signoffs.approve, it),
            Verb.SIGNOFF_REJECT: (proposed, signoffs.reject, it | {"reason": "Too thin."}),
            Verb.SIGNOFF_READ_STANDARDS: (proposed, signoffs.read_standards, {"claim_id": proposed.pk}),
            Verb.SIGNOFF_READ_LEGAL: (proposed, signoffs.read_legal, {"claim_id": proposed.pk}),
        }

    def of_sources(self):
        known, other, paper = self.room.person(), self.room.person(), self.room.paper(authenticated=False)
        hidden = self.room.person("a keeper", unnamed=True, identity_name="Jo Roe", identity_known_by="1970")
        it, its, hers = {"source_id": known.pk}, {"source_id": paper.pk}, {"source_id": hidden.pk}
        reason = {"reason": "So be it."}
        veil = {"name": "a clerk", "identity_name": "Lida Fenn", "identity_known_by": "1961"}
        new = {"desk_id": self.desk.pk, "type": "person", "name": "Ben Ode"}
        return {
            Verb.SOURCE_REGISTER: (None, sources.register, new),
            Verb.SOURCE_REVISE: (known, sources.revise, it | {"camp": "north"}),
            Verb.SOURCE_RATE: (known, sources.rate, it | {"reliability": "C"}),
            Verb.SOURCE_AUTHENTICATE: (paper, sources.authenticate, its | reason),
            Verb.SOURCE_PROTECT: (known, sources.protect, it | veil),
            Verb.SOURCE_RECOGNISE: (
                known,
                sources.recognise,
                it | {"identity_name": "Lida Fenn", "identity_known_by": "1961"},
            ),
            Verb.SOURCE_VOUCH: (hidden, sources.vouch, hers | reason),
            Verb.SOURCE_UNMASK: (hidden, sources.unmask, hers | reason),
            Verb.SOURCE_MERGE: (known, sources.merge, it | {"into_id": other.pk} | reason),
        }

    def of_replies(self):
        claim, party = self.room.claim(), self.room.person()
        asked = {"to_id": party.pk, "covers": [claim.pk], "question": "?", "deadline_at": self.now}
        request = replies.send(**asked, actor=self.room.people["rosa"], now=self.now)
        waived = {"to_id": party.pk, "covers": [claim.pk], "reason": "He is dead."}
        return {
            Verb.REPLY_SEND: (claim, replies.send, asked),
            Verb.REPLY_ANSWER: (claim, replies.answer, {"request_id": request.pk, "outcome": "declined"}),
            Verb.REPLY_WAIVE: (claim, replies.waive, waived),
        }

    def of_reviews(self):
        claim = self.room.claim()
        self.room.says(self.room.paper(authenticated=False), claim)
        self.room.settle()
        task, held = ReviewTask.objects.filter(claim=claim).order_by("kind")[:2]
        tasks.take(task_id=held.pk, actor=self.room.people["felix"], now=self.now)
        held.refresh_from_db()
        it, ours = {"task_id": task.pk}, {"task_id": held.pk}
        return {
            Verb.REVIEW_TAKE: (task, tasks.take, it),
            Verb.REVIEW_EXTEND: (held, tasks.extend, ours),
            Verb.REVIEW_RELEASE: (held, tasks.release, ours),
            Verb.REVIEW_FINISH: (held, tasks.finish, ours | {"outcome": "found"}),
        }

    def of_the_house(self):
        room = self.room
        letter = OutboxMessage.objects.latest("id")
        OutboxMessage.objects.filter(pk=letter.pk).update(state="dead")
        endpoint = WebhookEndpoint.objects.create(
            desk=self.desk, url="https://hooks.example/1", sealed_secret=b"x", added_by=room.people["ada"],
            added_at=self.now,
        )  # fmt: skip
        link = Membership.objects.get(user=room.people["cora"])
        someone = {"user_id": room.people["carl"].pk}
        new = {"username": "nina", "password": "a long and winding word", "email": "n@newsroom.example"}
        return {
            Verb.MESSAGE_REPLAY: (dead_letters.replay, {"message_id": letter.pk}),
            Verb.MESSAGE_TAKE: (dead_letters.take, {"message_id": letter.pk}),
            Verb.MESSAGE_ASSIGN: (dead_letters.assign, {"message_id": letter.pk, "owner_id": room.people["ada"].pk}),
            Verb.MESSAGE_SET_ASIDE: (dead_letters.set_aside, {"message_id": letter.pk, "reason": "Not needed."}),
            Verb.WEBHOOK_ADD: (webhooks.add, {"desk_id": self.desk.pk, "url": "https://1.1.1.1/hook"}),
            Verb.WEBHOOK_STOP: (webhooks.stop, {"endpoint_id": endpoint.pk}),
            Verb.WEBHOOK_ROTATE: (webhooks.rotate, {"endpoint_id": endpoint.pk}),
            Verb.POLICY_ADOPT: (policies.adopt, {"name": "Stricter", "note": "So be it.", "rules": STRICT}),
            Verb.DESK_OPEN: (users.open_desk, {"name": "Sport"}),
            Verb.PERSON_HIRE: (users.hire, new | {"memberships": [("reporter", None)]}),
            Verb.PERSON_REVISE: (users.revise, someone | {"first_name": "Karl"}),
            Verb.PERSON_APPOINT: (users.appoint, someone | {"role": "editor"}),
            Verb.PERSON_RELIEVE: (users.relieve, {"membership_id": link.pk}),
            Verb.PERSON_SUSPEND: (users.suspend, someone),
            Verb.PERSON_READMIT: (users.readmit, {"user_id": room.people["gina"].pk}),
        }

    def of_accounts(self):
        felix, carl = self.room.people["felix"], self.room.people["carl"]
        token = tokens.issue(user_id=felix.pk, actor=felix, now=self.now).token
        begun = second_factors.begin(actor=felix, now=self.now)
        confirmed = second_factors.begin(actor=carl, now=self.now)
        SecondFactor.objects.filter(pk=confirmed.pk).update(confirmed_at=self.now)
        wrong, it = {"code": "000000"}, {"factor_id": confirmed.pk}
        of_felix = SubjectFacts(owners=frozenset({str(felix.pk)}))
        return {
            Verb.TOKEN_ISSUE: (of_felix, tokens.issue, {"user_id": felix.pk, "scopes": ["file"]}),
            Verb.TOKEN_REVOKE: (token.access_facts(), tokens.revoke, {"token_id": token.pk}),
            Verb.FACTOR_BEGIN: (ONESELF, second_factors.begin, {}),
            Verb.FACTOR_CONFIRM: (begun.access_facts(), second_factors.confirm, {"factor_id": begun.pk} | wrong),
            Verb.FACTOR_RENEW: (confirmed.access_facts(), second_factors.renew, it | wrong),
            Verb.FACTOR_RESET: (confirmed.access_facts(), second_factors.reset, it | wrong | {"reason": "Lost."}),
            Verb.PERSON_CHANGE_PASSWORD: (ONESELF, users.change_password, {"old": "!", "new": "a winding word"}),
        }


@pytest.fixture
def doings(room):
    """What can be done."""
    return Doings(room).found


@pytest.fixture
def tried(room, people):
    """Who tries: each role at this desk – or in the whole house, for what belongs to no desk – and some others."""
    others = [people[name] for name in ("felix", "carl", "cleo", "noel", "gina")]
    at_desk, in_house = (
        others + [appointed(role, desk) for role in Role] for desk in (room.desk, None)
    )  # fmt: skip
    return lambda subject: at_desk if subject.desks else in_house


def appointed(role, desk):
    person = User(username=f"{role} of {desk or 'the house'}", email="o@newsroom.example", password="!")
    User.objects.bulk_create([person])
    Membership.objects.create(user=person, desk=desk, role=role)
    return person


def test_whoever_lacks_the_right_is_refused_and_changes_nothing(doings, tried, subtests):
    assert set(doings) == set(Verb), "every verb is tried"
    before = everything()
    for verb, (subject, act) in doings.items():
        with subtests.test(verb=verb):
            for person in tried(subject):
                facts = person.facts()
                if not may(facts, verb, subject):
                    refusal = carried_out(act, person)
                    assert isinstance(refusal, Forbidden | NotFound), f"{person}: {refusal!r}"
                    unseen = verb in access.ON_ONESELF or not access.may(facts, Verb.SEE, subject)
                    assert isinstance(refusal, Forbidden) or unseen, (
                        f"{person} sees it and is told that it is not there"
                    )
            assert everything() == before


def test_whoever_has_the_right_is_not_turned_away(doings, tried, subtests):
    for verb, (subject, act) in doings.items():
        with subtests.test(verb=verb):
            able = [person for person in tried(subject) if may(person.facts(), verb, subject)]
            assert able, "nobody in the cast may do this"
            for person in able:
                with rolled_back():
                    refusal = carried_out(act, person)
                assert not isinstance(refusal, NotFound), f"{person}: {refusal}"
                assert "FORBIDDEN" not in [reason.code for reason in getattr(refusal, "reasons", ())], str(person)


def may(facts, verb, subject):
    """What the table says, by role and place alone; the verbs must not know better."""
    if verb is Verb.REVIEW_TAKE:
        kinds = roles_table.task_kinds()
        cells = {kinds.get((subject.task.value, role), kinds["any other", role]) for role in held(facts, subject)}
    else:
        cells = {RIGHTS[verb.value, role] for role in held(facts, subject)}
    on_oneself = RIGHTS.get((verb.value, Role.REPORTER)) == "self" and facts.memberships and facts.id in subject.owners
    return facts.active and bool("desk" in cells or ("own" in cells and facts.id in subject.owners) or on_oneself)


def held(facts, subject):
    return {role for role, desk in facts.memberships if desk is None or desk in subject.desks}


def carried_out(act: Act, person: User) -> object:
    try:
        act(person)
    except Refused as refusal:
        return refusal
    return None


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is done inside is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, history, events and messages included."""
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str)
        for model in apps.get_app_config("editorial").get_models()
    }
