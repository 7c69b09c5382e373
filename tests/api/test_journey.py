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
