"""One client, from its first token to a published story and its pending remedy."""

from typing import Any

import pytest
from django.utils import timezone

from editorial.models import Desk, User
from tests.api.conftest import ApiClient
from tests.support.cast import Room

PASSWORD = "correct horse battery staple"  # noqa: S105


@pytest.fixture
def signing_in(people: dict[str, User], settings: Any) -> Any:
    """Lets a person sign in with a password, as a client does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def sign_in(name: str) -> ApiClient:
        people[name].set_password(PASSWORD)
        people[name].save()
        client = ApiClient()
        token = client.post("tokens", username=name, password=PASSWORD).json["token"]
        client.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return sign_in


def work_through(room: Room) -> None:
    """Do what the workers would do."""
    room.now = timezone.now()
    room.settle()


def test_from_token_to_published_story(signing_in: Any, politics: Desk, room: Room) -> None:
    rosa, felix, edgar, edith, cora = map(signing_in, ("rosa", "felix", "edgar", "edith", "cora"))
    desk = next(desk["id"] for desk in rosa.get("desks").json["results"] if desk["name"] == "Politics")

    # A claim, and two people who were there.
    claim = rosa.post("claims", desk=desk, text="The gate was open.", risk="contentious").json["id"]
    for name, more in (("Ann Example", {}), ("a guard", {"unnamed": True})):
        source = rosa.post("sources", desk=desk, type="person", name=name, **more).json["id"]
        felix.post(f"sources/{source}/rate", reliability="B")
        if more:
            edith.post(f"sources/{source}/vouch", reason="I met him.")
        statement = rosa.post("statements", claim=claim, source=source, stance="affirms", directness="first_hand")
        assert statement.status == 201, statement
        copied = rosa.post("exhibits", desk=desk, title=f"Notes on {name}", text=name, statement=statement.json["id"])
        assert copied.status == 201, copied
    work_through(room)
    assert rosa.get(f"claims/{claim}/assessment").json["finding"] == "verified"

    # The engine finds, people sign.
    task = felix.post("reviews/take", queue="corroborate").json
    assert (task["kind"], task["claim"]) == ("SECOND_REVIEW", claim)
    signoff = felix.post(f"claims/{claim}/propose").json["id"]
    assert edgar.post(f"signoffs/{signoff}/approve").json["state"] == "approved"

    # The story asserts the claim, is cleared, and is held until it explains why a source is unnamed.
    story = rosa.post("stories", desk=desk, headline="The gate").json["id"]
    uses = [{"claim": claim, "mode": "asserted", "stated_source_count": 2}]
    assert rosa.patch(f"stories/{story}", body="It stood open.", uses=uses).status == 200
    assert rosa.post(f"stories/{story}/submit").json["status"] == "submitted"
    assert edith.post(f"stories/{story}/clear").json["status"] == "cleared"
    response = edith.post(f"stories/{story}/publish")
    assert (response.status, response.codes) == (409, ["C_ANON_EXPLAIN"])
    for condition in cora.get(f"stories/{story}/gate").json["unconfirmed"]:
        assert cora.post(f"stories/{story}/confirm-condition", **condition).status == 200
    printed = edith.post(f"stories/{story}/publish")
    assert (printed.status, printed.json["status"], printed.json["pending_remedy"]) == (200, "published", None)

    # One of the sources withdraws, and the published story has a pending remedy.
    statement_id = rosa.get("statements", claim=claim).json["results"][0]["id"]
    assert rosa.post(f"statements/{statement_id}/end", ended="withdrawn", reason="By telephone.").json["ended_at"]
    work_through(room)
    owes = edith.get(f"stories/{story}").json["pending_remedy"]
    assert owes["remedy"] == "editors_note"
    assert rosa.send("delete", "tokens/current", None).status == 204


def test_from_a_quotation_to_the_correction_that_it_owes(signing_in: Any, politics: Desk, room: Room) -> None:
    rosa, felix, edgar, edith, cora = map(signing_in, ("rosa", "felix", "edgar", "edith", "cora"))

    # That she said it is on tape. What she said is another claim, and accuses somebody.
    filed = rosa.post(
        "cases",
        desk=str(politics.pk),
        sources=[
            {"ref": "torv", "type": "person", "name": "Ilse Torv"},
            {"ref": "purser", "type": "person", "name": "The purser"},
            {"ref": "tape", "type": "document", "name": "The tape", "establishes": ["#said"]},
            {"ref": "audit", "type": "document", "name": "The audit", "contradicts": ["#charge"]},
        ],
        claims=[
            {
                "ref": "said",
                "kind": "utterance",
                "risk": "routine",
                "text": "Torv said he stole.",
                "carries": ["#charge"],
            },
            {"ref": "charge", "risk": "contentious", "text": "The purser stole.", "adverse_to": ["#purser"]},
        ],
        statements=[
            {"claim": "#said", "source": "#tape", "stance": "affirms", "directness": "first_hand"},
            {"claim": "#charge", "source": "#torv", "stance": "affirms", "directness": "second_hand"},
        ],
        stories=[
            {"ref": "story", "headline": "Wages", "body": "…", "uses": [{"claim": "#said", "mode": "attributed"}]}
        ],
    )
    assert filed.status == 201, filed
    ids = {item["ref"]: item["id"] for item in filed.json["filed"]}
    for document in ("tape", "audit"):
        felix.post(f"sources/{ids[document]}/rate", reliability="A")
        felix.post(f"sources/{ids[document]}/authenticate", reason="Compared with the original.")
    work_through(room)
    signoff = felix.post(f"claims/{ids['said']}/propose").json["id"]
    assert edgar.post(f"signoffs/{signoff}/approve").status == 200
    work_through(room)

    # The quotation is verified, and still nobody has asked the purser about what it carries.
    story = f"stories/{ids['story']}"
    assert rosa.post(f"{story}/submit").status == 200
    assert edith.post(f"{story}/clear").status == 200
    refused = edith.post(f"{story}/publish")
    assert (refused.status, refused.codes) == (409, ["E_REPLY_NOT_SENT"])
    uses = {use["claim"]: use for use in rosa.get(f"{story}/gate").json["uses"]}
    assert uses[ids["charge"]]["carried_by"] == [ids["said"]]
    assert uses[ids["said"]]["gate"] == "pass"
    request = rosa.post(
        "reply-requests",
        to=ids["purser"],
        covers=[ids["charge"]],
        question="Did you steal the wages?",
        deadline_at="2099-03-04T12:00:00Z",
    ).json["id"]
    answer = {
        "outcome": "replied",
        "respondent": ids["purser"],
        "no_statement_reason": "She spoke of the weather.",
    }
    assert rosa.post(f"reply-requests/{request}/answer", **answer).status == 200
    conditions = cora.get(f"{story}/gate").json["unconfirmed"]
    assert {condition["claim"] for condition in conditions} == {ids["charge"]}
    for condition in conditions:
        assert cora.post(f"{story}/confirm-condition", **condition).status == 200
    assert edith.post(f"{story}/publish").json["status"] == "published"

    # An audit clears him: what was printed as a quotation is owed a correction.
    denial = {"claim": ids["charge"], "source": ids["audit"], "stance": "denies", "directness": "first_hand"}
    assert rosa.post("statements", **denial).status == 201
    work_through(room)
    assert edith.get(story).json["pending_remedy"]["remedy"] == "correction"
    assert "E_REFUTED" in edith.get(f"{story}/gate").json["codes"]
