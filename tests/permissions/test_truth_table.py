"""Every role, every action, every place: what may be done is what docs/reference/roles.md says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest

from editorial.policy import access
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Role, Scope
from editorial.policy.vocabulary import TaskKind
from tests.permissions import roles_table

RIGHTS, KINDS, SCOPES = roles_table.rights(), roles_table.task_kinds(), roles_table.scopes()
HERE, THERE = "politics", "city"
BY_KIND = {Action.REVIEW_TAKE}


def actor(role: Role, desk: str | None, *, active: bool = True, scopes: frozenset[Scope] | None = None) -> ActorFacts:
    return ActorFacts(id="somebody", active=active, memberships=frozenset({(role, desk)}), scopes=scopes)


def subject_of(*, owner: str = "somebody else") -> SubjectFacts:
    return SubjectFacts(desks=frozenset({HERE}), owners=frozenset({owner}))


def may(person: ActorFacts, action: Action, subject: SubjectFacts) -> bool:
    return bool(access.may(person, action, subject))


def roles_allowed(allowed: Callable[[Role], bool]) -> set[Role]:
    return {role for role in Role if allowed(role)}


def roles_permitted_by(action: Action, *cells: str) -> set[Role]:
    return {role for role in Role if RIGHTS[action.value, role] in cells}


def self_service_roles(action: Action) -> set[Role]:
    """Every role, for actions on the user's own account."""
    return set(Role) if roles_permitted_by(action, "self") else set()


def test_the_table_names_every_action_and_every_role():
    assert {action for action, _ in RIGHTS} == {action.value for action in Action if action not in BY_KIND}
    assert {role for _, role in RIGHTS} == set(Role)


def test_every_action_belongs_to_one_scope():
    assert sorted(action for actions in SCOPES.values() for action in actions) == sorted(
        action.value for action in Action
    )
    assert set(SCOPES) == set(Scope)
    assert set(ACTIONS) == set(Action)


@pytest.mark.parametrize("action", [action for action in Action if action not in BY_KIND])
class TestEveryPermission:
    def test_at_the_users_desk(self, action):
        assert roles_allowed(lambda role: may(actor(role, HERE), action, subject_of())) == roles_permitted_by(
            action, "desk"
        )

    def test_on_the_users_own_objects(self, action):
        own_object = subject_of(owner="somebody")
        assert roles_allowed(lambda role: may(actor(role, HERE), action, own_object)) == roles_permitted_by(
            action, "desk", "own"
        ) | self_service_roles(action)

    def test_another_desk_may_not(self, action):
        assert roles_allowed(lambda role: may(actor(role, THERE), action, subject_of())) == set()
        assert roles_allowed(
            lambda role: may(actor(role, THERE), action, subject_of(owner="somebody"))
        ) == self_service_roles(action)

    def test_with_a_role_at_every_desk(self, action):
        own_object = subject_of(owner="somebody")
        assert roles_allowed(lambda role: may(actor(role, None), action, subject_of())) == roles_permitted_by(
            action, "desk"
        )
        assert roles_allowed(lambda role: may(actor(role, None), action, own_object)) == roles_permitted_by(
            action, "desk", "own"
        ) | self_service_roles(action)

    def test_on_objects_without_a_desk(self, action):
        assert roles_allowed(lambda role: may(actor(role, HERE), action, SubjectFacts())) == set()
        assert roles_allowed(lambda role: may(actor(role, None), action, SubjectFacts())) == roles_permitted_by(
            action, "desk"
        )

    def test_without_an_active_account(self, action):
        own_object = subject_of(owner="somebody")
        for desk in (HERE, None):
            assert (
                roles_allowed(lambda role, desk=desk: may(actor(role, desk, active=False), action, own_object)) == set()
            )

    def test_by_a_token_only_within_its_scope(self, action):
        needed = {scope for scope, actions in SCOPES.items() if action.value in actions}
        assert len(needed) == 1, "an action is within one scope"
        own_object = subject_of(owner="somebody")
        unbounded = roles_allowed(lambda role: may(actor(role, HERE), action, own_object))
        for count in range(len(Scope) + 1):
            for scopes in map(frozenset, combinations(Scope, count)):
                allowed = roles_allowed(
                    lambda role, scopes=scopes: may(actor(role, HERE, scopes=scopes), action, own_object)
                )
                assert allowed == (unbounded if needed <= scopes else set())
        refusal = access.may(actor(Role.EDITOR, HERE, scopes=frozenset()), action, own_object)
        assert refusal.reasons == (f"This token lacks the scope “{needed.pop()}”.",)

    def test_a_refusal_names_the_permitted_roles(self, action):
        for decision in (access.may(actor(role, HERE), action, subject_of()) for role in Role):
            assert decision or decision.reasons[0].startswith("Only ")


@pytest.mark.parametrize("kind", TaskKind)
@pytest.mark.parametrize("role", Role)
def test_a_task_is_taken_by_the_roles_of_its_kind(kind, role):
    expected = KINDS.get((kind.value, role), KINDS["any other", role]) == "desk"
    task = SubjectFacts(desks=frozenset({HERE}), task=kind)
    assert may(actor(role, HERE), Action.REVIEW_TAKE, task) == expected
    assert may(actor(role, None), Action.REVIEW_TAKE, task) == expected
    assert not may(actor(role, THERE), Action.REVIEW_TAKE, task)
    offered = access.takeable_task_kinds(actor(role, HERE))
    assert (kind in offered.get(HERE, frozenset())) == expected


def test_roles_at_two_desks_do_not_combine():
    both = ActorFacts("somebody", True, frozenset({(Role.REPORTER, HERE), (Role.EDITOR, THERE)}))
    assert not may(both, Action.STORY_PUBLISH, subject_of())
    assert may(both, Action.STORY_PITCH, subject_of())


def test_a_claim_used_at_two_desks_belongs_to_both():
    used = SubjectFacts(desks=frozenset({HERE, THERE}))
    assert may(actor(Role.EDITOR, THERE), Action.CLAIM_REVISE, used)


def test_everyone_with_a_role_sees_shared_rows():
    assert may(actor(Role.LAWYER, THERE), Action.SEE, SubjectFacts(desks=frozenset({HERE}), shared=True))
    assert not may(ActorFacts("somebody", True, frozenset()), Action.SEE, SubjectFacts(shared=True))


def test_sharing_permits_reading_only():
    shared = SubjectFacts(desks=frozenset({HERE}), shared=True)
    assert not may(actor(Role.EDITOR, THERE), Action.SOURCE_REVISE, shared)
