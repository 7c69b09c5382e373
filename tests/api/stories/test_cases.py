"""A whole case in one request: references inside it, in any order, all of it or nothing."""

from typing import Any

import pytest

from editorial.models import Claim, Desk, Event, Relay, Source, Statement, Story, User
from tests.api.conftest import ClientFactory


def journal(desk: Desk) -> dict[str, Any]:
    """A report of secret contacts, the reply, and an outlet that repeats it. References may precede their targets."""
    return {
        "desk": str(desk.pk),
        "stories": [{"headline": "Contacts", "body": "…", "uses": [{"claim": "#contacts", "mode": "attributed"}]}],
        "statements": [
            {"claim": "#contacts", "source": "#wire", "stance": "affirms", "directness": "relayed",
             "obtained_by": "external",
             "repeats": ["#report"]},
            {"ref": "report", "claim": "#contacts", "source": "#journal", "stance": "affirms",
             "directness": "second_hand", "obtained_by": "external"},
            {"claim": "#one-call", "source": "#palace", "stance": "affirms", "directness": "first_hand",
             "briefing": "#call"},
        ],
        "briefings": [{"ref": "call", "name": "Press call"}],
        "claims": [
            {"ref": "contacts", "text": "They have spoken secretly.", "adverse_to": ["#businessman"]},
            {"ref": "calls", "text": "There were calls.",
             "parts": [{"ref": "one-call", "text": "There was one call."}, {"text": "There were more."}]},
        ],
        "sources": [
            {"ref": "spokesman", "type": "person", "name": "A spokesman", "speaks_for": "#palace"},
            {"ref": "palace", "type": "organization", "name": "The palace"},
            {"ref": "businessman", "type": "person", "name": "A businessman"},
            {"ref": "journal", "type": "outlet", "name": "The Journal"},
            {"ref": "wire", "type": "outlet", "name": "A wire service"},
        ],
    }  # fmt: skip


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Source, Claim, Statement, Relay, Story, Event))


def test_a_case_is_filed_in_one_request_in_any_order(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    response = client_for(rosa).post("cases", **journal(politics))
    assert response.status == 201, response
    ids = {row["ref"]: row["id"] for row in response.json["filed"] if row["ref"]}
    ids_by_path = {row["place"]: row["id"] for row in response.json["filed"]}
    assert len(response.json["filed"]) == len(ids_by_path) == 5 + 1 + 2 + 2 + 3 + 1 + 1
    assert str(Source.objects.get(pk=ids["spokesman"]).speaks_for_id) == ids["palace"]
    contacts = Claim.objects.get(pk=ids["contacts"])
    assert [str(row.pk) for row in contacts.adverse_to.all()] == [ids["businessman"]]
    assert {str(part.pk) for part in Claim.objects.get(pk=ids["calls"]).parts.all()} == {
        ids["one-call"], ids_by_path["claims/1/parts/1"]
    }  # fmt: skip
    relay = Relay.objects.get(pk=ids_by_path["statements/0/repeats/0"])
    assert (str(relay.derived_id), str(relay.origin_id)) == (ids_by_path["statements/0"], ids["report"])
    statement = Statement.objects.get(pk=ids_by_path["statements/2"])
    assert (str(statement.claim_id), str(statement.briefing_id)) == (ids["one-call"], ids["call"])
    assert Story.objects.get(pk=ids_by_path["stories/0"]).uses.get().claim_id == contacts.pk


def test_one_refused_item_refuses_the_case_and_is_located(
    client_for: ClientFactory, rosa: User, politics: Desk
) -> None:
    before = rows()
    case = journal(politics)
    case["statements"][2] |= {"directness": "first_hand", "informant": "#wire"}
    response = client_for(rosa).post("cases", **case)
    assert (response.status, response.codes) == (422, ["INFORMANT"])
    assert response.json["errors"][0]["pointer"] == "#/statements/2/informant"
    assert rows() == before


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"claims": [{"text": "It is so.", "adverse_to": ["#nobody"]}]}, "UNKNOWN_NAME", "#/claims/0"),
        (
            {"claims": [{"ref": "a", "text": "One."}, {"ref": "a", "text": "Other."}]}, "DUPLICATE_NAME", "#/claims/1",
        ),
        (
            {"sources": [{"ref": "a", "type": "organization", "name": "A", "parent": "#b"},
                         {"ref": "b", "type": "organization", "name": "B", "parent": "#a"}]},
            "CIRCULAR_REFERENCE", None,
        ),
        ({"claims": [{"ref": "no spaces", "text": "It is so."}]}, "MALFORMED", "#/claims/0/ref"),
        ({"claims": [{"text": "It is so.", "desk": "…"}]}, "UNKNOWN_FIELD", "#/claims/0/desk"),
        ({"claims": [{"text": "It is so.", "adverse_to": [7]}]}, "INVALID", "#/claims/0/adverse_to/0"),
        ({"claims": "all of them"}, "NOT_A_LIST", "#/claims"),
        ({"statements": [{"claim": "#x", "source": "#y", "stance": "shrugs", "directness": "first_hand"}]},
         "INVALID_CHOICE", "#/statements/0/stance"),
    ],
)  # fmt: skip
def test_an_invalid_case_is_refused_at_its_field(
    client_for: ClientFactory, rosa: User, politics: Desk, change: dict[str, Any], code: str, pointer: str | None
) -> None:
    before = rows()
    response = client_for(rosa).post("cases", desk=str(politics.pk), **change)
    assert (response.status, response.codes) == (422, [code]), response
    assert response.json["errors"][0].get("pointer") == pointer
    assert rows() == before


def test_a_case_cannot_be_filed_at_another_desk(client_for: ClientFactory, rosa: User, city: Desk) -> None:
    before = rows()
    response = client_for(rosa).post("cases", **journal(city))
    assert response.status in (403, 404)
    assert rows() == before


def test_a_case_may_refer_to_visible_rows_only(
    client_for: ClientFactory, rosa: User, politics: Desk, city: Desk
) -> None:
    client = client_for(rosa)
    known = client.post("cases", **journal(politics)).json["filed"]
    claim = next(row["id"] for row in known if row["ref"] == "contacts")
    more = {"sources": [{"ref": "other", "type": "person", "name": "Another"}]}
    statement = {"claim": claim, "source": "#other", "stance": "denies", "directness": "first_hand"}
    assert client.post("cases", desk=str(politics.pk), statements=[statement], **more).status == 201
    before = rows()
    statement["claim"] = "019f7c54-0b7e-7c1f-b7a4-0c8b8a2f9d11"
    response = client.post("cases", desk=str(politics.pk), statements=[statement], **more)
    assert (response.status, response.codes) == (422, ["NOT_FOUND"])
    assert rows() == before
