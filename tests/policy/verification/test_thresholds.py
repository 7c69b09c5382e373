"""Policies: validation, thresholds, and missing requirements."""

import copy

import pytest

from editorial.policy.verification import thresholds
from editorial.policy.verification.thresholds import GroupCounts, PolicyError, PolicyRules
from editorial.policy.vocabulary import Requirement, Risk

DEFAULT = thresholds.default_policy()


def test_the_default_policy_is_the_table_of_the_reference():
    rows = {risk: [tuple(row.of(item) for item in Requirement) for row in DEFAULT.rules[risk].rows] for risk in Risk}
    assert rows == {
        Risk.ROUTINE: [(1, 1, 1, 0, 1)],
        Risk.CONTENTIOUS: [(2, 1, 0, 1, 1)],
        Risk.SERIOUS: [(2, 1, 1, 1, 1), (3, 2, 0, 1, 1)],
    }
    assert [DEFAULT.rules[risk].reply_hours for risk in Risk] == [None, 4, 24]
    assert [DEFAULT.rules[risk].review_hours for risk in Risk] == [48, 24, 8]
    assert [DEFAULT.rules[risk].legal_read for risk in Risk] == [False, False, True]
    assert [DEFAULT.rules[risk].standards_read for risk in Risk] == [False, False, True]


def test_a_policy_survives_a_round_trip():
    assert PolicyRules.parse(DEFAULT.to_dict()) == DEFAULT


def test_a_single_row_must_be_met():
    assert DEFAULT.met(Risk.SERIOUS, GroupCounts(groups=2, first_hand=1, named=1, disinterested=1, rated=1))
    assert DEFAULT.met(Risk.SERIOUS, GroupCounts(groups=3, first_hand=2, named=0, disinterested=1, rated=1))
    assert not DEFAULT.met(Risk.SERIOUS, GroupCounts(groups=3, first_hand=1, named=0, disinterested=1, rated=1))


def test_denials_need_a_disinterested_source_even_where_support_does_not():
    interested = GroupCounts(groups=1, first_hand=1, named=1, disinterested=0, rated=1)
    assert DEFAULT.met(Risk.ROUTINE, interested)
    assert not DEFAULT.met_against(Risk.ROUTINE, interested)


def test_missing_requirements_name_the_nearest_row_and_the_first_of_equals():
    tellers = GroupCounts(groups=3, first_hand=0, named=0, disinterested=3, rated=3)
    assert [item.requirement for item in DEFAULT.missing(Risk.SERIOUS, tellers)] == ["first_hand", "named"]
    three = GroupCounts(groups=3, first_hand=1, named=0, disinterested=0, rated=3)
    assert [(item.requirement, item.need, item.have) for item in DEFAULT.missing(Risk.SERIOUS, three)] == [
        ("named", 1, 0),
        ("disinterested", 1, 0),
    ]


def test_nothing_is_missing_once_a_row_is_met():
    assert DEFAULT.missing(Risk.ROUTINE, GroupCounts(groups=1, first_hand=1, named=1, rated=1)) == ()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("version",), "", "version"),
        (("version",), 2, "version"),
        (("deadly",), {}, "deadly"),
        (("routine",), None, "routine"),
        (("routine", "colour"), "red", "routine"),
        (("routine", "rows"), [], "row"),
        (("routine", "rows"), [{"groups": 0}], "groups"),
        (("routine", "rows"), [{"groups": True}], "row 1"),
        (("routine", "rows"), [{"groups": 1, "named": -1}], "row 1"),
        (("routine", "rows"), [{"groups": 1.5}], "row 1"),
        (("routine", "rows"), [{"groups": 1, "famous": 1}], "row 1"),
        (("routine", "review_hours"), 0, "review_hours"),
        (("routine", "review_hours"), None, "review_hours"),
        (("serious", "reply_hours"), "24", "reply_hours"),
        (("serious", "reply_hours"), float("nan"), "reply_hours"),
        (("serious", "legal_read"), 1, "legal_read"),
    ],
)
def test_an_invalid_policy_is_refused_with_its_path(path, value, message):
    data = copy.deepcopy(DEFAULT.to_dict())
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(PolicyError, match=message):
        PolicyRules.parse(data)
