"""Who may do what: one table, asked by every verb, every list and every button.

A role holds at one desk or, where no desk is named, in the whole house. A right is held *at the desk* of the object or
only on *one's own* objects (stories one writes, tasks one has taken). Four-eyes rules are not here but with the verbs
they bind: they speak of what a person did, not of who they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from editorial.policy.vocabulary import TaskKind, Term


class Role(Term):
    """What somebody is at a desk, or in the whole house."""

    REPORTER = "reporter"
    FACT_CHECKER = "fact_checker"
    COPY_EDITOR = "copy_editor"
    EDITOR = "editor"
    SENIOR_EDITOR = "senior_editor"
    STANDARDS_EDITOR = "standards_editor"
    LAWYER = "lawyer"
    CUSTODIAN = "custodian"
    ADMIN = "admin"


class Verb(Term):
    """Everything that a person can do to editorial data, and seeing it."""

    SEE = "see"
    STORY_PITCH = "story.pitch"
    STORY_ASSIGN = "story.assign"
    STORY_REVISE = "story.revise"
    STORY_SUBMIT = "story.submit"
    STORY_CLEAR = "story.clear"
    STORY_SCHEDULE = "story.schedule"
    STORY_PUBLISH = "story.publish"
    STORY_CORRECT = "story.correct"
    STORY_WITHHOLD = "story.withhold"
    STORY_RETRACT = "story.retract"
    STORY_SPIKE = "story.spike"
    STORY_TICK = "story.tick"
    STORY_OVERRIDE = "story.override"
    CLAIM_FILE = "claim.file"
    CLAIM_REVISE = "claim.revise"
    CLAIM_SPLIT = "claim.split"
    CLAIM_MERGE = "claim.merge"
    CLAIM_DROP = "claim.drop"
    SOURCE_REGISTER = "source.register"
    SOURCE_REVISE = "source.revise"
    SOURCE_RATE = "source.rate"
    SOURCE_AUTHENTICATE = "source.authenticate"
    SOURCE_PROTECT = "source.protect"
    SOURCE_RECOGNISE = "source.recognise"
    SOURCE_VOUCH = "source.vouch"
    SOURCE_UNMASK = "source.unmask"
    SOURCE_MERGE = "source.merge"
    STATEMENT_RECORD = "statement.record"
    STATEMENT_REVISE = "statement.revise"
    STATEMENT_WITHDRAW = "statement.withdraw"
    STATEMENT_RETRACT = "statement.retract"
    STATEMENT_RELAY = "statement.relay"
    BRIEFING_HOLD = "briefing.hold"
    EXHIBIT_ATTACH = "exhibit.attach"
    REPLY_SEND = "reply.send"
    REPLY_ANSWER = "reply.answer"
    REPLY_WAIVE = "reply.waive"
    REVIEW_TAKE = "review.take"
    REVIEW_EXTEND = "review.extend"
    REVIEW_RELEASE = "review.release"
    REVIEW_FINISH = "review.finish"
    SIGNOFF_PROPOSE = "signoff.propose"
    SIGNOFF_APPROVE = "signoff.approve"
    SIGNOFF_REJECT = "signoff.reject"
    SIGNOFF_READ_STANDARDS = "signoff.read_standards"
    SIGNOFF_READ_LEGAL = "signoff.read_legal"
    WEBHOOK_ADD = "webhook.add"
    WEBHOOK_STOP = "webhook.stop"
    POLICY_ADOPT = "policy.adopt"
    MESSAGE_REPLAY = "message.replay"
    DESK_OPEN = "desk.open"
    PERSON_HIRE = "person.hire"
    PERSON_REVISE = "person.revise"
    PERSON_APPOINT = "person.appoint"
    PERSON_RELIEVE = "person.relieve"
    PERSON_SUSPEND = "person.suspend"
    PERSON_READMIT = "person.readmit"


@dataclass(frozen=True, slots=True)
class ActorFacts:
    """A person as access sees them. `memberships` pair a role with a desk id; no desk means the whole house."""

    id: str
    active: bool
    memberships: frozenset[tuple[Role, str | None]]

    def roles_at(self, desks: frozenset[str]) -> frozenset[Role]:
        """The roles this person holds at any of these desks, house-wide roles included."""
        return frozenset(role for role, desk in self.memberships if desk is None or desk in desks)


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """An object as access sees it: its desks, whose own it is, its kind if it is a task; `shared`: all may see it."""

    desks: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    task: TaskKind | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer with its reasons; true where it is allowed."""

    allowed: bool
    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed


