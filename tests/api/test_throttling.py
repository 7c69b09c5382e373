"""Rate limits: too many requests are refused with a time to retry, and no request waits for an unavailable Redis."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import caches

from editorial.api.framework import throttling
from editorial.models import User
from tests.api.conftest import ApiClient


@pytest.fixture(autouse=True)
def _clock_that_stands_still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Counts run by the minute on the wall: however slow a test is, its minute does not end."""
    now, since_start = time.time() // 60 * 60 + 1, time.monotonic()
    monkeypatch.setattr(throttling, "time", SimpleNamespace(time=lambda: now, monotonic=lambda: since_start))
    yield
    throttling._counter._retry_at = 0.0


def test_requests_are_limited_per_token(rosa: User, felix: User, settings: Any) -> None:
    settings.RATE_LIMIT_PER_TOKEN = 3
    client, other = ApiClient(rosa), ApiClient(felix)
    first = client.get("me")
    assert first.response["RateLimit-Policy"] == '"address";q=6000;w=60, "token";q=3;w=60'
    assert first.response["RateLimit"].split(", ")[1].startswith('"token";r=2;t=')
    assert [client.get("me").status for _ in range(3)] == [200, 200, 429]
    response = client.get("me")
    assert response.codes == ["THROTTLED"]
    assert response.json["type"] == "urn:problem-type:newsroom:too-many-requests"
    assert 0 < int(response.response["Retry-After"]) <= 61
    assert '"token";r=0' in response.response["RateLimit"]
    assert other.get("me").status == 200, "nobody pays for another"


def test_a_search_counts_as_five_requests(rosa: User, settings: Any) -> None:
    settings.RATE_LIMIT_PER_TOKEN = 6
    client = ApiClient(rosa)
    assert [client.get("claims", q="gate").status, client.get("claims").status] == [200, 200]
    assert client.get("claims").status == 429


def test_requests_are_limited_per_ip_before_authentication(nobody: ApiClient, settings: Any) -> None:
    settings.RATE_LIMIT_PER_IP = 2
    nobody.client.defaults["HTTP_AUTHORIZATION"] = "Bearer nr_0000"
    assert [nobody.get("me").status for _ in range(3)] == [401, 401, 429]


def test_nothing_is_counted_without_a_limit(rosa: User, settings: Any) -> None:
    settings.RATE_LIMIT_PER_TOKEN = settings.RATE_LIMIT_PER_IP = 0
    assert "RateLimit" not in ApiClient(rosa).get("me").response


def test_without_redis_requests_pass_without_delay(rosa: User, settings: Any, monkeypatch: Any) -> None:
    settings.RATE_LIMIT_PER_TOKEN = 1
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock",
        }
    }
    durations = []
    find: Any = caches["default"]._cache.get_client
    monkeypatch.setattr(caches["default"]._cache, "get_client", lambda *a, **o: durations.append(1) or find(*a, **o))
    client = ApiClient(rosa)
    assert [client.get("me").status for _ in range(5)] == [200] * 5
    assert len(durations) == 1, "once it did not answer, it is left in peace"
