"""The status of a claim follows its finding, and waits for a signature."""

import pytest

from editorial.policy.publication import status
from editorial.policy.vocabulary import FindingValue


@pytest.mark.parametrize("finding", list(FindingValue))
def test_only_verified_and_refuted_need_a_signature(finding):
    waits = finding in (FindingValue.VERIFIED, FindingValue.REFUTED)
    assert status.effective_status(finding, signed=True) is finding
    unsigned = status.effective_status(finding, signed=False)
    assert unsigned is (FindingValue.UNDER_INVESTIGATION if waits else finding)


def test_an_opinion_has_no_status():
    assert status.effective_status(None, signed=False) is None
