"""Permissions: who may do what, by the table of actions. Every action, list and button uses them.

A person needs a role at the desk of the object, or a role that counts for their own objects (stories they write, tasks
they took). With a token they may do what their roles *and* the token's scopes allow.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Role, Scope
from editorial.policy.vocabulary import TaskKind


@dataclass(frozen=True, slots=True)
class ActorFacts:
    """A user for permission checks. `memberships` pair a role with a desk id; None means the whole organisation.

    `scopes` are those of the token in use; None (no token) sets no limit.
    """

    id: str
    active: bool
    memberships: frozenset[tuple[Role, str | None]]
    scopes: frozenset[Scope] | None = None

    def has_scope_for(self, action: Action) -> bool:
        """Whether the token in use, if any, allows this action."""
        return self.scopes is None or ACTIONS[action].scope in self.scopes

    def sees_anything(self) -> bool:
        """Whether the user may see anything at all: the minimum for every list."""
        return self.active and bool(self.memberships) and self.has_scope_for(Action.SEE)

    def roles_at(self, desks: frozenset[str]) -> frozenset[Role]:
        """The user's roles at any of these desks, organisation-wide roles included."""
        return frozenset(role for role, desk in self.memberships if desk is None or desk in desks)


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """An object for permission checks: its desks, its owners, and its kind if it is a task.

    `shared`: everybody may see it. `private`: only its owners and administrators may, and people with a role in
    `readers` at any desk.
    """

    desks: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    task: TaskKind | None = None
    shared: bool = False
    private: bool = False
    readers: frozenset[Role] = frozenset()

    @classmethod
    def of_desk(cls, desk_id: object, *, owners: frozenset[str] = frozenset(), shared: bool = False) -> SubjectFacts:
        """The facts of an object that belongs to one desk."""
        return cls(desks=frozenset({str(desk_id)}), owners=owners, shared=shared)


@dataclass(frozen=True, slots=True)
class Decision:
    """A permission with its reasons; truthy if allowed."""

    allowed: bool
    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed


_REPORTING_ROLES = ACTIONS[Action.STATEMENT_RECORD].by

# The roles for each kind of review task; reporting roles do every other kind.
TASK_ROLES: dict[TaskKind, Set[Role]] = {
    TaskKind.ASSESS_SOURCE: ACTIONS[Action.SOURCE_RATE].by,
    TaskKind.AUTHENTICATE: ACTIONS[Action.SOURCE_AUTHENTICATE].by,
    TaskKind.IDENTIFY_SOURCE: ACTIONS[Action.SOURCE_VOUCH].by,
    TaskKind.SECOND_REVIEW: ACTIONS[Action.SIGNOFF_PROPOSE].by | ACTIONS[Action.SIGNOFF_APPROVE].by,
    TaskKind.STANDARDS_READ: ACTIONS[Action.SIGNOFF_READ_STANDARDS].by,
    TaskKind.LEGAL_READ: ACTIONS[Action.SIGNOFF_READ_LEGAL].by,
}


def roles_for_task(kind: TaskKind) -> Set[Role]:
    """The roles that may do such a task."""
    return TASK_ROLES.get(kind, _REPORTING_ROLES)


def roles_for(action: Action, subject: SubjectFacts) -> Set[Role]:
    """The roles that allow the action at the object's desk."""
    if action is Action.REVIEW_TAKE:
        return roles_for_task(subject.task) if subject.task else frozenset()
    return ACTIONS[action].by


def may(actor: ActorFacts, action: Action, subject: SubjectFacts) -> Decision:
    """Whether the actor may do this to the object; if not, which roles may."""
    if not actor.active:
        return Decision(False, ("Your account is not active.",))
    if not (token_decision := token_allows(actor, action)):
        return token_decision
    roles = actor.roles_at(subject.desks)
    if action is Action.SEE and subject.shared and actor.memberships:
        return Decision(True)
    if action is Action.SEE and subject.private:
        return _may_see_private(actor, subject, roles)
    if ACTIONS[action].self_service and actor.id in subject.owners and actor.memberships:
        return Decision(True)
    if not roles and not ACTIONS[action].self_service:
        return Decision(False, ("This belongs to a desk where you have no role.",))
    allowed = roles_for(action, subject)
    if roles & allowed:
        return Decision(True)
    owner_roles = ACTIONS[action].by_owner
    if roles & owner_roles and actor.id in subject.owners:
        return Decision(True)
    return Decision(False, (_denial_reason(action, allowed, owner_roles),))


def _may_see_private(actor: ActorFacts, subject: SubjectFacts, roles: frozenset[Role]) -> Decision:
    is_reader = any(role in subject.readers for role, _ in actor.memberships)
    if actor.memberships and (actor.id in subject.owners or Role.ADMIN in roles or is_reader):
        return Decision(True)
    return Decision(False, ("Only its owner and administrators may see this.",))


def token_allows(actor: ActorFacts, action: Action) -> Decision:
    """Whether the token in use, if any, allows such an action at all."""
    if actor.has_scope_for(action):
        return Decision(True)
    return Decision(False, (f"This token lacks the scope “{ACTIONS[action].scope}”.",))


def takeable_task_kinds(actor: ActorFacts) -> dict[str | None, frozenset[TaskKind]]:
    """The kinds of review task that the actor may take, by desk (None: every desk). Filters *take next*."""
    if not actor.active or not actor.has_scope_for(Action.REVIEW_TAKE):
        return {}
    kinds: dict[str | None, set[TaskKind]] = {}
    for role, desk in actor.memberships:
        takeable = {kind for kind in TaskKind if role in roles_for_task(kind)}
        kinds.setdefault(desk, set()).update(takeable)
    return {desk: frozenset(takeable) for desk, takeable in kinds.items() if takeable}


def _denial_reason(action: Action, allowed: Set[Role], owner_roles: Set[Role]) -> str:
    names = ", ".join(sorted(role.label.lower() for role in allowed))
    if ACTIONS[action].self_service:
        return f"Only the owner of the account may do this{f', or: {names}' if names else ''}."
    if owner_roles:
        owner = "the person who took the task" if action.startswith("review.") else "its authors"
        return f"Only {owner} may do this{f', or: {names}' if names else ''}."
    return f"Only these roles may do this: {names or 'none'}."
