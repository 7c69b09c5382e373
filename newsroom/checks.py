"""System checks of a deployment's environment variables; run by `manage.py check` and `prepare`."""

import binascii
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from editorial.policy.roles import Role

_REDIS = ("redis", "rediss", "unix")
_KEY_BYTES = 32


@register(Tags.security)
def check_settings(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Report settings that would otherwise fail at the first encrypted identity or the first job."""
    return [*_vault_keys(), *_redis_url(), *_second_factor_roles(), *_story_url()]


def _vault_keys() -> Iterator[CheckMessage]:
    for position, key in enumerate(settings.VAULT_KEYS, start=1):
        try:
            size = len(urlsafe_b64decode(key))
        except (binascii.Error, ValueError):
            size = 0
        if size != _KEY_BYTES:
            yield Error(
                f"Key {position} of VAULT_KEYS is not {_KEY_BYTES} bytes in URL-safe base64.",
                hint="Generate one with: openssl rand -base64 32 | tr '+/' '-_'",
                id="newsroom.E001",
            )
    if not settings.VAULT_KEYS:
        yield Error("VAULT_KEYS is empty: identities cannot be encrypted.", id="newsroom.E002")


def _redis_url() -> Iterator[CheckMessage]:
    if urlsplit(settings.REDIS_URL).scheme not in _REDIS:
        yield Error(
            "REDIS_URL does not begin with redis://, rediss:// or unix://.",
            hint="For example: redis://:password@redis.example.org:6379/0",
            id="newsroom.E003",
        )


def _second_factor_roles() -> Iterator[CheckMessage]:
    for unknown in sorted(set(settings.SECOND_FACTOR_ROLES) - set(Role)):
        yield Error(
            f"SECOND_FACTOR_ROLES names {unknown!r}, which is not a role: nobody would need a second factor.",
            hint=f"The roles are {', '.join(Role)}.",
            id="newsroom.E004",
        )


def _story_url() -> Iterator[CheckMessage]:
    if settings.STORY_URL and "{id}" not in settings.STORY_URL:
        yield Error(
            "STORY_URL does not contain {id}: every syndicated story would have the same URL.",
            hint="For example: https://paper.example/stories/{id}",
            id="newsroom.E005",
        )
