"""The quota of identity matching: rolling, by person and by desk."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from editorial.policy import matching_quota
from editorial.policy.matching_quota import WINDOW, MatchingFacts, MatchingLimits

NOW = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
LIMITS = MatchingLimits(per_person=3, per_desk=5, alert_at=6)
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


def test_refused_attempts_raise_the_alert():
    assert not matching_quota.raises_alert(MatchingFacts([NOW] * 3, [], others=1), LIMITS)
    assert matching_quota.raises_alert(MatchingFacts([NOW] * 3, [], others=2), LIMITS)


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


class TestWeightOfAText:
    LIMITS = MatchingLimits(per_person=20, per_desk=100, alert_at=40)

    def weight(self, candidates, *, matched):
        return matching_quota.weight_of_text(candidates, self.LIMITS, matched=matched)

    def test_an_ordinary_text_counts_once_if_it_is_refused(self):
        assert [self.weight(count, matched=True) for count in (0, 1, 10)] == [1, 1, 1]
        assert [self.weight(count, matched=False) for count in (0, 1, 50)] == [0, 0, 0]

    def test_a_refused_list_counts_for_its_names_up_to_a_persons_quota(self):
        assert [self.weight(count, matched=True) for count in (11, 20, 29, 1000)] == [2, 11, 20, 20]

    def test_a_long_text_counts_even_if_it_passes(self):
        assert [self.weight(count, matched=False) for count in (51, 1000)] == [1, 1]

    def test_halving_a_list_does_not_find_one_of_many(self):
        """A refused half uses up the quota while it still has many names."""
        left, used = 1000, 0
        while left > 1 and used < self.LIMITS.per_person:
            left //= 2
            used += self.weight(left, matched=True)
        assert left == 500

    def test_a_storys_copy_counts_little_for_its_length(self):
        weights = [matching_quota.weight_of_copy(n, self.LIMITS, matched=True) for n in (0, 99, 250, 10_000)]
        assert weights == [1, 1, 3, 20]
        assert matching_quota.weight_of_copy(10_000, self.LIMITS, matched=False) == 0


def test_an_alert_counts_an_attempt_by_its_weight():
    facts = MatchingFacts(by_person=[NOW], by_desk=[], others=1)
    assert not matching_quota.raises_alert(facts, LIMITS, weight=3)
    assert matching_quota.raises_alert(facts, LIMITS, weight=4)
