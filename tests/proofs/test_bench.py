"""Assessing grows in proportion to the statements, in every shape of the benchmark. Counts steps instead of seconds."""

import json
import sys
from collections.abc import Callable

import pytest

from editorial.policy.verification import finding, thresholds
from tests.proofs import bench

SIZE = 60
GROWTH_LIMIT = 10.5
"""Ten times the statements, plus a margin for sorting. A step for every pair would make it a hundred."""


def executed_lines(work: Callable[[], object]) -> int:
    """How many lines of Python run, each pass through a loop counted."""
    count = 0

    def tracer(frame, event, argument):
        nonlocal count
        count += event == "line"
        return tracer

    previous = sys.gettrace()
    sys.settrace(tracer)
    try:
        work()
    finally:
        sys.settrace(previous)
    return count


@pytest.mark.parametrize("shape", bench.SHAPES)
def test_ten_times_the_statements_take_ten_times_the_steps(shape):
    policy = thresholds.default_policy()
    small, large = (shape(size) for size in (SIZE, 10 * SIZE))
    finding.assess(small, policy)
    steps = executed_lines(lambda: finding.assess(small, policy))
    assert executed_lines(lambda: finding.assess(large, policy)) < GROWTH_LIMIT * steps


def test_the_joins_of_a_thousand_repeats_take_less_than_100_kb():
    result = finding.assess(bench.repeats(1_000), thresholds.default_policy())["c"]
    assert len(json.dumps(result.to_dict())) < 100_000
