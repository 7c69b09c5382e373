"""Sources: register, rate, protect, vouch, merge, unmask – and what is never published."""

import json
from typing import Any

import pytest

from editorial.models import Desk, Event, Source, User
from tests.api.conftest import ClientFactory
from tests.support.cast import Room

IDENTITY = {"identity_name": "Mia Mole", "identity_known_by": "born 1 May 1970"}


def test_a_named_source_is_registered_and_visible_to_every_desk(
    client_for: ClientFactory, rosa: User, carl: User, room: Room, politics: Desk
) -> None:
    company = room.source("organization", "Example Ltd")
    entered = client_for(rosa).post(
        "sources", desk=str(politics.pk), type="person", name="Ann Example", org=str(company.pk), benefits_if="believed"
    )
    assert entered.status == 201, entered
    assert entered.json["org"] == {"id": str(company.pk), "name": "Example Ltd"}
    assert (entered.json["reliability"], entered.json["has_identity"]) == (None, False)
    assert client_for(carl).get(f"sources/{entered.json['id']}").json["name"] == "Ann Example"


def test_the_identity_of_an_unnamed_source_is_stored_in_the_vault_only(
    client_for: ClientFactory, rosa: User, carl: User, politics: Desk
) -> None:
    client = client_for(rosa)
    entered = client.post("sources", desk=str(politics.pk), type="person", name="an aide", unnamed=True, **IDENTITY)
    assert (entered.json["name"], entered.json["has_identity"]) == ("an aide", True)
    key = Source.objects.get(pk=entered.json["id"]).key
    responses = [entered, client.get(f"sources/{entered.json['id']}"), client.get("sources"), client.get("events")]
    for response in responses:
        text = response.response.content.decode()
        assert "Mole" not in text
        assert "1 May 1970" not in text
        assert key not in text
    assert client_for(carl).get(f"sources/{entered.json['id']}").status == 404
    assert client_for(carl).get("sources", q="aide").json["results"] == []


def test_protecting_a_source_removes_its_name(client_for: ClientFactory, rosa: User, carl: User, room: Room) -> None:
    source = room.person("Mia Mole")
    response = client_for(rosa).post(f"sources/{source.pk}/protect", name="Mia Mole's friend", **IDENTITY)
    assert response.codes == ["NAME_IN_DESCRIPTION"]
    protected = client_for(rosa).post(f"sources/{source.pk}/protect", name="an aide", **IDENTITY)
    assert (protected.json["name"], protected.json["unnamed"], protected.json["editor_knows"]) == (
        "an aide",
        True,
        False,
    )
    assert client_for(carl).get(f"sources/{source.pk}").status == 404


def test_revealing_a_name_needs_a_second_person_and_is_never_cached(
    client_for: ClientFactory, rosa: User, edith: User, cuno: User, stan: User, ada: User, room: Room
) -> None:
    unnamed = room.person("an aide", unnamed=True, **IDENTITY)
    path = f"sources/{unnamed.pk}"
    for curious in (rosa, edith):
        assert client_for(curious).post(f"{path}/request-unmask", reason="I wonder.").status == 403
        assert client_for(curious).post(f"{path}/unmask").status == 403
        assert client_for(curious).post(f"{path}/break-glass", reason="I wonder.").status == 403
    assert client_for(cuno).post(f"{path}/request-unmask", reason="").codes == ["REASON_REQUIRED"]
    assert client_for(cuno).post(f"{path}/unmask").codes == ["NOT_APPROVED"]
    request = client_for(cuno).post(f"{path}/request-unmask", reason="The lawyers asked.").json["id"]
    assert client_for(cuno).post(f"{path}/approve-unmask", request=request).codes == ["FOUR_EYES"]
    assert client_for(cuno).post(f"{path}/unmask").codes == ["NOT_APPROVED"]
    assert client_for(stan).post(f"{path}/approve-unmask", request=request).status == 200
    assert client_for(stan).post(f"{path}/unmask").codes == ["NOT_APPROVED"], "who approves is not shown the name"
    looked = client_for(cuno).post(f"{path}/unmask")
    assert looked.json == {"name": "Mia Mole"}
    assert looked.response["Cache-Control"] == "no-store"
    assert client_for(cuno).post(f"{path}/unmask").codes == ["NOT_APPROVED"], "a request is used once"
    event = Event.objects.get(action="source.unmask")
    assert (event.actor, event.data["reason"], event.data["approved_by"]) == (cuno, "The lawyers asked.", str(stan.pk))
    assert "Mole" not in json.dumps(list(Event.objects.values_list("data", flat=True)))


def test_break_glass_shows_the_name_immediately(client_for: ClientFactory, cuno: User, room: Room) -> None:
    unnamed = room.person("an aide", unnamed=True, **IDENTITY)
    looked = client_for(cuno).post(f"sources/{unnamed.pk}/break-glass", reason="A threat.")
    assert (looked.json, looked.response["Cache-Control"]) == ({"name": "Mia Mole"}, "no-store")


def test_a_source_without_identity_cannot_be_unmasked(client_for: ClientFactory, cuno: User, room: Room) -> None:
    response = client_for(cuno).post(f"sources/{room.person().pk}/request-unmask", reason="The lawyers asked.")
    assert (response.status, response.codes) == (409, ["NO_IDENTITY_STORED"])


def test_a_custodian_replaces_an_identity_and_a_reporter_does_not(
    client_for: ClientFactory, rosa: User, cuno: User, room: Room
) -> None:
    unnamed = room.person("an aide", unnamed=True, **IDENTITY)
    path, other = f"sources/{unnamed.pk}", {"identity_name": "Ann Ode", "identity_known_by": "1961"}
    assert client_for(rosa).post(f"{path}/protect", name="an aide", **other).codes == ["ALREADY_SEALED"]
    assert client_for(rosa).post(f"{path}/replace-identity", reason="A mistake.", **other).status == 403
    assert client_for(cuno).post(f"{path}/replace-identity", reason="A mistake.", **other).status == 200
    assert room.reveal(unnamed).name == "Ann Ode"


