"""The table of actions is complete."""

from __future__ import annotations

from editorial.policy.actions import ACTIONS, Action
from editorial.policy.events import RULES
from editorial.policy.system_events import SYSTEM_EVENTS, SystemEvent


def test_every_action_and_every_system_event_has_one_row() -> None:
    assert set(ACTIONS) == set(Action)
    assert set(SYSTEM_EVENTS) == set(SystemEvent)
    assert not set(ACTIONS) & set(SYSTEM_EVENTS)


def test_every_row_has_its_own_sentence() -> None:
    sentences = [rule.sentence for rule in RULES.values()]
    assert all(sentences)
    assert len(set(sentences)) == len(sentences)


def test_every_permitted_role_is_named() -> None:
    taken_by_kind_of_task = {Action.REVIEW_TAKE}
    for action in set(Action) - taken_by_kind_of_task:
        rule = ACTIONS[action]
        assert rule.by or rule.by_owner or rule.self_service, action
