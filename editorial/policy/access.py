"""Who may do what: one table, asked by every verb, every list and every button.

A role holds at one desk or, where no desk is named, in the whole house. A right is held *at the desk* of the object or
only on *one's own* objects (stories one writes, tasks one has taken). Whoever comes by a token may do what their roles
allow *and* the token's scopes hold. Four-eyes rules are not here but with the verbs they bind: they speak of what a
person did, not of who they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from editorial.policy.actions import SCOPE_OF
from editorial.policy.actions import Scope as Scope
from editorial.policy.actions import Verb as Verb
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


@dataclass(frozen=True, slots=True)
class ActorFacts:
    """A person as access sees them. `memberships` pair a role with a desk id; no desk means the whole house.

    `scopes` are those of the token that they come by; None, if they come by none, bounds nothing.
    """

    id: str
    active: bool
    memberships: frozenset[tuple[Role, str | None]]
    scopes: frozenset[Scope] | None = None

    def reaches(self, verb: Verb) -> bool:
        """Whether the token that they come by, if any, is good for this."""
        return self.scopes is None or SCOPE_OF[verb] in self.scopes

    def sees_anything(self) -> bool:
        """Whether there is anything at all for them: the least that every list asks."""
        return self.active and bool(self.memberships) and self.reaches(Verb.SEE)

    def roles_at(self, desks: frozenset[str]) -> frozenset[Role]:
        """The roles this person holds at any of these desks, house-wide roles included."""
        return frozenset(role for role, desk in self.memberships if desk is None or desk in desks)


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """An object as access sees it: its desks, whose own it is, its kind if it is a task.

    `shared`: all may see it. `private`: only whose own it is, and administrators there.
    """

    desks: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    task: TaskKind | None = None
    shared: bool = False
    private: bool = False


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
    Verb.IMPORT_BEGIN: _GATHERERS,
    Verb.IMPORT_STOP: _EDITORS,
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
    Verb.WEBHOOK_ROTATE: frozenset({_R.ADMIN}),
    Verb.POLICY_ADOPT: frozenset({_R.STANDARDS_EDITOR}),
    Verb.MESSAGE_REPLAY: frozenset({_R.ADMIN}),
    Verb.MESSAGE_TAKE: frozenset({_R.ADMIN}),
    Verb.MESSAGE_ASSIGN: frozenset({_R.ADMIN}),
    Verb.MESSAGE_SET_ASIDE: frozenset({_R.ADMIN}),
    Verb.DESK_OPEN: frozenset({_R.ADMIN}),
    Verb.PERSON_HIRE: frozenset({_R.ADMIN}),
    Verb.PERSON_REVISE: frozenset({_R.ADMIN}),
    Verb.PERSON_APPOINT: frozenset({_R.ADMIN}),
    Verb.PERSON_RELIEVE: frozenset({_R.ADMIN}),
    Verb.PERSON_SUSPEND: frozenset({_R.ADMIN}),
    Verb.PERSON_READMIT: frozenset({_R.ADMIN}),
    Verb.TOKEN_ISSUE: frozenset({_R.ADMIN}),
    Verb.TOKEN_REVOKE: frozenset({_R.ADMIN}),
    Verb.FACTOR_RESET: frozenset({_R.ADMIN}),
}

# Rights that follow from what is one's own, not from the desk alone.
ON_ONES_OWN: dict[Verb, frozenset[Role]] = {
    Verb.STORY_REVISE: frozenset({_R.REPORTER}),
    Verb.STORY_SUBMIT: frozenset({_R.REPORTER}),
    Verb.IMPORT_STOP: frozenset(Role),
    Verb.REVIEW_EXTEND: frozenset(Role),
    Verb.REVIEW_RELEASE: frozenset(Role),
    Verb.REVIEW_FINISH: frozenset(Role),
}

# Rights over one's own account, wherever one works.
ON_ONESELF: frozenset[Verb] = frozenset(
    {
        Verb.PERSON_CHANGE_PASSWORD,
        Verb.TOKEN_ISSUE,
        Verb.TOKEN_REVOKE,
        Verb.FACTOR_BEGIN,
        Verb.FACTOR_CONFIRM,
        Verb.FACTOR_RENEW,
        Verb.FACTOR_RESET,
    }
)

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
    if not (within := reached(actor, verb)):
        return within
    held = actor.roles_at(subject.desks)
    if verb is Verb.SEE and subject.shared and actor.memberships:
        return Decision(True)
    if verb is Verb.SEE and subject.private:
        return _may_see_private(actor, subject, held)
    if verb in ON_ONESELF and actor.id in subject.owners and actor.memberships:
        return Decision(True)
    if not held and verb not in ON_ONESELF:
        return Decision(False, ("This belongs to a desk that you do not work at.",))
    allowed = roles_for(verb, subject)
    if held & allowed:
        return Decision(True)
    on_own = ON_ONES_OWN.get(verb, frozenset())
    if held & on_own and actor.id in subject.owners:
        return Decision(True)
    return Decision(False, (_who_may(verb, allowed, on_own),))


def _may_see_private(actor: ActorFacts, subject: SubjectFacts, held: frozenset[Role]) -> Decision:
    if actor.memberships and (actor.id in subject.owners or Role.ADMIN in held):
        return Decision(True)
    return Decision(False, ("This is for whom it belongs to, and for administrators.",))


def reached(actor: ActorFacts, verb: Verb) -> Decision:
    """Whether the token that this person comes by, if any, is good for such a thing at all."""
    if actor.reaches(verb):
        return Decision(True)
    return Decision(False, (f"This token is not good for that: it needs the scope “{SCOPE_OF[verb]}”.",))


def tasks_open_to(actor: ActorFacts) -> dict[str | None, frozenset[TaskKind]]:
    """The kinds of review task this person may take, by desk (None: every desk): the row filter of *take next*."""
    if not actor.active or not actor.reaches(Verb.REVIEW_TAKE):
        return {}
    kinds: dict[str | None, set[TaskKind]] = {}
    for role, desk in actor.memberships:
        able = {kind for kind in TaskKind if role in TASKS_FOR.get(kind, _GATHERERS)}
        kinds.setdefault(desk, set()).update(able)
    return {desk: frozenset(able) for desk, able in kinds.items() if able}


def _who_may(verb: Verb, allowed: frozenset[Role], on_own: frozenset[Role]) -> str:
    at_desk = ", ".join(sorted(role.replace("_", " ") for role in allowed))
    if verb in ON_ONESELF:
        return f"Only whose account it is{f', or: {at_desk}' if at_desk else ''}."
    if on_own:
        own = "whoever has taken it" if verb.startswith("review.") else "its own authors"
        return f"Only {own}{f', or: {at_desk}' if at_desk else ''}."
    return f"This is for: {at_desk or 'nobody'}."
