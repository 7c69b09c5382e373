"""The audit log describes every event in a sentence."""

from __future__ import annotations

import pytest

from editorial.admin.framework import history
from editorial.policy.access import Action
from editorial.policy.audience import SystemEvent


@pytest.mark.parametrize("action", [action for action in (*Action, *SystemEvent) if action is not Action.SEE])
def test_every_recorded_action_has_a_sentence(action: Action | SystemEvent) -> None:
    assert history.SENTENCES[action]


def test_no_sentence_is_left_without_an_action() -> None:
    assert set(history.SENTENCES) <= {action.value for action in (*Action, *SystemEvent)}
