"""Every action checks its permission: without it nothing changes, with it the action is not refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from editorial.models import (
    Membership,
    User,
)
from editorial.policy import access
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Role
from editorial.workflow.core.errors import ActionError, Forbidden, NotFound
from tests.permissions import roles_table
from tests.permissions.allowed_actions import BoundAction, allowed_actions
from tests.support.cast import rolled_back

pytestmark = pytest.mark.exhaustive

RIGHTS = roles_table.rights()


@pytest.fixture
def candidates(room, people):
    """The users to try: each role at this desk – or at every desk, for objects without a desk – and some others."""
    others = [people[name] for name in ("felix", "carl", "cleo", "noel", "gina")]
    at_desk, in_house = (
        others + [user_with_role(role, desk) for role in Role] for desk in (room.desk, None)
    )  # fmt: skip
    return lambda subject: at_desk if subject.desks else in_house


def user_with_role(role, desk):
    person = User(username=f"{role} of {desk or 'every desk'}", email="o@newsroom.example", password="!")
    User.objects.bulk_create([person])
    Membership.objects.create(user=person, desk=desk, role=role)
    return person


def test_users_without_permission_are_refused_and_change_nothing(room, candidates, subtests):
    actions = allowed_actions(room)
    assert set(actions) == set(Action), "every action is tried"
    before = snapshot_all_rows()
    for action, (subject, act) in actions.items():
        with subtests.test(action=action):
            for person in candidates(subject):
                facts = person.facts()
                if not may(facts, action, subject):
                    refusal = attempt(act, person)
                    assert isinstance(refusal, Forbidden | NotFound), f"{person}: {refusal!r}"
                    unseen = ACTIONS[action].self_service or not access.may(facts, Action.SEE, subject)
                    assert isinstance(refusal, Forbidden) or unseen, f"{person} sees it and gets a 404"
            assert snapshot_all_rows() == before


def test_users_with_permission_are_not_refused(room, candidates, subtests):
    actions = allowed_actions(room)
    for action, (subject, act) in actions.items():
        with subtests.test(action=action):
            able = [person for person in candidates(subject) if may(person.facts(), action, subject)]
            assert able, "nobody in the cast may do this"
            for person in able:
                with rolled_back():
                    refusal = attempt(act, person)
                assert not isinstance(refusal, NotFound), f"{person}: {refusal}"
                assert "FORBIDDEN" not in [reason.code for reason in getattr(refusal, "reasons", ())], str(person)


def may(facts, action, subject):
    """What the table says, by role and place alone; the actions must agree."""
    if action is Action.REVIEW_TAKE:
        kinds = roles_table.task_kinds()
        cells = {kinds.get((subject.task.value, role), kinds["any other", role]) for role in roles_for(facts, subject)}
    else:
        cells = {RIGHTS[action.value, role] for role in roles_for(facts, subject)}
    on_oneself = (
        RIGHTS.get((action.value, Role.REPORTER)) == "self" and facts.memberships and facts.id in subject.owners
    )
    return facts.active and bool("desk" in cells or ("own" in cells and facts.id in subject.owners) or on_oneself)


def roles_for(facts, subject):
    return {role for role, desk in facts.memberships if desk is None or desk in subject.desks}


def attempt(action: BoundAction, person: User) -> object:
    try:
        action(person)
    except ActionError as refusal:
        return refusal
    return None


def snapshot_all_rows() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, history, events and messages included."""
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str)
        for model in apps.get_app_config("editorial").get_models()
    }
