"""Who may approve a request to reveal a name, and who may use it: every combination."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from editorial.policy import unmasking
from editorial.policy.unmasking import UnmaskRequestFacts

NOW = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)
CASES = list(product(("requester", "other"), (False, True), (False, True), (False, True)))


def request(*, approved, used, expired):
    end = NOW if expired else NOW + timedelta(seconds=1)
    return UnmaskRequestFacts("requester", end, approved=approved, used=used)


@pytest.mark.parametrize(("actor", "approved", "used", "expired"), CASES)
def test_a_request_is_used_by_its_requester_once_approved_unused_and_in_time(actor, approved, used, expired):
    usable = unmasking.is_usable(request(approved=approved, used=used, expired=expired), actor, NOW)
    assert usable == (actor == "requester" and approved and not used and not expired)


@pytest.mark.parametrize(("actor", "approved", "used", "expired"), CASES)
def test_a_request_is_approved_by_another_person_once_and_in_time(actor, approved, used, expired):
    denial = unmasking.denial_of_approval(request(approved=approved, used=used, expired=expired), actor, NOW)
    assert (denial is None) == (actor == "other" and not approved and not used and not expired)
