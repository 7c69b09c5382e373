"""Writes that carry a key are carried out once, however often they are sent, and by however many at once."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from editorial.models import Claim, Desk, Event, Exhibit, IdempotencyRecord, Membership, OutboxMessage, User
from editorial.workflow.core import idempotency
from editorial.workflow.core.idempotency import StoredResponse
from editorial.workflow.ops import scheduler
from tests.api.conftest import ApiClient, ClientFactory
from tests.support.cast import Room, run_concurrently
from tests.support.keys import new_key

PDF = b"%PDF-1.7 the deed"


def file_claim(caller: ApiClient, desk: Desk, key: str = "k-1", text: str = "The gate was open.") -> Any:
    return caller.send("post", "claims", {"desk": str(desk.pk), "text": text}, headers={"Idempotency-Key": key})


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Claim, Event, OutboxMessage, IdempotencyRecord))


def test_the_first_response_is_replayed(calling: ClientFactory, rosa: User, politics: Desk) -> None:
    caller = calling(rosa)
    first = file_claim(caller, politics)
    before = counts()
    again = file_claim(caller, politics)
    assert (first.status, "Idempotency-Replayed" in first.response) == (201, False)
    assert (again.status, again.response["Idempotency-Replayed"]) == (201, "true")
    assert again.response.content == first.response.content
    assert again.type == first.type
    assert again.response["Cache-Control"] == first.response["Cache-Control"]
    assert counts() == before == (1, 1, before[2], 1)


def test_without_a_key_everything_is_done_as_often_as_it_is_sent(
    calling: ClientFactory, rosa: User, politics: Desk
) -> None:
    for _ in range(2):
        assert calling(rosa).post("claims", desk=str(politics.pk), text="The gate was open.").status == 201
    assert (Claim.objects.count(), IdempotencyRecord.objects.count()) == (2, 0)


def test_another_request_under_the_same_key_is_refused(calling: ClientFactory, rosa: User, room: Room) -> None:
    caller, claim = calling(rosa), room.claim()
    assert file_claim(caller, room.desk).status == 201
    before = counts()
    for path, body in (
        ("claims", {"desk": str(room.desk.pk), "text": "The gate was shut."}),
        ("stories", {"desk": str(room.desk.pk), "text": "The gate was open."}),
        (f"claims/{claim.pk}/drop", {"reason": "?"}),
    ):
        refused = caller.send("post", path, body, headers={"Idempotency-Key": "k-1"})
        assert (refused.status, refused.codes) == (422, ["IDEMPOTENCY_KEY_REUSED"])
    assert counts() == before


def test_how_a_body_is_written_makes_no_difference(calling: ClientFactory, rosa: User, politics: Desk) -> None:
    caller = calling(rosa)
    first = file_claim(caller, politics)
    spaced = b'{ "text": "The gate was open.",\n "desk": "%s" }' % str(politics.pk).encode()
    again = caller.send("post", "claims", spaced, headers={"Idempotency-Key": "k-1"})
    assert again.json == first.json


def test_keys_belong_to_one_user(calling: ClientFactory, rosa: User, ruben: User, politics: Desk) -> None:
    ours, theirs = (file_claim(calling(user), politics) for user in (rosa, ruben))
    assert ours.json["id"] != theirs.json["id"]
    assert "Idempotency-Replayed" not in theirs.response


def test_after_a_day_the_key_is_free_again(calling: ClientFactory, rosa: User, politics: Desk) -> None:
    first = file_claim(calling(rosa), politics)
    kept = IdempotencyRecord.objects.get()
    assert timedelta(hours=23, minutes=59) < kept.expires_at - timezone.now() < timedelta(hours=24)
    IdempotencyRecord.objects.update(expires_at=timezone.now())
    assert file_claim(calling(rosa), politics).json["id"] != first.json["id"]
    assert Claim.objects.count() == 2
    assert IdempotencyRecord.objects.get().expires_at > timezone.now()


def test_expired_idempotency_records_are_deleted(calling: ClientFactory, rosa: User, politics: Desk) -> None:
    for number in range(3):
        file_claim(calling(rosa), politics, f"k-{number}")
    IdempotencyRecord.objects.filter(key="k-0").update(expires_at=timezone.now() + timedelta(hours=48))
    assert scheduler.run_due(now=timezone.now()) == 0
    assert scheduler.run_due(now=timezone.now() + timedelta(hours=24)) == 1
    assert [kept.key for kept in IdempotencyRecord.objects.all()] == ["k-0"]


def test_what_was_refused_leaves_the_key_free(calling: ClientFactory, rosa: User, politics: Desk) -> None:
    caller = calling(rosa)
    assert file_claim(caller, politics, text=" ").status == 422
    assert not IdempotencyRecord.objects.exists()
    assert file_claim(caller, politics).status == 201


@pytest.mark.parametrize("key", ["", " ", "schlüssel", "x" * 256, "a\tb"])
def test_an_invalid_key_is_refused(calling: ClientFactory, rosa: User, politics: Desk, key: str) -> None:
    refused = file_claim(calling(rosa), politics, key)
    assert (refused.status, refused.codes) == (400, ["IDEMPOTENCY_KEY_MALFORMED"])
    assert not Claim.objects.exists()


@pytest.mark.parametrize("key", ["x", "x" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "claim 7: {again}"])
def test_any_printable_key_will_do(calling: ClientFactory, rosa: User, politics: Desk, key: str) -> None:
    caller = calling(rosa)
    assert file_claim(caller, politics, key).json == file_claim(caller, politics, key).json


def test_a_response_without_a_body_is_replayed(calling: ClientFactory, rosa: User, room: Room) -> None:
    caller = calling(rosa)
    nothing = caller.send("post", "reviews/take", {}, headers={"Idempotency-Key": "k"})
    again = caller.send("post", "reviews/take", {}, headers={"Idempotency-Key": "k"})
    assert (nothing.status, again.status, again.response.content) == (204, 204, b"")
    assert again.response["Idempotency-Replayed"] == "true"


def test_a_replayed_response_shows_the_row_as_it_was_changed(calling: ClientFactory, rosa: User, room: Room) -> None:
    caller, claim = calling(rosa), room.claim()
    headers = {"Idempotency-Key": "k", "If-Match": "*"}
    changed = caller.send("patch", f"claims/{claim.pk}", {"text": "It was shut."}, headers=headers)
    caller.patch(f"claims/{claim.pk}", text="It was ajar.")
    again = caller.send("patch", f"claims/{claim.pk}", {"text": "It was shut."}, headers=headers)
    assert again.json == changed.json
    assert Claim.objects.get().text == "It was ajar."


def test_an_upload_is_known_again_by_its_bytes(
    calling: ClientFactory, rosa: User, politics: Desk, settings: Any, tmp_path: Any
) -> None:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"default": storage}
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 4  # so that it is read from disk, as what is large is
    caller = calling(rosa)

    def upload(name: str, content: bytes, boundary: str) -> Any:
        lines = [f"--{boundary}", 'Content-Disposition: form-data; name="desk"', "", str(politics.pk)]
        lines += [f"--{boundary}", 'Content-Disposition: form-data; name="title"', "", "Deed", f"--{boundary}"]
        lines += [f'Content-Disposition: form-data; name="file"; filename="{name}"', "", ""]
        body = "\r\n".join(lines).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return caller.send("post", "exhibits", body, kind, headers={"Idempotency-Key": "k"})

    kept = upload("deed.pdf", PDF, "one")
    assert (kept.status, kept.json["size"]) == (201, len(PDF)), kept
    again = upload("again.pdf", PDF, "two")
    assert (again.json, again.response["Idempotency-Replayed"]) == (kept.json, "true")
    assert upload("deed.pdf", PDF + b".", "one").codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert Exhibit.objects.count() == 1


def test_tokens_take_no_keys(nobody: ApiClient, rosa: User) -> None:
    rosa.set_password("correct horse")
    rosa.save()
    proof = {"username": "rosa", "password": "correct horse"}
    made = [nobody.send("post", "tokens", proof, headers={"Idempotency-Key": "k"}).json["token"] for _ in range(2)]
    assert made[0] != made[1]
    assert not IdempotencyRecord.objects.exists()


def test_unmasking_is_never_replayed(calling: ClientFactory, cuno: User, room: Room) -> None:
    source = room.person("a keeper", unnamed=True, identity_name="Mia Mole", identity_known_by="1970")
    for _ in range(2):
        told = calling(cuno).send(
            "post", f"sources/{source.pk}/unmask", {"reason": "A letter came."}, headers={"Idempotency-Key": "k"}
        )
        assert (told.status, told.json["name"]) == (200, "Mia Mole")
        assert "no-store" in told.response["Cache-Control"]
        assert "Idempotency-Replayed" not in told.response
    assert Event.objects.filter(action="source.unmask").count() == 2
    assert not IdempotencyRecord.objects.exists(), "what the vault told is kept nowhere else"


class TestResponseWithSecret:
    """Adding a webhook: its signing secret is told to one person, and lies nowhere in clear."""

    def add(self, calling: ClientFactory, ada: User, room: Room) -> Any:
        stated = {"desk": str(room.desk.pk), "url": "https://1.1.1.1/hook"}
        return calling(ada).send("post", "webhooks", stated, headers={"Idempotency-Key": "k"})

    def test_is_encrypted(self, calling: ClientFactory, ada: User, room: Room) -> None:
        secret = self.add(calling, ada, room).json["secret"]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT editorial_idempotencyrecord::text, encode(response_encrypted, 'escape') "
                "FROM editorial_idempotencyrecord"
            )
            (told,) = cursor.fetchall()
        assert secret not in "".join(told)
        assert secret.encode().hex() not in "".join(told)

    def test_is_one_webhook(self, calling: ClientFactory, ada: User, room: Room) -> None:
        first = self.add(calling, ada, room)
        again = self.add(calling, ada, room)
        assert again.json == first.json
        assert "no-store" in again.response["Cache-Control"]
        assert Event.objects.filter(action="webhook.add").count() == 1

    def test_is_not_given_again_to_who_lost_the_role(self, calling: ClientFactory, ada: User, room: Room) -> None:
        self.add(calling, ada, room)
        Membership.objects.filter(user=ada).update(role="reporter")
        refused = self.add(calling, ada, room)
        assert (refused.status, refused.codes) == (403, ["PERMISSIONS_CHANGED"])

    def test_outlives_a_rotation_of_keys(
        self, calling: ClientFactory, ada: User, room: Room, settings: Any, capsys: Any
    ) -> None:
        first = self.add(calling, ada, room)
        old, new = settings.RESPONSE_KEYS, new_key()
        settings.RESPONSE_KEYS = [new, *old]
        call_command("rotate_keys")
        settings.RESPONSE_KEYS = [new]
        assert self.add(calling, ada, room).json == first.json

    def test_without_its_key_is_not_executed_again(
        self, calling: ClientFactory, ada: User, room: Room, settings: Any
    ) -> None:
        self.add(calling, ada, room)
        settings.RESPONSE_KEYS = [new_key()]
        refused = self.add(calling, ada, room)
        assert (refused.status, refused.codes) == (409, ["RESPONSE_UNREADABLE"])

    def test_needs_a_key_or_nothing_is_carried_out(
        self, calling: ClientFactory, ada: User, room: Room, settings: Any
    ) -> None:
        settings.RESPONSE_KEYS = []
        refused = self.add(calling, ada, room)
        assert (refused.status, refused.codes) == (409, ["KEY_UNAVAILABLE"])
        assert "RESPONSE_KEYS" in str(refused.json)
        assert not Event.objects.filter(action="webhook.add").exists()

    def test_stored_for_another_caller_is_not_shown(self, calling: ClientFactory, ada: User, room: Room) -> None:
        self.add(calling, ada, room)
        other = User.objects.create(username="another-admin")
        Membership.objects.create(user=other, role="admin")
        IdempotencyRecord.objects.update(user=other)
        refused = self.add(calling, other, room)
        assert (refused.status, refused.codes) == (409, ["RESPONSE_UNREADABLE"])


class TestConcurrentRetries:
    """Several requests under one key, and processes that die in the middle of one."""

    def test_of_fifty_one_is_executed(self, parallel: Room, calling: ClientFactory, rosa: User) -> None:
        callers = [calling(rosa) for _ in range(50)]
        told = run_concurrently(*[lambda caller=caller: file_claim(caller, parallel.desk) for caller in callers])
        done = [answer for answer in told if answer.status == 201]
        assert Claim.objects.count() == IdempotencyRecord.objects.count() == 1
        assert {answer.json["id"] for answer in done} == {str(Claim.objects.get().pk)}
        assert sum("Idempotency-Replayed" not in answer.response for answer in done) == 1
        waved_off = [answer for answer in told if answer.status != 201]
        assert all(answer.codes == ["IDEMPOTENCY_IN_PROGRESS"] for answer in waved_off)
        assert all(answer.response["Retry-After"] == "1" for answer in waved_off)

    def test_while_one_is_executed_the_other_is_rejected(
        self, parallel: Room, calling: ClientFactory, rosa: User, ruben: User
    ) -> None:
        begun, told = threading.Event(), threading.Event()

        def slowly() -> StoredResponse:
            begun.set()
            assert told.wait(timeout=60)
            return StoredResponse(200, "{}")

        def first() -> StoredResponse:
            return idempotency.run_once(key="k-1", fingerprint="f", actor=rosa, now=timezone.now(), handler=slowly)

        def second() -> tuple[Any, Any, Any]:
            assert begun.wait(timeout=60)
            same = file_claim(calling(rosa), parallel.desk)
            other, theirs = file_claim(calling(rosa), parallel.desk, "k-2"), file_claim(calling(ruben), parallel.desk)
            told.set()
            return same, other, theirs

        _, (same, other, theirs) = run_concurrently(first, second)
        assert (same.status, same.codes) == (409, ["IDEMPOTENCY_IN_PROGRESS"])
        assert (other.status, theirs.status) == (201, 201)

    def test_a_crash_before_the_response_is_stored_leaves_nothing(
        self, parallel: Room, calling: ClientFactory, rosa: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        caller, keep = calling(rosa), idempotency._store
        for death in (_raise, _lose_the_database):
            before = counts()
            monkeypatch.setattr(idempotency, "_store", lambda *given, death=death: death())
            assert file_claim(caller, parallel.desk).status >= 500
            monkeypatch.setattr(idempotency, "_store", keep)
            connection.close()
            assert counts() == before
        assert file_claim(caller, parallel.desk).status == 201

    def test_the_victim_of_a_deadlock_is_retried(
        self, parallel: Room, calling: ClientFactory, rosa: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Two keyed writes lock two claims crosswise; PostgreSQL ends one of them, which begins again from its key."""
        first, second = parallel.claim("One."), parallel.claim("Two.")
        met = threading.Barrier(2)
        winner_is_done = threading.Event()
        tries: Counter[Claim] = Counter()

        def crosswise(one: Claim, other: Claim) -> StoredResponse:
            tries[one] += 1
            if tries[one] > 1:  # else the loser might be back at its first claim before the winner has got that one
                assert winner_is_done.wait(timeout=60)
            Claim.objects.select_for_update().get(pk=one.pk)
            if tries[one] == 1:
                met.wait(timeout=60)
            Claim.objects.select_for_update().get(pk=other.pk)
            return StoredResponse(200, "{}")

        def under(key: str, one: Claim, other: Claim) -> StoredResponse:
            answer = idempotency.run_once(
                key=key, fingerprint="f", actor=rosa, now=timezone.now(), handler=lambda: crosswise(one, other)
            )
            winner_is_done.set()
            return answer

        told = run_concurrently(lambda: under("a", first, second), lambda: under("b", second, first))
        assert [answer.status for answer in told] == [200, 200]
        assert sorted(tries.values()) == [1, 2]
        assert IdempotencyRecord.objects.count() == 2


def _raise() -> None:
    raise RuntimeError("died")


def _lose_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
