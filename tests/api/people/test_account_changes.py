"""Changes of protected accounts by API."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from editorial.models import AccountChange, User
from editorial.workflow.ops import scheduler
from tests.api.conftest import ApiClient
from tests.support.people import app_of

NEW = "a long and winding word"


def ask(ada: User, person: User, **fields: Any) -> Any:
    fields = {"kind": "password", "password": NEW, "reason": "He rang me."} | fields
    return ApiClient(ada).post("account-changes", user=str(person.pk), **fields)


def test_a_change_is_requested_approved_and_carried_out(room: Any, ada: User, bella: User, cuno: User) -> None:
    answer = ask(ada, cuno)
    assert answer.status == 201, answer
    assert (answer.json["state"], answer.json["user"]["name"], answer.json["effective_at"]) == (
        "requested", "cuno", None,
    )  # fmt: skip
    assert "password" not in answer.json
    assert NEW not in str(answer.json)
    path = f"account-changes/{answer.json['id']}"
    assert ApiClient(ada).post(f"{path}/approve").codes == ["FOUR_EYES"]
    app = app_of(bella, room)
    assert ApiClient(bella).post(f"{path}/approve").codes == ["CODE_REQUIRED"]
    next_code = app.at(room.now, counter_offset=1)
    approved = ApiClient(bella).post(f"{path}/approve", code=next_code)
    assert (approved.status, approved.json["state"]) == (200, "approved"), approved
    scheduler.run_due(now=timezone.now())
    assert ApiClient(cuno).get(path).json["state"] == "approved"
    scheduler.run_due(now=timezone.now() + timedelta(hours=24))
    assert ApiClient(cuno).get(path).json["state"] == "carried_out"
    assert User.objects.get(pk=cuno.pk).check_password(NEW)


def test_the_person_concerned_sees_and_cancels_it_and_colleagues_do_not(
    room: Any, ada: User, cuno: User, stan: User, rosa: User
) -> None:
    change = ask(ada, cuno).json["id"]
    for person, count in ((cuno, 1), (stan, 1), (ada, 1), (rosa, 0)):
        assert len(ApiClient(person).get("account-changes", state="requested").json["results"]) == count
    assert ApiClient(rosa).get(f"account-changes/{change}").status == 404
    assert ApiClient(stan).post(f"account-changes/{change}/cancel").status == 403
    assert ApiClient(cuno).post(f"account-changes/{change}/cancel").json["state"] == "cancelled"
    assert ApiClient(ada).get("account-changes", user=str(cuno.pk), state="requested").json["results"] == []


def test_break_glass_needs_a_reason(room: Any, ada: User, cuno: User) -> None:
    path = f"account-changes/{ask(ada, cuno).json['id']}/break-glass"
    assert ApiClient(ada).post(path, reason="").codes == ["REASON_REQUIRED"]
    answer = ApiClient(ada).post(path, reason="A threat.")
    assert (answer.json["state"], answer.json["forced_by"]["name"]) == ("carried_out", "ada")


def test_a_wrong_code_counts_even_with_an_idempotency_key(room: Any, ada: User, bella: User, cuno: User) -> None:
    app_of(bella, room)
    path, client = f"account-changes/{ask(ada, cuno).json['id']}/approve", ApiClient(bella)
    for number in range(10):
        answer = client.send("post", path, {"code": "000000"}, HTTP_IDEMPOTENCY_KEY=f"key-{number}")
        assert answer.codes == ["WRONG_CODE"]
    assert client.post(path, code="000000").codes == ["THROTTLED"]


def test_a_request_says_what_it_lacks(room: Any, ada: User, cuno: User, rosa: User) -> None:
    assert ask(ada, cuno, password="short").codes[0] == "WEAK_PASSWORD"
    assert ask(ada, cuno, kind="role").status == 422
    assert ask(ada, cuno, kind="crown").status == 422
    assert ask(ada, rosa).codes == ["NOT_PROTECTED"]
    assert ask(cuno, cuno).status == 403
    assert not AccountChange.objects.exists()