def test_matching_beyond_the_quota_says_when_to_retry(
    client_for: ClientFactory, rosa: User, room: Room, settings: Any
) -> None:
    settings.MATCHING_PER_PERSON = 1
    path = f"sources/{room.person().pk}/match-identity"
    assert client_for(rosa).post(path, **IDENTITY).status == 200
    refusal = client_for(rosa).post(path, **IDENTITY)
    assert (refusal.status, refusal.codes) == (429, ["MATCHING_QUOTA"])
    assert 86_000 < int(refusal.response["Retry-After"]) <= 86_400


def test_rating_authenticating_and_vouching_need_permission(
    client_for: ClientFactory, rosa: User, felix: User, edith: User, room: Room
) -> None:
    document, unnamed = room.paper(authenticated=False), room.person("an aide", unnamed=True)
    assert client_for(rosa).post(f"sources/{document.pk}/rate", reliability="A").status == 403
    assert client_for(felix).post(f"sources/{document.pk}/rate", reliability="A").json["reliability"] == "A"
    assert client_for(felix).post(f"sources/{document.pk}/rate", reliability="Z").codes == ["INVALID_CHOICE"]
    authenticated = client_for(felix).post(f"sources/{document.pk}/authenticate", reason="Seal compared.")
    assert authenticated.json["authenticity"] == "genuine"
    assert client_for(edith).post(f"sources/{unnamed.pk}/vouch", reason="I met her.").json["editor_knows"] is True
    assert client_for(edith).post(f"sources/{document.pk}/vouch", reason="I met it.").codes == ["NOT_UNNAMED"]


def test_a_merged_source_names_the_remaining_source(client_for: ClientFactory, edith: User, room: Room) -> None:
    source, other = room.person("A. Example"), room.person("Ann Example")
    merged = client_for(edith).post(f"sources/{source.pk}/merge", into=str(other.pk), reason="Same byline.")
    assert (merged.status, merged.json["id"]) == (200, str(other.pk))
    assert client_for(edith).get(f"sources/{source.pk}").json["merged_into"] == str(other.pk)
    assert client_for(edith).patch(f"sources/{source.pk}", camp="x").codes == ["MERGED"]
    assert client_for(edith).post(f"sources/{other.pk}/merge", into=str(other.pk), reason="?").codes == ["SAME_OBJECT"]


def test_a_document_shows_only_visible_claims_that_it_settles(
    client_for: ClientFactory, rosa: User, carl: User, room: Room
) -> None:
    claim = room.claim()
    document = room.paper("The deed")
    revised = client_for(rosa).patch(
        f"sources/{document.pk}", establishes=[str(claim.pk)], description="Found in the archive."
    )
    assert revised.status == 200, revised
    assert revised.json["establishes"] == [str(claim.pk)]
    assert client_for(carl).get(f"sources/{document.pk}").json["establishes"] == []


def test_a_tie_to_a_protected_source_does_not_reveal_it(
    client_for: ClientFactory, rosa: User, carl: User, room: Room
) -> None:
    unnamed = room.person("an aide", unnamed=True)
    document = room.paper("The memo", author=unnamed.pk)
    assert client_for(rosa).get(f"sources/{document.pk}").json["author"]["name"] == "an aide"
    assert client_for(carl).get(f"sources/{document.pk}").json["author"] == {"id": None, "name": "a protected source"}


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "organization", "name": "Ltd", "unnamed": True},
        {"type": "person", "name": "Ann", **IDENTITY},
        {"type": "person", "name": ""},
        {"type": "person", "name": "n" * 201},
        {"type": "ghost", "name": "Ann"},
        {"type": "person", "name": "Ann", "unnamed": "maybe"},
        {"type": "person", "name": "an aide", "unnamed": True, "identity_name": "Mia Mole"},
    ],
)
def test_an_invalid_source_is_refused_without_repeating_a_name(
    client_for: ClientFactory, rosa: User, politics: Desk, fields: dict[str, object]
) -> None:
    response = client_for(rosa).post("sources", desk=str(politics.pk), **fields)
    assert response.status in (409, 422)
    assert "Mole" not in response.response.content.decode()
    assert not Source.objects.exists()


def test_sources_are_filtered_by_type_and_text(
    client_for: ClientFactory, rosa: User, room: Room, django_assert_max_num_queries: object
) -> None:
    ann, _paper = room.person("Ann Example"), room.paper("The deed")
    for _ in range(4):
        room.person(org=room.source("organization").pk)
    client = client_for(rosa)
    assert [row["id"] for row in client.get("sources", type="person", q="ann").json["results"]] == [str(ann.pk)]
    assert client.get("sources", unnamed="true").json["results"] == []
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(client.get("sources").json["results"]) == 10


def test_checking_shows_that_a_document_is_a_fake(
    client_for: ClientFactory, felix: User, rosa: User, room: Room
) -> None:
    path = f"sources/{room.paper().pk}"
    assert client_for(felix).get(path).json["authenticity"] == "genuine"
    assert client_for(rosa).post(f"{path}/authenticate", result="forged", reason="The ink.").status == 403
    checked = client_for(felix).post(f"{path}/authenticate", result="forged", reason="The ink is from 1950.")
    assert checked.json["authenticity"] == "forged"
    assert client_for(felix).post(f"{path}/authenticate", result="old", reason="The ink.").status == 422
