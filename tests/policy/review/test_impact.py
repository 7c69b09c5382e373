"""Impact: the findings that fall when statements are withdrawn or two sources are merged."""

from editorial.policy.review import impact
from editorial.policy.vocabulary import FindingValue
from tests.policy.builders import assess, case_of, person, says

CASE = case_of(person("a"), person("b"), says("a-1", "a"), says("b-1", "b"))


def test_a_verified_claim_falls_with_one_of_two_witnesses():
    (change,) = impact.finding_changes(assess(CASE), assess(impact.with_withdrawn(CASE, ["b-1"])))
    assert (change.claim, change.before.finding, change.after.finding) == (
        "dam-safe",
        FindingValue.VERIFIED,
        FindingValue.UNVERIFIED,
    )


def test_two_sources_merged_into_one_no_longer_corroborate_each_other():
    merged = impact.with_merged(CASE, ["a", "b"], "k")
    assert merged.identity("a") == merged.identity("b") == "k"
    assert assess(merged)["dam-safe"].independent == 1
    assert CASE.identity("a") == "a"


def test_a_source_with_the_same_token_is_merged_as_well():
    case = case_of(person("a", key="old"), person("b"), person("c", key="old"))
    assert {impact.with_merged(case, ["a", "b"], "k").identity(name) for name in "abc"} == {"k"}


def test_nothing_falls_when_nothing_changes():
    assert impact.finding_changes(assess(CASE), assess(CASE)) == []


def test_without_the_vault_an_unnamed_record_is_a_person_by_itself():
    case = case_of(person("a", key="k"), person("b", unnamed=True, key="k"), person("c", key="k"))
    seen = impact.without_vault(case)
    assert [seen.identity(name) for name in "abc"] == ["k", "b", "k"]
    assert {case.identity(name) for name in "abc"} == {"k"}
