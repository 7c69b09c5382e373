"""Tokens: signing in and out, and what happens to those who cannot."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from editorial.models import SignIn, Token, User
from tests.api.conftest import ApiClient, ClientFactory, create_token
from tests.support.people import PASSWORD


def test_a_token_works_until_it_is_revoked(nobody: ApiClient, rosa_with_password: User) -> None:
    got = nobody.post("tokens", username="rosa", password=PASSWORD)
    assert got.status == 201, got
    assert got.json["token"].startswith("nr_")
    assert datetime.fromisoformat(got.json["expiry"]) > timezone.now()
    assert got.response["Cache-Control"] == "no-store"

    client = ApiClient()
    client.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {got.json['token']}"
    assert client.get("me").json["username"] == "rosa"
    assert client.get("me").json["scopes"] == ["read", "file", "review", "sign"]
    assert ApiClient.send(client, "delete", "tokens/current", None).status == 204
    assert client.get("me").status == 401


def test_wrong_credentials_reveal_nothing(nobody: ApiClient, rosa_with_password: User) -> None:
    response = nobody.post("tokens", username="rosa", password="guess")
    unknown = nobody.post("tokens", username="nobody", password="guess")
    assert (response.status, response.codes) == (401, ["WRONG_CREDENTIALS"])
    assert response.json == unknown.json
    assert response.response["WWW-Authenticate"] == "Bearer"


def test_a_deactivated_user_gets_no_token(nobody: ApiClient, gina: User) -> None:
    gina.set_password(PASSWORD)
    gina.save()
    assert nobody.post("tokens", username="gina", password=PASSWORD).status == 401


def test_deactivation_rejects_tokens_immediately(client_for: ClientFactory, rosa: User) -> None:
    client = client_for(rosa)
    assert client.get("me").status == 200
    rosa.is_active = False
    rosa.save()
    assert client.get("me").status == 401


def test_an_expired_token_is_rejected(rosa: User) -> None:
    client = ApiClient(rosa)
    Token.objects.update(expires_at=timezone.now())
    assert client.get("me").status == 401


def test_failed_sign_ins_are_limited_per_address_whatever_the_headers(
    nobody: ApiClient, rosa_with_password: User
) -> None:
    for number in range(10):
        tried = nobody.client.post(
            "/api/v1/tokens",
            {"username": "rosa" if number % 2 else f"stranger {number}", "password": "guess"},
            content_type="application/json",
            headers={"x-forwarded-for": f"192.0.2.{number}"},
        )
        assert tried.status_code == 401
    response = nobody.post("tokens", username="rosa", password=PASSWORD)
    assert response.status == 429
    assert response.codes == ["THROTTLED"]
    assert 0 < int(response.response["Retry-After"]) <= 61
    assert ApiClient().post("tokens", username="rosa", password=PASSWORD).status == 201


@pytest.mark.parametrize("name", ["rosa", "nobody of that name"])
def test_failed_sign_ins_are_limited_per_user_across_addresses(rosa_with_password: User, name: str) -> None:
    at_home = ApiClient()
    assert at_home.post("tokens", username="rosa", password=PASSWORD).status == 201
    for _ in range(10):
        assert ApiClient().post("tokens", username=name, password="guess").status == 401
    response = ApiClient().post("tokens", username=name, password=PASSWORD)
    assert (response.status, response.codes) == (429, ["THROTTLED"])
    assert at_home.post("tokens", username="rosa", password=PASSWORD).status == 201, "nobody can keep her out"


def test_failed_credentials_are_not_stored(nobody: ApiClient, rosa_with_password: User) -> None:
    nobody.post("tokens", username="my secret by mistake", password="my other secret")
    nobody.post("tokens", username="rosa", password=PASSWORD)
    tried, came = SignIn.objects.order_by("id")
    assert (tried.user, tried.outcome, came.user, came.outcome) == (
        None,
        "wrong_password",
        rosa_with_password,
        "succeeded",
    )
    stored = str(list(SignIn.objects.values()))
    assert not [typed for typed in ("secret", "rosa", PASSWORD) if typed in stored]


def test_sign_in_works_while_redis_is_down(nobody: ApiClient, rosa_with_password: User, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock",
        }
    }
    assert nobody.post("tokens", username="rosa", password=PASSWORD).status == 201


def test_the_number_of_tokens_is_limited(nobody: ApiClient, rosa_with_password: User) -> None:
    for _ in range(20):
        create_token(rosa_with_password, ["read"])
    response = nobody.post("tokens", username="rosa", password=PASSWORD)
    assert (response.status, response.codes) == (409, ["TOO_MANY"])
    assert "replace_oldest" in response.json["detail"]


def test_a_user_with_twenty_tokens_can_replace_the_one_used_longest_ago(
    nobody: ApiClient, rosa_with_password: User
) -> None:
    for _ in range(20):
        create_token(rosa_with_password, ["read"])
    used = Token.objects.order_by("issued_at")
    Token.objects.filter(pk=used[0].pk).update(last_used_at=timezone.now())
    oldest = used[1]
    answer = nobody.post("tokens", username="rosa", password=PASSWORD, replace_oldest=True)
    assert answer.status == 201, answer
    oldest.refresh_from_db()
    assert oldest.revoked_at
    assert Token.objects.usable(timezone.now()).count() == 20


def test_a_wrong_password_replaces_nothing(nobody: ApiClient, rosa_with_password: User) -> None:
    for _ in range(20):
        create_token(rosa_with_password, ["read"])
    assert nobody.post("tokens", username="rosa", password="x", replace_oldest=True).status == 401
    assert Token.objects.usable(timezone.now()).count() == 20


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", "Bearer \xff\xfe", "Bearer nr_\x00", "Bearer a b", "Basic cm9zYTp4", "Bearer " + "n" * 5000],
)
def test_an_invalid_token_is_rejected(db: None, header: str) -> None:
    response = Client(raise_request_exception=False).get("/api/v1/me", HTTP_AUTHORIZATION=header)
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_session_cannot_revoke_a_token(rosa: User) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(rosa)
    assert client.delete("/api/v1/tokens/current").status_code == 401


def test_a_session_needs_its_csrf_token_to_act(rosa: User) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(rosa)
    assert client.get("/api/v1/me").status_code == 200
    response = client.post("/api/v1/reviews/take", {}, content_type="application/json")
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
