"""Who may do what: one table, asked by every verb, every list and every button.

A role holds at one desk or, where no desk is named, in the whole house. A right is held *at the desk* of the object or
only on *one's own* objects (stories one writes, tasks one has taken). Whoever comes by a token may do what their roles
allow *and* the token's scopes hold. Four-eyes rules are not here but with the verbs they bind: they speak of what a
person did, not of who they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from editorial.policy.actions import SCOPE_OF
from editorial.policy.actions import Action as Action
from editorial.policy.actions import Scope as Scope
from editorial.policy.vocabulary import ChoiceEnum, TaskKind


class Role(ChoiceEnum):
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

    def has_scope_for(self, action: Action) -> bool:
        """Whether the token that they come by, if any, is good for this."""
        return self.scopes is None or SCOPE_OF[action] in self.scopes

    def sees_anything(self) -> bool:
        """Whether there is anything at all for them: the least that every list asks."""
        return self.active and bool(self.memberships) and self.has_scope_for(Action.SEE)

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
_REPORTING_ROLES = frozenset({_R.REPORTER, _R.FACT_CHECKER, _R.EDITOR, _R.SENIOR_EDITOR})
_EDITOR_ROLES = frozenset({_R.EDITOR, _R.SENIOR_EDITOR})

DESK_ROLES: dict[Action, frozenset[Role]] = {
    Action.SEE: frozenset(Role),
    Action.STORY_PITCH: frozenset({_R.REPORTER}) | _EDITOR_ROLES,
    Action.STORY_ASSIGN: _EDITOR_ROLES,
    Action.STORY_REVISE: _EDITOR_ROLES | {_R.COPY_EDITOR},
    Action.STORY_SUBMIT: _EDITOR_ROLES,
    Action.STORY_CLEAR: _EDITOR_ROLES,
    Action.STORY_SCHEDULE: _EDITOR_ROLES,
    Action.STORY_PUBLISH: _EDITOR_ROLES,
    Action.STORY_CORRECT: _EDITOR_ROLES,
    Action.STORY_WITHHOLD: _EDITOR_ROLES | {_R.STANDARDS_EDITOR},
    Action.STORY_RETRACT: frozenset({_R.SENIOR_EDITOR, _R.STANDARDS_EDITOR}),
    Action.STORY_SPIKE: _EDITOR_ROLES,
    Action.STORY_CONFIRM_CONDITION: frozenset({_R.COPY_EDITOR}),
    Action.STORY_OVERRIDE: frozenset({_R.SENIOR_EDITOR}),
    Action.CLAIM_FILE: _REPORTING_ROLES,
    Action.CLAIM_REVISE: _REPORTING_ROLES,
    Action.CLAIM_SPLIT: _REPORTING_ROLES,
    Action.CLAIM_MERGE: _EDITOR_ROLES | {_R.FACT_CHECKER},
    Action.CLAIM_DROP: _EDITOR_ROLES | {_R.FACT_CHECKER},
    Action.SOURCE_REGISTER: _REPORTING_ROLES,
    Action.SOURCE_REVISE: _REPORTING_ROLES,
    Action.SOURCE_RATE: _EDITOR_ROLES | {_R.FACT_CHECKER, _R.STANDARDS_EDITOR},
    Action.SOURCE_AUTHENTICATE: _EDITOR_ROLES | {_R.FACT_CHECKER, _R.STANDARDS_EDITOR},
    Action.SOURCE_PROTECT: _REPORTING_ROLES | {_R.CUSTODIAN},
    Action.SOURCE_MATCH_IDENTITY: _REPORTING_ROLES | {_R.CUSTODIAN},
    Action.SOURCE_VOUCH: _EDITOR_ROLES | {_R.STANDARDS_EDITOR},
    Action.SOURCE_UNMASK: frozenset({_R.CUSTODIAN, _R.STANDARDS_EDITOR}),
    Action.SOURCE_MERGE: _EDITOR_ROLES | {_R.CUSTODIAN},
    Action.STATEMENT_RECORD: _REPORTING_ROLES,
    Action.STATEMENT_REVISE: _REPORTING_ROLES,
    Action.STATEMENT_WITHDRAW: _REPORTING_ROLES,
    Action.STATEMENT_RETRACT: _REPORTING_ROLES,
    Action.STATEMENT_RELAY: _REPORTING_ROLES,
    Action.BRIEFING_RECORD: _REPORTING_ROLES,
    Action.EXHIBIT_ATTACH: _REPORTING_ROLES,
    Action.IMPORT_START: _REPORTING_ROLES,
    Action.IMPORT_CANCEL: _EDITOR_ROLES,
    Action.REPLY_SEND: _REPORTING_ROLES,
    Action.REPLY_ANSWER: _REPORTING_ROLES,
    Action.REPLY_WAIVE: _EDITOR_ROLES,
    Action.REVIEW_RELEASE: _EDITOR_ROLES,
    Action.SIGNOFF_PROPOSE: frozenset({_R.FACT_CHECKER}),
    Action.SIGNOFF_APPROVE: _EDITOR_ROLES,
    Action.SIGNOFF_REJECT: _EDITOR_ROLES | {_R.STANDARDS_EDITOR},
    Action.SIGNOFF_READ_STANDARDS: frozenset({_R.STANDARDS_EDITOR}),
    Action.SIGNOFF_READ_LEGAL: frozenset({_R.LAWYER}),
    Action.WEBHOOK_ADD: frozenset({_R.ADMIN}),
    Action.WEBHOOK_DISABLE: frozenset({_R.ADMIN}),
    Action.WEBHOOK_ROTATE: frozenset({_R.ADMIN}),
    Action.POLICY_ADOPT: frozenset({_R.STANDARDS_EDITOR}),
    Action.JOB_RETRY: frozenset({_R.ADMIN}),
    Action.JOB_TAKE: frozenset({_R.ADMIN}),
    Action.JOB_ASSIGN: frozenset({_R.ADMIN}),
    Action.JOB_DISMISS: frozenset({_R.ADMIN}),
    Action.DESK_OPEN: frozenset({_R.ADMIN}),
    Action.USER_CREATE: frozenset({_R.ADMIN}),
    Action.USER_REVISE: frozenset({_R.ADMIN}),
    Action.USER_GRANT_ROLE: frozenset({_R.ADMIN}),
    Action.USER_REVOKE_ROLE: frozenset({_R.ADMIN}),
    Action.USER_DEACTIVATE: frozenset({_R.ADMIN}),
    Action.USER_REACTIVATE: frozenset({_R.ADMIN}),
    Action.TOKEN_ISSUE: frozenset({_R.ADMIN}),
    Action.TOKEN_REVOKE: frozenset({_R.ADMIN}),
    Action.SECOND_FACTOR_REMOVE: frozenset({_R.ADMIN}),
}

# Rights that follow from what is one's own, not from the desk alone.
OWNER_ROLES: dict[Action, frozenset[Role]] = {
    Action.STORY_REVISE: frozenset({_R.REPORTER}),
    Action.STORY_SUBMIT: frozenset({_R.REPORTER}),
    Action.IMPORT_CANCEL: frozenset(Role),
    Action.REVIEW_EXTEND: frozenset(Role),
    Action.REVIEW_RELEASE: frozenset(Role),
    Action.REVIEW_FINISH: frozenset(Role),
}

# Rights over one's own account, wherever one works.
SELF_SERVICE: frozenset[Action] = frozenset(
    {
        Action.USER_CHANGE_PASSWORD,
        Action.TOKEN_ISSUE,
        Action.TOKEN_REVOKE,
        Action.SECOND_FACTOR_ENROLL,
        Action.SECOND_FACTOR_CONFIRM,
        Action.SECOND_FACTOR_REGENERATE_CODES,
        Action.SECOND_FACTOR_REMOVE,
    }
)

# Whose work a review task is; every kind that is not named is for those who gather.
TASK_ROLES: dict[TaskKind, frozenset[Role]] = {
    TaskKind.ASSESS_SOURCE: DESK_ROLES[Action.SOURCE_RATE],
    TaskKind.AUTHENTICATE: DESK_ROLES[Action.SOURCE_AUTHENTICATE],
    TaskKind.IDENTIFY_SOURCE: DESK_ROLES[Action.SOURCE_VOUCH],
    TaskKind.SECOND_REVIEW: DESK_ROLES[Action.SIGNOFF_PROPOSE] | DESK_ROLES[Action.SIGNOFF_APPROVE],
    TaskKind.STANDARDS_READ: DESK_ROLES[Action.SIGNOFF_READ_STANDARDS],
    TaskKind.LEGAL_READ: DESK_ROLES[Action.SIGNOFF_READ_LEGAL],
}


def roles_for(action: Action, subject: SubjectFacts) -> frozenset[Role]:
    """The roles that carry a right at the object's desk, whoever holds them."""
    if action is Action.REVIEW_TAKE:
        return TASK_ROLES.get(subject.task, _REPORTING_ROLES) if subject.task else frozenset()
    return DESK_ROLES.get(action, frozenset())


