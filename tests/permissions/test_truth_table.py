"""Every role, every verb, every place: what may be done is what docs/roles.md says."""

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


def thing(*, owner: str = "somebody else") -> SubjectFacts:
    return SubjectFacts(desks=frozenset({HERE}), owners=frozenset({owner}))


def may(person: ActorFacts, verb: Action, what: SubjectFacts) -> bool:
    return bool(access.may(person, verb, what))


def roles_allowed(allowed: Callable[[Role], bool]) -> set[Role]:
    return {role for role in Role if allowed(role)}


def roles_permitted_by(verb: Action, *cells: str) -> set[Role]:
    return {role for role in Role if RIGHTS[verb.value, role] in cells}


def self_service_roles(verb: Action) -> set[Role]:
    """Everybody, where it is about one's own account."""
    return set(Role) if roles_permitted_by(verb, "self") else set()


def test_the_table_names_every_action_and_every_role():
    assert {verb for verb, _ in RIGHTS} == {verb.value for verb in Action if verb not in BY_KIND}
    assert {role for _, role in RIGHTS} == set(Role)


def test_every_action_belongs_to_one_scope():
    assert sorted(verb for verbs in SCOPES.values() for verb in verbs) == sorted(verb.value for verb in Action)
    assert set(SCOPES) == set(Scope)
    assert set(ACTIONS) == set(Action)


@pytest.mark.parametrize("verb", [verb for verb in Action if verb not in BY_KIND])
class TestEveryPermission:
    def test_at_the_users_desk(self, verb):
        assert roles_allowed(lambda role: may(actor(role, HERE), verb, thing())) == roles_permitted_by(verb, "desk")

    def test_on_the_users_own_objects(self, verb):
        mine = thing(owner="somebody")
        assert roles_allowed(lambda role: may(actor(role, HERE), verb, mine)) == roles_permitted_by(
            verb, "desk", "own"
        ) | self_service_roles(verb)

    def test_at_another_desk(self, verb):
        assert roles_allowed(lambda role: may(actor(role, THERE), verb, thing())) == set()
        assert roles_allowed(lambda role: may(actor(role, THERE), verb, thing(owner="somebody"))) == self_service_roles(
            verb
        )

    def test_with_a_role_at_every_desk(self, verb):
        mine = thing(owner="somebody")
        assert roles_allowed(lambda role: may(actor(role, None), verb, thing())) == roles_permitted_by(verb, "desk")
        assert roles_allowed(lambda role: may(actor(role, None), verb, mine)) == roles_permitted_by(
            verb, "desk", "own"
        ) | self_service_roles(verb)

    def test_on_objects_without_a_desk(self, verb):
        assert roles_allowed(lambda role: may(actor(role, HERE), verb, SubjectFacts())) == set()
        assert roles_allowed(lambda role: may(actor(role, None), verb, SubjectFacts())) == roles_permitted_by(
            verb, "desk"
        )

    def test_without_an_active_account(self, verb):
        mine = thing(owner="somebody")
        for desk in (HERE, None):
            assert roles_allowed(lambda role, desk=desk: may(actor(role, desk, active=False), verb, mine)) == set()

    def test_by_a_token_only_within_its_scope(self, verb):
        needed = {scope for scope, verbs in SCOPES.items() if verb.value in verbs}
        assert len(needed) == 1, "a verb is within one scope"
        mine = thing(owner="somebody")
        unbounded = roles_allowed(lambda role: may(actor(role, HERE), verb, mine))
        for count in range(len(Scope) + 1):
            for scopes in map(frozenset, combinations(Scope, count)):
                allowed = roles_allowed(lambda role, scopes=scopes: may(actor(role, HERE, scopes=scopes), verb, mine))
                assert allowed == (unbounded if needed <= scopes else set())
        refusal = access.may(actor(Role.EDITOR, HERE, scopes=frozenset()), verb, mine)
        assert refusal.reasons == (f"This token lacks the scope “{needed.pop()}”.",)

    def test_a_refusal_names_the_permitted_roles(self, verb):
        for decision in (access.may(actor(role, HERE), verb, thing()) for role in Role):
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
    assert not may(both, Action.STORY_PUBLISH, thing())
    assert may(both, Action.STORY_PITCH, thing())


def test_a_claim_used_at_two_desks_belongs_to_both():
    used = SubjectFacts(desks=frozenset({HERE, THERE}))
    assert may(actor(Role.EDITOR, THERE), Action.CLAIM_REVISE, used)


def test_everyone_with_a_role_sees_shared_rows():
    assert may(actor(Role.LAWYER, THERE), Action.SEE, SubjectFacts(desks=frozenset({HERE}), shared=True))
    assert not may(ActorFacts("somebody", True, frozenset()), Action.SEE, SubjectFacts(shared=True))


def test_sharing_permits_reading_only():
    shared = SubjectFacts(desks=frozenset({HERE}), shared=True)
    assert not may(actor(Role.EDITOR, THERE), Action.SOURCE_REVISE, shared)
