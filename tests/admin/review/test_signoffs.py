"""Sign-offs."""

from __future__ import annotations

import pytest
from django.utils import timezone

from editorial.models import Signoff
from editorial.workflow.review import signoffs
from tests.admin.conftest import assert_done

pytestmark = pytest.mark.exhaustive  # plays whole stories


def test_two_people_sign(room, visit):
    claim = room.corroborated()
    assert_done(visit("felix").submit(claim, "signoff.propose", reason="Both were there."))
    proposal = Signoff.objects.get()
    refused = visit("felix").submit(proposal, "signoff.approve")
    assert refused.status_code == 403
    assert_done(visit("edgar").submit(proposal, "signoff.approve"), proposal)
    claim.refresh_from_db()
    assert (proposal.decided_by.username, claim.status) == ("edgar", "verified")


def test_rejecting_needs_a_reason(room, visit):
    proposal = signoffs.propose(claim_id=room.corroborated().pk, actor=room.people["felix"], now=timezone.now())
    assert visit("edgar").submit(proposal, "signoff.reject", reason="").status_code == 422
    assert_done(visit("edgar").submit(proposal, "signoff.reject", reason="Ring the second again."), proposal)
    assert proposal.state == "rejected"


def test_a_serious_claim_gets_both_reviews(room, visit):
    claim = room.corroborated(risk="serious")
    assert_done(visit("stan").submit(claim, "signoff.read_standards"))
    assert_done(visit("lara").submit(claim, "signoff.read_legal"))
    assert set(claim.signoffs.values_list("kind", "decided_by__username")) == {
        ("standards", "stan"),
        ("legal", "lara"),
    }
