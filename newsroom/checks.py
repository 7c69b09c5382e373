"""System checks of a deployment's environment variables; run by `manage.py check` and `prepare`."""

import binascii
import math
import zlib
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from editorial.models.encryption import Purpose
from editorial.policy.roles import Role
from newsroom import database_roles

_REDIS = ("redis", "rediss", "unix")
_KEY_BYTES = 32
_LEAST_BITS = 128
_SHA1_DIGITS = 40
_MIN_DELAY = timedelta(hours=1)
_SECRETS = ("SECRET_KEY", "IDENTITY_KEY")
_GENERATE_KEY = "Generate one with: openssl rand -base64 32 | tr '+/' '-_'"
_GENERATE_SECRET = "Generate one with: openssl rand -base64 48"  # noqa: S105
_ROLES_HINT = "Give the application a role that owns nothing: docs/operations/running.md, Two database roles."


@register(Tags.security)
def check_settings(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Report settings that would otherwise fail at the first encrypted identity or the first job."""
    return [
        *_key_sizes(),
        *_redis_url(),
        *_second_factor_roles(),
        *_story_url(),
        *_breached_passwords(),
        *_inbound_mail(),
    ]


@register(Tags.security, deploy=True)
def check_deployment(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Report settings with which a deployment must not run. The process that runs this check needs every secret."""
    return [
        *_missing_keys(),
        *_weak_keys(),
        *_shared_keys(),
        *_weak_secrets(),
        *_allowed_hosts(),
        *_public_url(),
        *_account_change_delay(),
        *_development_pages(),
    ]


@register(Tags.security, deploy=True)
def check_record(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Report settings that let the application change the record (`check --deploy`)."""
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
            "AUDIT_SIGNING_KEY is not set: no heads are signed, so a replaced record would go unnoticed.",
            hint="Generate one with: openssl rand -base64 32 | tr '+/' '-_'",
            id="newsroom.W003",
        )
        return
    try:
        Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode(settings.AUDIT_SIGNING_KEY))
    except (binascii.Error, ValueError):
        yield Error(f"AUDIT_SIGNING_KEY is not {_KEY_BYTES} bytes in URL-safe base64.", id="newsroom.E012")
    if settings.AUDIT_HEADS_URL and urlsplit(settings.AUDIT_HEADS_URL).scheme != "https":
        yield Error("AUDIT_HEADS_URL does not begin with https://.", id="newsroom.E013")


def _key_sizes() -> Iterator[CheckMessage]:
    for name, position, key in _keys():
        if len(_decode(key)) != _KEY_BYTES:
            yield Error(
                f"Key {position} of {name} is not {_KEY_BYTES} bytes in URL-safe base64.",
                hint=_GENERATE_KEY,
                id="newsroom.E001",
            )


def _missing_keys() -> Iterator[CheckMessage]:
    for purpose in Purpose:
        if purpose is Purpose.MAIL and not settings.INBOUND_MAIL_DOMAIN:
            continue  # requests have no addresses, so nothing is received
        if not getattr(settings, purpose.setting) and not settings.KEY_PROVIDERS.get(purpose):
            yield Error(
                f"{purpose.setting} is empty: the data it protects cannot be encrypted or decrypted.",
                hint=_GENERATE_KEY,
                id="newsroom.E002",
            )


def _weak_keys() -> Iterator[CheckMessage]:
    for name, position, key in _keys():
        raw = _decode(key)
        steps = bytes((after - before) % 256 for before, after in pairwise(raw))
        if len(raw) == _KEY_BYTES and min(_randomness(raw), _randomness(steps)) < _LEAST_BITS:
            yield Error(
                f"Key {position} of {name} is not random: it can be guessed.", hint=_GENERATE_KEY, id="newsroom.E006"
            )


def _shared_keys() -> Iterator[CheckMessage]:
    """Different secrets with the same value: a process that needs one would also have the other."""
    names: dict[str, set[str]] = {}
    for name, _, key in _keys():
        names.setdefault(key.rstrip("="), set()).add(name)
    for name in (*_SECRETS, "AUDIT_SIGNING_KEY"):
        if value := _secret(name):
            names.setdefault(value.rstrip("="), set()).add(name)
    for shared in names.values():
        if len(shared) > 1:
            yield Error(
                f"{' and '.join(sorted(shared))} have the same value. Give each its own.",
                hint="Put a new key first, run manage.py rotate_keys, then remove the shared one.",
                id="newsroom.E007",
            )


def _weak_secrets() -> Iterator[CheckMessage]:
    for name in _SECRETS:
        value = _secret(name)
        if not value:
            yield Error(f"{name} is empty.", hint=_GENERATE_SECRET, id="newsroom.E008")
        elif _randomness(value.encode()) < _LEAST_BITS:
            yield Error(f"{name} is short or not random: it can be guessed.", hint=_GENERATE_SECRET, id="newsroom.E009")


def _allowed_hosts() -> Iterator[CheckMessage]:
    if any(host.strip() in ("*", ".") for host in settings.ALLOWED_HOSTS):
        yield Error(
            "ALLOWED_HOSTS allows every host name: links in emails could lead to another site.",
            hint="Name the hosts, for example: newsroom.example.org",
            id="newsroom.E010",
        )


def _public_url() -> Iterator[CheckMessage]:
    if urlsplit(settings.PUBLIC_URL).scheme != "https":
        yield Error(
            "PUBLIC_URL does not begin with https://: people would follow links without encryption.",
            hint="For example: https://newsroom.example.org",
            id="newsroom.E011",
        )


def _account_change_delay() -> Iterator[CheckMessage]:
    if settings.ACCOUNT_CHANGE_DELAY < _MIN_DELAY:
        yield Error(
            "ACCOUNT_CHANGE_DELAY_HOURS is less than 1, so nobody has time to cancel a change to their account.",
            hint="The default is 24.",
            id="newsroom.E020",
        )


def _development_pages() -> Iterator[CheckMessage]:
    if settings.DEVELOPMENT_PAGES or settings.DEVELOPMENT_WEBHOOK_URL:
        yield Error(
            "The development pages are on: they show everybody's email to administrators.",
            hint="Set DATABASE_URL and EMAIL_URL, as on every server.",
            id="newsroom.E025",
        )


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


def _inbound_mail() -> Iterator[CheckMessage]:
    if settings.INBOUND_MAIL_DOMAIN and not (settings.INBOUND_MAILDIR or settings.INBOUND_MAIL_IMAP_URL):
        yield Error(
            "INBOUND_MAIL_DOMAIN is set, but no mailbox: answers to requests for comment would not be collected.",
            hint="Set INBOUND_MAILDIR or INBOUND_MAIL_IMAP_URL: docs/how-to/receive-answers-by-email.md.",
            id="newsroom.E026",
        )
    if not settings.INBOUND_MAIL_IMAP_URL:
        return
    url = urlsplit(settings.INBOUND_MAIL_IMAP_URL)
    is_local = url.scheme == "imap" and url.hostname in ("localhost", "127.0.0.1", "::1")
    if not (url.scheme == "imaps" or is_local) or not url.hostname or not url.username or url.password:
        yield Error(
            "INBOUND_MAIL_IMAP_URL is not of the form imaps://USER@HOST.",
            hint="The password is INBOUND_MAIL_IMAP_PASSWORD. Without TLS, only localhost is allowed.",
            id="newsroom.E027",
        )


def _breached_passwords() -> Iterator[CheckMessage]:
    if not settings.BREACHED_PASSWORDS:
        return
    try:
        with Path(settings.BREACHED_PASSWORDS).open("rb") as lines:
            first, second = (lines.readline()[:_SHA1_DIGITS].upper() for _ in range(2))
            bytes.fromhex(first.decode())
    except (OSError, ValueError):
        first = b""
    if len(first) != _SHA1_DIGITS or (second and second < first):
        yield Error(
            "BREACHED_PASSWORDS is not a readable file of sorted SHA-1 digests, so no password could be set.",
            hint="docs/operations/running.md, Passwords, says where to get one.",
            id="newsroom.E024",
        )


def _keys() -> Iterator[tuple[str, int, str]]:
    """Every encryption key: its setting, its position there, and itself."""
    for purpose in Purpose:
        for position, key in enumerate(getattr(settings, purpose.setting), start=1):
            yield purpose.setting, position, key


def _decode(key: str) -> bytes:
    try:
        return urlsafe_b64decode(key)
    except (binascii.Error, ValueError):
        return b""


def _secret(name: str) -> str:
    try:
        return str(getattr(settings, name))
    except ImproperlyConfigured:  # Django's error for an empty SECRET_KEY
        return ""


def _randomness(value: bytes) -> float:
    """The bits that the value can hold at most, by the frequency of its bytes and by what repeats in it."""
    size = len(value)
    frequency = -sum(count * math.log2(count / size) for count in Counter(value).values())
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return min(frequency, 8 * len(compressor.compress(value) + compressor.flush()))
