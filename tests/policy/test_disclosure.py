"""What a reader may learn about sources, as a table."""

from __future__ import annotations

import pytest

from editorial.policy import disclosure
from editorial.policy.access import ActorFacts, SubjectFacts
from editorial.policy.roles import Role
from editorial.policy.vocabulary import Join


def reader(*memberships: tuple[Role, str | None], active: bool = True) -> ActorFacts:
    return ActorFacts(id="me", active=active, memberships=frozenset(memberships))


@pytest.mark.parametrize(
    ("memberships", "desks", "expected"),
    [
        ([(Role.CUSTODIAN, "a")], ["a"], True),
        ([(Role.CUSTODIAN, "a")], ["a", "b"], False),
        ([(Role.CUSTODIAN, "a"), (Role.CUSTODIAN, "b")], ["a", "b"], True),
        ([(Role.CUSTODIAN, None)], ["a", "b"], True),
        ([(Role.ADMIN, None), (Role.EDITOR, "a"), (Role.CUSTODIAN, "b")], ["a"], False),
        ([], [], False),
    ],
)
def test_a_custodian_keeps_the_vault_of_their_desk_or_of_all(memberships, desks, expected):
    assert disclosure.is_custodian(reader(*memberships), desks) is expected
    assert not disclosure.is_custodian(reader(*memberships, active=False), desks)


@pytest.mark.parametrize("join", Join)
def test_joins_of_unnamed_sources_are_explained_to_custodians_only(join):
    def explained(**facts: bool) -> bool:
        return disclosure.may_explain(join, **{"same_record": False, "unnamed": True, "custodian": False} | facts)

    assert explained() is (join in {Join.J2, Join.J3})
    assert explained(custodian=True)
    assert explained(unnamed=False)
    assert explained(same_record=True) is (join in {Join.J1, Join.J2, Join.J3})


def test_a_named_source_is_seen_by_everybody_with_a_role_and_an_unnamed_one_at_its_desk():
    named, unnamed = SubjectFacts.of_desk("a", shared=True), SubjectFacts.of_desk("a")
    here, elsewhere, nobody = reader((Role.REPORTER, "a")), reader((Role.EDITOR, "b")), reader()
    assert [disclosure.may_see(each, named) for each in (here, elsewhere, nobody)] == [True, True, False]
    assert [disclosure.may_see(each, unnamed) for each in (here, elsewhere, nobody)] == [True, False, False]
