"""Policies over the API: previewed, then adopted by standards editors of the whole organisation."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from editorial.models import CorroborationPolicy, User
from editorial.policy.verification import thresholds
from tests.api.conftest import ApiClient, ClientFactory
from tests.support.cast import Room

RULES = {name: rules for name, rules in thresholds.default_policy().to_dict().items() if name != "version"}
LAX = RULES | {"contentious": RULES["contentious"] | {"rows": [{"groups": 1}]}}


@pytest.fixture
def chief(client_for: ClientFactory, stan: User) -> ApiClient:
    stan.memberships.create(desk=None, role="standards_editor")
    return client_for(stan)


def test_a_policy_is_previewed_and_adopted(chief: ApiClient, room: Room) -> None:
    claim = room.claim("The gate was open.", risk="contentious")
    room.says(room.person(), claim)
    room.settle()
    preview = chief.post("policies/preview", rules=LAX)
    assert preview.status == 200, preview
    (rule,) = preview.json["rules"]
    assert (rule["risk"], rule["rule"], rule["after"][0]["groups"]) == ("contentious", "rows", 1)
    assert preview.json["findings"] == [{"claim": str(claim.pk), "before": "under_investigation", "after": "verified"}]
    assert (preview.json["examined"], preview.json["total"]) == (1, 1)
    assert CorroborationPolicy.objects.count() == 1
    adopted = chief.post("policies", name="Laxer", note="Agreed.", rules=LAX)
    assert (adopted.status, adopted.json["version"]) == (201, 2)
    room.now = timezone.now()
    room.settle()
    assert claim.assessments.latest().finding == "verified"
    assert chief.post("policies/preview", rules=LAX).json["rules"] == []


@pytest.mark.parametrize(
    ("rules", "pointer"),
    [
        ({}, "#/rules/routine"),
        (RULES | {"mortal": RULES["serious"]}, "#/rules/mortal"),
        (RULES | {"routine": RULES["routine"] | {"rows": []}}, "#/rules/routine/rows"),
        (RULES | {"routine": RULES["routine"] | {"rows": [{"groups": 0}]}}, "#/rules/routine/rows/0/groups"),
        (RULES | {"routine": RULES["routine"] | {"rows": [{"groups": 1, "loud": 1}]}}, "#/rules/routine/rows/0/loud"),
        (RULES | {"routine": RULES["routine"] | {"review_hours": 0}}, "#/rules/routine/review_hours"),
    ],
)
def test_an_invalid_policy_is_refused_with_its_place(chief: ApiClient, rules: dict[str, Any], pointer: str) -> None:
    for path, more in (("policies/preview", {}), ("policies", {"name": "New", "note": ""})):
        refused = chief.post(path, rules=rules, **more)
        assert refused.status == 422, refused
        assert pointer in {error["pointer"] for error in refused.json["errors"]}
    assert CorroborationPolicy.objects.count() == 1


def test_others_neither_preview_nor_adopt(client_for: ClientFactory, stan: User, edith: User, room: Room) -> None:
    for person in (stan, edith):  # a standards editor of one desk decides nothing for the others
        client = client_for(person)
        assert client.post("policies/preview", rules=RULES).status == 403
        assert client.post("policies", name="Mine", note="So.", rules=RULES).status == 403