def may(actor: ActorFacts, action: Action, subject: SubjectFacts) -> Decision:
    """Whether this person may do this to that object, and if not, who may."""
    if not actor.active:
        return Decision(False, ("Your account is not active.",))
    if not (within := token_allows(actor, action)):
        return within
    held = actor.roles_at(subject.desks)
    if action is Action.SEE and subject.shared and actor.memberships:
        return Decision(True)
    if action is Action.SEE and subject.private:
        return _may_see_private(actor, subject, held)
    if action in SELF_SERVICE and actor.id in subject.owners and actor.memberships:
        return Decision(True)
    if not held and action not in SELF_SERVICE:
        return Decision(False, ("This belongs to a desk that you do not work at.",))
    allowed = roles_for(action, subject)
    if held & allowed:
        return Decision(True)
    on_own = OWNER_ROLES.get(action, frozenset())
    if held & on_own and actor.id in subject.owners:
        return Decision(True)
    return Decision(False, (_denial_reason(action, allowed, on_own),))


def _may_see_private(actor: ActorFacts, subject: SubjectFacts, held: frozenset[Role]) -> Decision:
    if actor.memberships and (actor.id in subject.owners or Role.ADMIN in held):
        return Decision(True)
    return Decision(False, ("This is for whom it belongs to, and for administrators.",))