_R = Role
_GATHERERS = frozenset({_R.REPORTER, _R.FACT_CHECKER, _R.EDITOR, _R.SENIOR_EDITOR})
_EDITORS = frozenset({_R.EDITOR, _R.SENIOR_EDITOR})

AT_THE_DESK: dict[Verb, frozenset[Role]] = {
    Verb.SEE: frozenset(Role),
    Verb.STORY_PITCH: frozenset({_R.REPORTER}) | _EDITORS,
    Verb.STORY_ASSIGN: _EDITORS,
    Verb.STORY_REVISE: _EDITORS | {_R.COPY_EDITOR},
    Verb.STORY_SUBMIT: _EDITORS,
    Verb.STORY_CLEAR: _EDITORS,
    Verb.STORY_SCHEDULE: _EDITORS,
    Verb.STORY_PUBLISH: _EDITORS,
    Verb.STORY_CORRECT: _EDITORS,
    Verb.STORY_WITHHOLD: _EDITORS | {_R.STANDARDS_EDITOR},
    Verb.STORY_RETRACT: frozenset({_R.SENIOR_EDITOR, _R.STANDARDS_EDITOR}),
    Verb.STORY_SPIKE: _EDITORS,
    Verb.STORY_TICK: frozenset({_R.COPY_EDITOR}),
    Verb.STORY_OVERRIDE: frozenset({_R.SENIOR_EDITOR}),
    Verb.CLAIM_FILE: _GATHERERS,
    Verb.CLAIM_REVISE: _GATHERERS,
    Verb.CLAIM_SPLIT: _GATHERERS,
    Verb.CLAIM_MERGE: _EDITORS | {_R.FACT_CHECKER},
    Verb.CLAIM_DROP: _EDITORS | {_R.FACT_CHECKER},
    Verb.SOURCE_REGISTER: _GATHERERS,
    Verb.SOURCE_REVISE: _GATHERERS,
    Verb.SOURCE_RATE: _EDITORS | {_R.FACT_CHECKER, _R.STANDARDS_EDITOR},
    Verb.SOURCE_AUTHENTICATE: _EDITORS | {_R.FACT_CHECKER, _R.STANDARDS_EDITOR},
    Verb.SOURCE_PROTECT: _GATHERERS | {_R.CUSTODIAN},
    Verb.SOURCE_RECOGNISE: _GATHERERS | {_R.CUSTODIAN},
    Verb.SOURCE_VOUCH: _EDITORS | {_R.STANDARDS_EDITOR},
    Verb.SOURCE_UNMASK: frozenset({_R.CUSTODIAN, _R.STANDARDS_EDITOR}),
    Verb.SOURCE_MERGE: _EDITORS | {_R.CUSTODIAN},
    Verb.STATEMENT_RECORD: _GATHERERS,
    Verb.STATEMENT_REVISE: _GATHERERS,
    Verb.STATEMENT_WITHDRAW: _GATHERERS,
    Verb.STATEMENT_RETRACT: _GATHERERS,
    Verb.STATEMENT_RELAY: _GATHERERS,
    Verb.BRIEFING_HOLD: _GATHERERS,
    Verb.EXHIBIT_ATTACH: _GATHERERS,
    Verb.REPLY_SEND: _GATHERERS,
    Verb.REPLY_ANSWER: _GATHERERS,
    Verb.REPLY_WAIVE: _EDITORS,
    Verb.REVIEW_RELEASE: _EDITORS,
    Verb.SIGNOFF_PROPOSE: frozenset({_R.FACT_CHECKER}),
    Verb.SIGNOFF_APPROVE: _EDITORS,
    Verb.SIGNOFF_REJECT: _EDITORS | {_R.STANDARDS_EDITOR},
    Verb.SIGNOFF_READ_STANDARDS: frozenset({_R.STANDARDS_EDITOR}),
    Verb.SIGNOFF_READ_LEGAL: frozenset({_R.LAWYER}),
    Verb.WEBHOOK_ADD: frozenset({_R.ADMIN}),
    Verb.WEBHOOK_STOP: frozenset({_R.ADMIN}),
    Verb.POLICY_ADOPT: frozenset({_R.STANDARDS_EDITOR}),
    Verb.MESSAGE_REPLAY: frozenset({_R.ADMIN}),
    Verb.DESK_OPEN: frozenset({_R.ADMIN}),
    Verb.PERSON_HIRE: frozenset({_R.ADMIN}),
    Verb.PERSON_REVISE: frozenset({_R.ADMIN}),
    Verb.PERSON_APPOINT: frozenset({_R.ADMIN}),
    Verb.PERSON_RELIEVE: frozenset({_R.ADMIN}),
    Verb.PERSON_SUSPEND: frozenset({_R.ADMIN}),
    Verb.PERSON_READMIT: frozenset({_R.ADMIN}),
}

