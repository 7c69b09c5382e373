"""Input is measured before it is processed, and no response to invalid input is larger than a page."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern
from rest_framework import serializers
from rest_framework.views import APIView

from editorial.api import urls
from editorial.api.framework import parsers
from editorial.api.framework.fields import ListField
from editorial.api.framework.serializers import InputSerializer
from editorial.api.imports.imports import NinjsDocumentsField
from editorial.models import Membership, User
from editorial.policy.roles import Role
from tests.api.conftest import ApiClient, ClientFactory

_MAX_ANSWER_BYTES = 32 * 1024
_MAX_SECONDS = 1.0
_MEGABYTE = 1024 * 1024
# Fields that read one short value, or what the parser has already bounded.
_BOUNDED = (
    serializers.BooleanField, serializers.ChoiceField, serializers.DateTimeField, serializers.TimeField,
    serializers.UUIDField, serializers.IntegerField, serializers.FileField, NinjsDocumentsField,
)  # fmt: skip


def _input_serializers(of: type[InputSerializer] = InputSerializer) -> Iterator[type[InputSerializer]]:
    for each in of.__subclasses__():
        yield each
        yield from _input_serializers(each)


def _unbounded(field: Any, path: str) -> Iterator[str]:
    """The places below this field that take input of any length."""
    match field:
        case serializers.Serializer():
            for name, inner in field.fields.items():
                if not inner.read_only:
                    yield from _unbounded(inner, f"{path}.{name}")
        case ListField():
            yield from _unbounded(field.child, f"{path}[]")
        case serializers.CharField():
            if not field.max_length:
                yield f"{path}: set max_length"
        case _ if not isinstance(field, _BOUNDED) or isinstance(field, serializers.MultipleChoiceField):
            yield f"{path}: {type(field).__name__} has no maximum; use framework.fields"


def test_every_input_field_has_a_maximum_that_is_checked_before_its_items() -> None:
    taken = list(_input_serializers())
    assert len(taken) > 40
    assert [place for each in taken for place in _unbounded(each(), each.__name__)] == []


def test_a_field_without_a_maximum_is_noticed() -> None:
    class Careless(serializers.Serializer[Any]):
        names = serializers.ListField(child=serializers.CharField(max_length=5))
        parts = serializers.DictField()
        choices = serializers.MultipleChoiceField(choices=[("a", "b")])
        text = serializers.CharField()

    assert len(list(_unbounded(Careless(), "Careless"))) == 4
    with pytest.raises(TypeError):
        ListField(child=serializers.CharField())  # type: ignore[call-arg]


def test_every_view_reads_json_by_the_parser_that_limits_it() -> None:
    for view in _views():
        assert all(
            issubclass(each, parsers.StrictJSONParser | parsers.LimitedMultiPartParser | parsers.CSVParser)
            for each in view.parser_classes
        ), view


def _views() -> Iterator[type[APIView]]:
    for pattern in urls.urlpatterns:
        callback: Any = pattern.callback if isinstance(pattern, URLPattern) else None
        yield getattr(callback, "cls", None) or callback.view_class


_COMMON = {"tokens", "claims", "cases", "imports"}


def _endpoints() -> list[Any]:
    """Every path of the API with every method that writes. `make test` tries those that take most."""
    endpoints = set()
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        path = str(pattern.pattern).replace("<uuid:pk>", "00000000-0000-7000-8000-000000000000")
        callback: Any = pattern.callback
        methods = getattr(callback, "actions", None) or vars(
            callback.view_class if hasattr(callback, "view_class") else callback.cls
        )
        endpoints |= {(method, path) for method in ("post", "put", "patch", "delete") if method in methods}
    assert len(endpoints) > 50
    return [
        pytest.param(method, path, marks=() if path in _COMMON else pytest.mark.exhaustive)
        for method, path in sorted(endpoints)
    ]


@pytest.fixture(scope="module")
def junk() -> list[tuple[str, bytes]]:
    """Bodies of about a megabyte, by kind."""
    return list(_junk())


def _junk() -> Iterator[tuple[str, bytes]]:
    yield "a list of lists", b"[" + b"[]," * (_MEGABYTE // 3) + b"1]"
    yield "brackets", b"[" * _MEGABYTE
    yield "a string", json.dumps("x" * _MEGABYTE).encode()
    yield "unknown fields", json.dumps({f"{number:020}": 1 for number in range(40_000)}).encode()
    yield "long names", json.dumps({"\U0001f47b" * 2500 + str(number): 1 for number in range(30)}).encode()
    yield "no JSON", b"x" * _MEGABYTE
    fields = sorted({name for each in _input_serializers() for name in each().fields})
    for item in ("x" * 20, [], {}):
        items = [item] * (45_000 // len(fields))
        yield f"lists of {type(item).__name__} in every field", json.dumps(dict.fromkeys(fields, items)).encode()


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), _endpoints())
def test_a_megabyte_of_junk_gets_a_short_response_quickly(
    db: None, rosa: User, junk: list[tuple[str, bytes]], method: str, path: str
) -> None:
    for role in Role:
        Membership.objects.create(user=rosa, desk=None, role=role)
    for caller in (ApiClient(rosa), ApiClient()):
        for kind, body in junk:
            began = time.thread_time()
            answer = caller.send(method, path, body, headers={"If-Match": "*"})
            assert time.thread_time() - began < _MAX_SECONDS, kind
            assert len(answer.response.content) <= _MAX_ANSWER_BYTES, kind
            assert answer.status < 500, (kind, answer)


def test_a_long_list_is_refused_before_its_items_are_read() -> None:
    class Item(serializers.CharField):
        def run_validation(self, data: Any = None) -> Any:
            raise AssertionError("an item was read")

    field = ListField(child=Item(max_length=5), max_length=3)
    with pytest.raises(serializers.ValidationError, match="no more than 3"):
        field.run_validation(["x"] * 4)


def test_a_long_list_of_scopes_is_refused_before_sign_in_in_few_words(nobody: ApiClient) -> None:
    body = {"username": "rosa", "password": "x", "scopes": ["x"] * 10_000}
    answer = nobody.send("post", "tokens", body)
    assert (answer.status, answer.codes) == (422, ["MAX_LENGTH"])
    assert len(answer.response.content) < 1024


def test_twenty_problems_are_reported_with_the_number_of_further_ones(client_for: ClientFactory, rosa: User) -> None:
    answer = client_for(rosa).send("post", "claims", {f"field{number}": 1 for number in range(50)})
    assert (answer.status, len(answer.codes), answer.json["further_errors"]) == (422, 20, 30)


def test_few_problems_are_reported_without_a_number_of_further_ones(client_for: ClientFactory, rosa: User) -> None:
    answer = client_for(rosa).send("post", "claims", {"field": 1})
    assert (answer.status, answer.codes) == (422, ["UNKNOWN_FIELD"])
    assert "further_errors" not in answer.json


@pytest.mark.parametrize("path", ["claims", "cases", "imports", "exhibits", "tokens"])
def test_deep_nesting_is_refused(client_for: ClientFactory, rosa: User, path: str) -> None:
    body = b'{"desk": ' + b"[" * 40 + b"]" * 40 + b"}"
    answer = client_for(rosa).send("post", path, body)
    assert (answer.status, answer.codes) == (400, ["PARSE_ERROR"])
    assert "nesting" in answer.json["detail"]


def test_brackets_in_text_are_no_nesting(client_for: ClientFactory, rosa: User, room: Any) -> None:
    text = "[{" * 4000 + '\\" [[['
    answer = client_for(rosa).post("claims", desk=str(room.desk.pk), text=text)
    assert answer.status == 201, answer


def test_json_in_a_form_has_the_same_limits(client_for: ClientFactory, rosa: User) -> None:
    items = "[" * 100_000
    body = f'--x\r\nContent-Disposition: form-data; name="items"\r\n\r\n{items}\r\n--x--\r\n'.encode()
    answer = client_for(rosa).send("post", "imports", body, "multipart/form-data; boundary=x")
    assert answer.status in (400, 422), answer
    assert len(answer.response.content) <= _MAX_ANSWER_BYTES


def test_a_wrong_id_is_not_quoted(client_for: ClientFactory, rosa: User) -> None:
    answer = client_for(rosa).post("claims", desk="Mia Mole", text="P")
    assert answer.status == 422
    assert "Mole" not in answer.response.content.decode()


class TestBodySize:
    @pytest.mark.parametrize("path", ["/api/v1/tokens", "/api/v1/claims", "/admin/login/", "/nothing-here"])
    def test_before_sign_in_a_body_of_more_than_64_kib_is_refused(self, db: None, path: str) -> None:
        body = b"username=" + b"x" * settings.ANONYMOUS_MAX_BYTES
        for content_type in (
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
        ):
            answer = Client().post(path, body, content_type=content_type)
            assert answer.status_code in (401, 413), (path, content_type)
            assert len(answer.content) < 2048

    def test_a_false_token_does_not_raise_the_limit_of_the_sign_in(self, db: None) -> None:
        body = json.dumps({"username": "rosa", "password": "x" * settings.ANONYMOUS_MAX_BYTES})
        headers = {"Authorization": "Bearer nr_0"}
        answer = Client(headers=headers).post("/api/v1/tokens", body, content_type="application/json")
        assert answer.status_code == 413

    def test_signed_in_json_has_a_limit_and_uploads_a_larger_one(self, client_for: ClientFactory, rosa: User) -> None:
        body = b'{"text": "' + b"x" * settings.JSON_MAX_BYTES + b'"}'
        assert client_for(rosa).send("post", "claims", body).status == 413
        assert client_for(rosa).send("post", "exhibits", body).status == 422

    def test_compressed_bodies_are_refused(self, client_for: ClientFactory, rosa: User) -> None:
        bomb = gzip.compress(b" " * _MEGABYTE)
        for path in ("claims", "exhibits", "tokens"):
            answer = client_for(rosa).send("post", path, bomb, headers={"Content-Encoding": "gzip"})
            assert (answer.status, answer.codes) == (415, ["CONTENT_ENCODING_UNSUPPORTED"])
        assert client_for(rosa).send("post", "claims", b"{}", headers={"Content-Encoding": "identity"}).status == 422
