"""The quota of identity matching: rolling, by person and by desk."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from editorial.policy import matching_quota
from editorial.policy.matching_quota import WINDOW, MatchingFacts, MatchingLimits

NOW = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
LIMITS = MatchingLimits(per_person=3, per_desk=5, alarm=6)
TIMES = st.lists(st.integers(0, 48 * 3600).map(lambda seconds: NOW - timedelta(seconds=seconds)), max_size=12)


def wait(by_person=(), by_desk=()):
    return matching_quota.wait_for_quota(MatchingFacts(by_person, by_desk), LIMITS, NOW)


def ago(**time):
    return NOW - timedelta(**time)


def test_attempts_within_the_quota_do_not_wait():
    assert wait([ago(hours=1), ago(hours=2)], [ago(hours=1)] * 4) == timedelta(0)


def test_a_person_waits_until_the_oldest_attempt_leaves_the_window():
    assert wait([ago(hours=1), ago(hours=2), ago(hours=20)]) == timedelta(hours=4)


def test_a_desk_waits_too():
    assert wait([], [ago(hours=23)] * 5) == timedelta(hours=1)


def test_older_attempts_do_not_count():
    assert wait([ago(hours=25)] * 9, [ago(hours=24)] * 9) == timedelta(0)


def test_refused_attempts_raise_the_alarm():
    assert not matching_quota.raises_alarm(MatchingFacts([NOW] * 3, [], others=1), LIMITS)
    assert matching_quota.raises_alarm(MatchingFacts([NOW] * 3, [], others=2), LIMITS)


@given(TIMES, TIMES)
def test_after_the_wait_the_next_attempt_is_within_the_quota(by_person, by_desk):
    facts = MatchingFacts(by_person, by_desk)
    later = NOW + matching_quota.wait_for_quota(facts, LIMITS, NOW)
    assert matching_quota.wait_for_quota(facts, LIMITS, later) == timedelta(0)
    assert later <= NOW + WINDOW


@given(TIMES)
def test_no_window_holds_more_than_the_quota(times):
    """Attempts made whenever the quota allows never exceed it in any 24 hours."""
    made: list[datetime] = []
    for at in sorted(times):
        if not matching_quota.wait_for_quota(MatchingFacts(made, []), LIMITS, at):
            made.append(at)
    for at in made:
        assert len([other for other in made if at - WINDOW < other <= at]) <= LIMITS.per_person