# Rights that follow from what is one's own, not from the desk alone.
ON_ONES_OWN: dict[Verb, frozenset[Role]] = {
    Verb.STORY_REVISE: frozenset({_R.REPORTER}),
    Verb.STORY_SUBMIT: frozenset({_R.REPORTER}),
    Verb.REVIEW_EXTEND: frozenset(Role),
    Verb.REVIEW_RELEASE: frozenset(Role),
    Verb.REVIEW_FINISH: frozenset(Role),
}

# Whose work a review task is; every kind that is not named is for those who gather.
TASKS_FOR: dict[TaskKind, frozenset[Role]] = {
    TaskKind.ASSESS_SOURCE: AT_THE_DESK[Verb.SOURCE_RATE],
    TaskKind.AUTHENTICATE: AT_THE_DESK[Verb.SOURCE_AUTHENTICATE],
    TaskKind.IDENTIFY_SOURCE: AT_THE_DESK[Verb.SOURCE_VOUCH],
    TaskKind.SECOND_REVIEW: AT_THE_DESK[Verb.SIGNOFF_PROPOSE] | AT_THE_DESK[Verb.SIGNOFF_APPROVE],
    TaskKind.STANDARDS_READ: AT_THE_DESK[Verb.SIGNOFF_READ_STANDARDS],
    TaskKind.LEGAL_READ: AT_THE_DESK[Verb.SIGNOFF_READ_LEGAL],
}


def roles_for(verb: Verb, subject: SubjectFacts) -> frozenset[Role]:
    """The roles that carry a right at the object's desk, whoever holds them."""
    if verb is Verb.REVIEW_TAKE:
        return TASKS_FOR.get(subject.task, _GATHERERS) if subject.task else frozenset()
    return AT_THE_DESK.get(verb, frozenset())


def may(actor: ActorFacts, verb: Verb, subject: SubjectFacts) -> Decision:
    """Whether this person may do this to that object, and if not, who may."""
    if not actor.active:
        return Decision(False, ("Your account is not active.",))
    held = actor.roles_at(subject.desks)
    if verb is Verb.SEE and subject.shared and actor.memberships:
        return Decision(True)
    if not held:
        return Decision(False, ("This belongs to a desk that you do not work at.",))
    allowed = roles_for(verb, subject)
    if held & allowed:
        return Decision(True)
    on_own = ON_ONES_OWN.get(verb, frozenset())
    if held & on_own and actor.id in subject.owners:
        return Decision(True)
    return Decision(False, (_who_may(verb, allowed, on_own),))


def tasks_open_to(actor: ActorFacts) -> dict[str | None, frozenset[TaskKind]]:
    """The kinds of review task this person may take, by desk (None: every desk): the row filter of *take next*."""
    if not actor.active:
        return {}
    kinds: dict[str | None, set[TaskKind]] = {}
    for role, desk in actor.memberships:
        able = {kind for kind in TaskKind if role in TASKS_FOR.get(kind, _GATHERERS)}
        kinds.setdefault(desk, set()).update(able)
    return {desk: frozenset(able) for desk, able in kinds.items() if able}


def _who_may(verb: Verb, allowed: frozenset[Role], on_own: frozenset[Role]) -> str:
    at_desk = ", ".join(sorted(role.replace("_", " ") for role in allowed))
    if on_own:
        own = "whoever has taken it" if verb.startswith("review.") else "its own authors"
        return f"Only {own}{f', or: {at_desk}' if at_desk else ''}."
    return f"This is for: {at_desk or 'nobody'}."
