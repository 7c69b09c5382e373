"""Restrictions: imposed on a claim or a story, shown there, obeyed by the gate, and lifted."""

from __future__ import annotations

import pytest

from editorial.models import User
from tests.api.conftest import ClientFactory
from tests.support.cast import Room
from tests.support.live import wait_until

pytestmark = pytest.mark.exhaustive  # plays whole stories

COURT = {"kind": "court", "reason": "Order 3 O 17."}


def test_a_claim_is_restricted_and_released(
    client_for: ClientFactory, room: Room, lara: User, rosa: User, edith: User, carl: User
) -> None:
    claim = room.verified()
    story, path = room.cleared(claim), f"claims/{claim.pk}"
    assert client_for(rosa).post(f"{path}/restrict", **COURT).status == 403
    assert client_for(carl).post(f"{path}/restrict", **COURT).status == 404
    restricted = client_for(lara).post(f"{path}/restrict", **COURT, until="2099-03-04T12:00:00Z")
    assert restricted.status == 200, restricted
    (restriction,) = restricted.json["restrictions"]
    assert (restriction["kind"], restriction["until"]) == ("court", "2099-03-04T12:00:00Z")
    assert restriction["restricted_by"]["name"] == "lara"
    assert client_for(rosa).get(path).json["restrictions"] == [restriction]
    gate = client_for(rosa).get(f"stories/{story.pk}/gate").json
    assert (gate["gate"], gate["codes"]) == ("block", ["E_RESTRICTED"])
    lift = {"restriction": restriction["id"], "reason": "Set aside."}
    assert client_for(rosa).post(f"{path}/lift-restriction", **lift).status == 403
    assert client_for(edith).post(f"{path}/lift-restriction", **lift).json["restrictions"] == []
    assert client_for(edith).post(f"{path}/lift-restriction", **lift).codes == ["ALREADY_LIFTED"]


def test_a_story_is_restricted_and_released(client_for: ClientFactory, room: Room, lara: User, edith: User) -> None:
    story = room.cleared(room.verified())
    path = f"stories/{story.pk}"
    (restriction,) = client_for(lara).post(f"{path}/restrict", **COURT).json["restrictions"]
    gate = client_for(edith).get(f"{path}/gate").json
    assert (gate["gate"], gate["restricted"], gate["may_run"], gate["codes"]) == ("block", True, False, [])
    assert client_for(edith).post(f"{path}/publish").codes == ["E_RESTRICTED"]
    lifted = client_for(lara).post(f"{path}/lift-restriction", restriction=restriction["id"], reason="Set aside.")
    assert lifted.json["restrictions"] == []
    assert client_for(edith).post(f"{path}/publish").json["status"] == "published"


def test_incremental_sync_includes_a_restriction(client_for: ClientFactory, parallel: Room, lara: User) -> None:
    claim, client = parallel.claim(), client_for(lara)
    since = client.get("claims", updated_since="start").json["sync_token"]
    client.post(f"claims/{claim.pk}/restrict", **COURT)

    def is_included() -> bool:
        page = client.get("claims", updated_since=since).json
        return [row["id"] for row in page["results"]] == [str(claim.pk)]

    wait_until(is_included)  # a transaction of another test process delays the watermark


def test_a_time_without_an_offset_is_refused(client_for: ClientFactory, room: Room, lara: User) -> None:
    refused = client_for(lara).post(f"claims/{room.claim().pk}/restrict", **COURT, until="2099-03-04T12:00:00")
    assert refused.codes == ["UTC_OFFSET_MISSING"]
