"""Writes with an idempotency key are executed once, however often and however concurrently they are sent."""

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


def file_claim(client: ApiClient, desk: Desk, key: str = "k-1", text: str = "The gate was open.") -> Any:
    return client.send("post", "claims", {"desk": str(desk.pk), "text": text}, headers={"Idempotency-Key": key})


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Claim, Event, OutboxMessage, IdempotencyRecord))


def test_the_first_response_is_replayed(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    client = client_for(rosa)
    first = file_claim(client, politics)
    before = counts()
    again = file_claim(client, politics)
    assert (first.status, "Idempotency-Replayed" in first.response) == (201, False)
    assert (again.status, again.response["Idempotency-Replayed"]) == (201, "true")
    assert again.response.content == first.response.content
    assert again.type == first.type
    assert again.response["Cache-Control"] == first.response["Cache-Control"]
    assert counts() == before == (1, 1, before[2], 1)


def test_without_a_key_every_request_is_executed(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    for _ in range(2):
        assert client_for(rosa).post("claims", desk=str(politics.pk), text="The gate was open.").status == 201
    assert (Claim.objects.count(), IdempotencyRecord.objects.count()) == (2, 0)


def test_another_request_under_the_same_key_is_refused(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client, claim = client_for(rosa), room.claim()
    assert file_claim(client, room.desk).status == 201
    before = counts()
    for path, body in (
        ("claims", {"desk": str(room.desk.pk), "text": "The gate was shut."}),
        ("stories", {"desk": str(room.desk.pk), "text": "The gate was open."}),
        (f"claims/{claim.pk}/drop", {"reason": "?"}),
    ):
        response = client.send("post", path, body, headers={"Idempotency-Key": "k-1"})
        assert (response.status, response.codes) == (422, ["IDEMPOTENCY_KEY_REUSED"])
    assert counts() == before


def test_the_formatting_of_a_body_makes_no_difference(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    client = client_for(rosa)
    first = file_claim(client, politics)
    spaced = b'{ "text": "The gate was open.",\n "desk": "%s" }' % str(politics.pk).encode()
    again = client.send("post", "claims", spaced, headers={"Idempotency-Key": "k-1"})
    assert again.json == first.json


def test_keys_belong_to_one_user(client_for: ClientFactory, rosa: User, ruben: User, politics: Desk) -> None:
    ours, theirs = (file_claim(client_for(user), politics) for user in (rosa, ruben))
    assert ours.json["id"] != theirs.json["id"]
    assert "Idempotency-Replayed" not in theirs.response


def test_a_key_is_free_again_after_a_day(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    first = file_claim(client_for(rosa), politics)
    record = IdempotencyRecord.objects.get()
    assert timedelta(hours=23, minutes=59) < record.expires_at - timezone.now() < timedelta(hours=24)
    IdempotencyRecord.objects.update(expires_at=timezone.now())
    assert file_claim(client_for(rosa), politics).json["id"] != first.json["id"]
    assert Claim.objects.count() == 2
    assert IdempotencyRecord.objects.get().expires_at > timezone.now()


def test_expired_idempotency_records_are_deleted(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    for number in range(3):
        file_claim(client_for(rosa), politics, f"k-{number}")
    IdempotencyRecord.objects.filter(key="k-0").update(expires_at=timezone.now() + timedelta(hours=48))
    assert scheduler.run_due(now=timezone.now()) == 0
    assert scheduler.run_due(now=timezone.now() + timedelta(hours=24)) == 1
    assert [record.key for record in IdempotencyRecord.objects.all()] == ["k-0"]


def test_a_refused_request_leaves_its_key_free(client_for: ClientFactory, rosa: User, politics: Desk) -> None:
    client = client_for(rosa)
    assert file_claim(client, politics, text=" ").status == 422
    assert not IdempotencyRecord.objects.exists()
    assert file_claim(client, politics).status == 201


@pytest.mark.parametrize("key", ["", " ", "schlüssel", "x" * 256, "a\tb"])
def test_an_invalid_key_is_refused(client_for: ClientFactory, rosa: User, politics: Desk, key: str) -> None:
    response = file_claim(client_for(rosa), politics, key)
    assert (response.status, response.codes) == (400, ["IDEMPOTENCY_KEY_MALFORMED"])
    assert not Claim.objects.exists()


@pytest.mark.parametrize("key", ["x", "x" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "claim 7: {again}"])
def test_any_printable_key_is_accepted(client_for: ClientFactory, rosa: User, politics: Desk, key: str) -> None:
    client = client_for(rosa)
    assert file_claim(client, politics, key).json == file_claim(client, politics, key).json


def test_a_response_without_a_body_is_replayed(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client = client_for(rosa)
    response = client.send("post", "reviews/take", {}, headers={"Idempotency-Key": "k"})
    again = client.send("post", "reviews/take", {}, headers={"Idempotency-Key": "k"})
    assert (response.status, again.status, again.response.content) == (204, 204, b"")
    assert again.response["Idempotency-Replayed"] == "true"


def test_a_replayed_response_shows_the_row_as_it_was_changed(client_for: ClientFactory, rosa: User, room: Room) -> None:
    client, claim = client_for(rosa), room.claim()
    headers = {"Idempotency-Key": "k", "If-Match": "*"}
    changed = client.send("patch", f"claims/{claim.pk}", {"text": "It was shut."}, headers=headers)
    client.patch(f"claims/{claim.pk}", text="It was ajar.")
    again = client.send("patch", f"claims/{claim.pk}", {"text": "It was shut."}, headers=headers)
    assert again.json == changed.json
    assert Claim.objects.get().text == "It was ajar."


def test_an_upload_is_matched_by_its_bytes(
    client_for: ClientFactory, rosa: User, politics: Desk, settings: Any, tmp_path: Any
) -> None:
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"default": storage}
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 4  # large files are read from disk
    client = client_for(rosa)

    def upload(name: str, content: bytes, boundary: str) -> Any:
        lines = [f"--{boundary}", 'Content-Disposition: form-data; name="desk"', "", str(politics.pk)]
        lines += [f"--{boundary}", 'Content-Disposition: form-data; name="title"', "", "Deed", f"--{boundary}"]
        lines += [f'Content-Disposition: form-data; name="file"; filename="{name}"', "", ""]
        body = "\r\n".join(lines).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return client.send("post", "exhibits", body, kind, headers={"Idempotency-Key": "k"})

    response = upload("deed.pdf", PDF, "one")
    assert (response.status, response.json["size"]) == (201, len(PDF)), response
    again = upload("again.pdf", PDF, "two")
    assert (again.json, again.response["Idempotency-Replayed"]) == (response.json, "true")
    assert upload("deed.pdf", PDF + b".", "one").codes == ["IDEMPOTENCY_KEY_REUSED"]
    assert Exhibit.objects.count() == 1


def test_issuing_a_token_accepts_no_key(nobody: ApiClient, rosa: User) -> None:
    rosa.set_password("correct horse")
    rosa.save()
    proof = {"username": "rosa", "password": "correct horse"}
    tokens = [nobody.send("post", "tokens", proof, headers={"Idempotency-Key": "k"}).json["token"] for _ in range(2)]
    assert tokens[0] != tokens[1]
    assert not IdempotencyRecord.objects.exists()


def test_unmasking_is_never_replayed(client_for: ClientFactory, cuno: User, room: Room) -> None:
    source = room.person("a keeper", unnamed=True, identity_name="Mia Mole", identity_known_by="1970")
    for _ in range(2):
        body = {"reason": "A letter came."}
        response = client_for(cuno).send(
            "post", f"sources/{source.pk}/break-glass", body, headers={"Idempotency-Key": "k"}
        )
        assert (response.status, response.json["name"]) == (200, "Mia Mole")
        assert "no-store" in response.response["Cache-Control"]
        assert "Idempotency-Replayed" not in response.response
    assert Event.objects.filter(action="source.break_glass").count() == 2
    assert not IdempotencyRecord.objects.exists(), "what the vault told is kept nowhere else"


class TestResponseWithSecret:
    """Adding a webhook: the response holds its signing secret, which is stored only encrypted."""

    def add(self, client_for: ClientFactory, ada: User, room: Room) -> Any:
        body = {"desk": str(room.desk.pk), "url": "https://1.1.1.1/hook"}
        return client_for(ada).send("post", "webhooks", body, headers={"Idempotency-Key": "k"})

    def test_is_encrypted(self, client_for: ClientFactory, ada: User, room: Room) -> None:
        secret = self.add(client_for, ada, room).json["secret"]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT editorial_idempotencyrecord::text, encode(response_encrypted, 'escape') "
                "FROM editorial_idempotencyrecord"
            )
            (record,) = cursor.fetchall()
        assert secret not in "".join(record)
        assert secret.encode().hex() not in "".join(record)

    def test_is_one_webhook(self, client_for: ClientFactory, ada: User, room: Room) -> None:
        first = self.add(client_for, ada, room)
        again = self.add(client_for, ada, room)
        assert again.json == first.json
        assert "no-store" in again.response["Cache-Control"]
        assert Event.objects.filter(action="webhook.add").count() == 1

    def test_is_not_replayed_after_the_role_is_lost(self, client_for: ClientFactory, ada: User, room: Room) -> None:
        self.add(client_for, ada, room)
        Membership.objects.filter(user=ada).update(role="reporter")
        response = self.add(client_for, ada, room)
        assert (response.status, response.codes) == (403, ["PERMISSIONS_CHANGED"])

    def test_survives_key_rotation(
        self, client_for: ClientFactory, ada: User, room: Room, settings: Any, capsys: Any
    ) -> None:
        first = self.add(client_for, ada, room)
        old, new = settings.RESPONSE_KEYS, new_key()
        settings.RESPONSE_KEYS = [new, *old]
        call_command("rotate_keys")
        settings.RESPONSE_KEYS = [new]
        assert self.add(client_for, ada, room).json == first.json

    def test_is_not_executed_again_without_its_key(
        self, client_for: ClientFactory, ada: User, room: Room, settings: Any
    ) -> None:
        self.add(client_for, ada, room)
        settings.RESPONSE_KEYS = [new_key()]
        response = self.add(client_for, ada, room)
        assert (response.status, response.codes) == (409, ["RESPONSE_UNREADABLE"])

    def test_needs_a_key_or_nothing_is_carried_out(
        self, client_for: ClientFactory, ada: User, room: Room, settings: Any
    ) -> None:
        settings.RESPONSE_KEYS = []
        response = self.add(client_for, ada, room)
        assert (response.status, response.codes) == (409, ["KEY_UNAVAILABLE"])
        assert "RESPONSE_KEYS" in str(response.json)
        assert not Event.objects.filter(action="webhook.add").exists()

    def test_stored_for_another_caller_is_not_shown(self, client_for: ClientFactory, ada: User, room: Room) -> None:
        self.add(client_for, ada, room)
        other = User.objects.create(username="another-admin")
        Membership.objects.create(user=other, role="admin")
        IdempotencyRecord.objects.update(user=other)
        response = self.add(client_for, other, room)
        assert (response.status, response.codes) == (409, ["RESPONSE_UNREADABLE"])


class TestConcurrentRetries:
    """Several requests under one key, and processes that die in the middle of one."""

    def test_only_one_of_fifty_is_executed(self, parallel: Room, client_for: ClientFactory, rosa: User) -> None:
        callers = [client_for(rosa) for _ in range(50)]
        responses = run_concurrently(*[lambda client=client: file_claim(client, parallel.desk) for client in callers])
        done = [response for response in responses if response.status == 201]
        assert Claim.objects.count() == IdempotencyRecord.objects.count() == 1
        assert {response.json["id"] for response in done} == {str(Claim.objects.get().pk)}
        assert sum("Idempotency-Replayed" not in response.response for response in done) == 1
        waved_off = [response for response in responses if response.status != 201]
        assert all(response.codes == ["IDEMPOTENCY_IN_PROGRESS"] for response in waved_off)
        assert all(response.response["Retry-After"] == "1" for response in waved_off)

    def test_a_second_request_is_rejected_during_the_first(
        self, parallel: Room, client_for: ClientFactory, rosa: User, ruben: User
    ) -> None:
        started, rejected = threading.Event(), threading.Event()

        def slowly() -> StoredResponse:
            started.set()
            assert rejected.wait(timeout=60)
            return StoredResponse(200, "{}")

        def first() -> StoredResponse:
            return idempotency.run_once(key="k-1", fingerprint="f", actor=rosa, now=timezone.now(), handler=slowly)

        def second() -> tuple[Any, Any, Any]:
            assert started.wait(timeout=60)
            same = file_claim(client_for(rosa), parallel.desk)
            other, theirs = (
                file_claim(client_for(rosa), parallel.desk, "k-2"),
                file_claim(client_for(ruben), parallel.desk),
            )
            rejected.set()
            return same, other, theirs

        _, (same, other, theirs) = run_concurrently(first, second)
        assert (same.status, same.codes) == (409, ["IDEMPOTENCY_IN_PROGRESS"])
        assert (other.status, theirs.status) == (201, 201)

    def test_a_crash_before_the_response_is_stored_leaves_nothing(
        self, parallel: Room, client_for: ClientFactory, rosa: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client, keep = client_for(rosa), idempotency._store
        for death in (_raise, _lose_the_database):
            before = counts()
            monkeypatch.setattr(idempotency, "_store", lambda *_args, death=death: death())
            assert file_claim(client, parallel.desk).status >= 500
            monkeypatch.setattr(idempotency, "_store", keep)
            connection.close()
            assert counts() == before
        assert file_claim(client, parallel.desk).status == 201

    def test_the_victim_of_a_deadlock_is_retried(
        self, parallel: Room, client_for: ClientFactory, rosa: User, monkeypatch: pytest.MonkeyPatch
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
            response = idempotency.run_once(
                key=key, fingerprint="f", actor=rosa, now=timezone.now(), handler=lambda: crosswise(one, other)
            )
            winner_is_done.set()
            return response

        responses = run_concurrently(lambda: under("a", first, second), lambda: under("b", second, first))
        assert [response.status for response in responses] == [200, 200]
        assert sorted(tries.values()) == [1, 2]
        assert IdempotencyRecord.objects.count() == 2


def _raise() -> None:
    raise RuntimeError("died")


def _lose_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
