"""Assessments are explained in plain words."""

from __future__ import annotations

import pytest

from editorial.policy.review import explain
from editorial.policy.vocabulary import Join, Requirement


@pytest.mark.parametrize("rule", Join)
def test_every_join_is_explained_by_a_sentence(rule):
    assert explain.join(rule.value).endswith(".")


@pytest.mark.parametrize("requirement", Requirement)
def test_every_requirement_states_how_many_more_are_needed(requirement):
    text = explain.missing_requirement(requirement=requirement.value, need=3, have=1)
    assert text.startswith("Needed: 2 more ")
    assert text.endswith(" (1 of 3 so far).")


def test_a_single_missing_source_is_singular():
    text = explain.missing_requirement(requirement="groups", need=2, have=1)
    assert text == "Needed: 1 more independent source (1 of 2 so far)."