def token_allows(actor: ActorFacts, action: Action) -> Decision:
    """Whether the token that this person comes by, if any, is good for such a thing at all."""
    if actor.has_scope_for(action):
        return Decision(True)
    return Decision(False, (f"This token is not good for that: it needs the scope “{SCOPE_OF[action]}”.",))


def takeable_task_kinds(actor: ActorFacts) -> dict[str | None, frozenset[TaskKind]]:
    """The kinds of review task this person may take, by desk (None: every desk): the row filter of *take next*."""
    if not actor.active or not actor.has_scope_for(Action.REVIEW_TAKE):
        return {}
    kinds: dict[str | None, set[TaskKind]] = {}
    for role, desk in actor.memberships:
        able = {kind for kind in TaskKind if role in TASK_ROLES.get(kind, _REPORTING_ROLES)}
        kinds.setdefault(desk, set()).update(able)
    return {desk: frozenset(able) for desk, able in kinds.items() if able}


def _denial_reason(action: Action, allowed: frozenset[Role], on_own: frozenset[Role]) -> str:
    at_desk = ", ".join(sorted(role.replace("_", " ") for role in allowed))
    if action in SELF_SERVICE:
        return f"Only whose account it is{f', or: {at_desk}' if at_desk else ''}."
    if on_own:
        own = "whoever has taken it" if action.startswith("review.") else "its own authors"
        return f"Only {own}{f', or: {at_desk}' if at_desk else ''}."
    return f"This is for: {at_desk or 'nobody'}."
