"""System checks of a deployment's environment variables; run by `manage.py check` and `prepare`."""

import binascii
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, connection

from editorial.policy.roles import Role
from newsroom import database_roles

_REDIS = ("redis", "rediss", "unix")
_KEY_BYTES = 32
_ROLES_HINT = "Give the application a role that owns nothing: docs/running.md, Two database roles."


@register(Tags.security)
def check_settings(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Report settings that would otherwise fail at the first encrypted identity or the first job."""
    return [*_vault_keys(), *_redis_url(), *_second_factor_roles(), *_story_url()]


@register(Tags.security, deploy=True)
def check_record(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Report settings that leave the record to the mercy of the application (`check --deploy`)."""
    return [*_audit_heads(), *_configured_roles()]


@register(Tags.database, deploy=True)
def check_connected_role(app_configs: Any, databases: Any = None, **_: Any) -> list[CheckMessage]:
    """Report a database role that could change the record (`check --deploy --database default`)."""
    if not databases or settings.AS_OWNER:
        return []
    try:
        faults = list(database_roles.excess_rights(settings.DATABASE_APPLICATION_ROLE))
    except OperationalError:
        return []  # no database to look at
    finally:
        connection.close()
    return [Warning(fault, hint=_ROLES_HINT, id="newsroom.W002") for fault in faults]


def _configured_roles() -> Iterator[CheckMessage]:
    """Only where the owner is configured: processes that serve people do not know it."""
    if settings.DATABASE_OWNER_ROLE == settings.DATABASE_APPLICATION_ROLE:
        yield Warning(
            "DATABASE_URL and DATABASE_OWNER_URL name the same role: the application can change its record.",
            hint=_ROLES_HINT,
            id="newsroom.W001",
        )


def _audit_heads() -> Iterator[CheckMessage]:
    if not settings.AUDIT_SIGNING_KEY:
        yield Warning(
            "AUDIT_SIGNING_KEY is not set: no heads are signed, and a replaced record would look whole.",
            hint="Generate one with: openssl rand -base64 32 | tr '+/' '-_'",
            id="newsroom.W003",
        )
        return
    try:
        Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode(settings.AUDIT_SIGNING_KEY))
    except (binascii.Error, ValueError):
        yield Error(f"AUDIT_SIGNING_KEY is not {_KEY_BYTES} bytes in URL-safe base64.", id="newsroom.E006")
    if settings.AUDIT_HEADS_URL and urlsplit(settings.AUDIT_HEADS_URL).scheme != "https":
        yield Error("AUDIT_HEADS_URL does not begin with https://.", id="newsroom.E007")


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
