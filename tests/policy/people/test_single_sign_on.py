"""The provider's groups map to roles; the error for a malformed mapping names the group."""

from __future__ import annotations

from typing import Any

import pytest

from editorial.policy.people import single_sign_on as policy
from editorial.policy.people.single_sign_on import InvalidMapping
from editorial.policy.roles import Role

MAPPING = {
    "editors-politics": ["editor", "politics"],
    "admins": ["admin"],
    "desk-heads": [["senior_editor", "city"], ["custodian", None]],
}


def test_each_group_adds_its_roles() -> None:
    mapping = policy.parse_mapping(MAPPING)
    assert policy.roles_of(["editors-politics", "admins"], mapping) == {(Role.EDITOR, "politics"), (Role.ADMIN, None)}
    assert policy.roles_of(["desk-heads"], mapping) == {(Role.SENIOR_EDITOR, "city"), (Role.CUSTODIAN, None)}
    assert policy.roles_of(["Admins", "unknown"], mapping) == frozenset(), "a group is named exactly"


@pytest.mark.parametrize(
    ("mapping", "fault"),
    [
        ([], "object"),
        ({"g": "editor"}, "g is not mapped to a role"),
        ({"g": [["editor", "politics", "x"]]}, "g is not mapped to a role"),
        ({"g": ["emperor"]}, "'emperor'"),
        ({"g": ["editor", 3]}, "g names a desk"),
        ({"g": [[]]}, "g is not mapped to a role"),
        ({"g": {"role": "editor"}}, "g is not mapped to a role"),
        ({"g": [[["editor"], "politics"]]}, "not a role"),
    ],
)
def test_a_malformed_mapping_names_the_group(mapping: Any, fault: str) -> None:
    with pytest.raises(InvalidMapping, match=fault):
        policy.parse_mapping(mapping)


@pytest.mark.parametrize(
    ("claim", "groups"),
    [("a", ("a",)), (["a", 1, "b", None], ("a", "b")), (None, ()), ({"a": 1}, ()), (7, ())],
)
def test_a_claim_may_hold_one_group_or_a_list(claim: object, groups: tuple[str, ...]) -> None:
    assert policy.groups_in(claim) == groups


def test_only_a_named_method_or_context_counts_as_second_factor() -> None:
    settings: dict[str, Any] = {"methods": ["mfa"], "contexts": ["phr"]}
    assert policy.used_second_factor({"amr": ["pwd", "mfa"]}, **settings)
    assert policy.used_second_factor({"acr": "phr"}, **settings)
    assert not policy.used_second_factor({"amr": ["pwd"], "acr": "1"}, **settings)
    assert not policy.used_second_factor({"amr": ["mfa"]}, methods=[], contexts=[])
    assert not policy.used_second_factor({}, methods=[], contexts=[])
    assert not policy.used_second_factor({"acr": ["phr"]}, **settings)
