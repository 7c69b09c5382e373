"""System checks of single sign-on; run by `manage.py check` and `prepare`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from editorial.policy.people.single_sign_on import InvalidMapping, parse_mapping

_REQUIRED = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ROLES")


@register(Tags.security)
def check_role_mapping(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Report a mapping of groups to roles that would fail at sign-in."""
    try:
        parse_mapping(settings.OIDC_ROLES)
    except InvalidMapping as error:
        hint = 'For example: {"editors-politics": ["editor", "politics"], "admins": ["admin"]}'
        return [Error(f"OIDC_ROLES cannot be used. {error}", hint=hint, id="newsroom.E023")]
    return []


@register(Tags.security, deploy=True)
def check_single_sign_on(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Report an incomplete configuration and a provider without HTTPS (`check --deploy`)."""
    return [*_missing(), *_issuer()]


def _missing() -> Iterator[CheckMessage]:
    missing = [name for name in _REQUIRED if not getattr(settings, name)]
    if missing and len(missing) < len(_REQUIRED):
        yield Error(
            f"Single sign-on is only partly configured. Empty: {', '.join(missing)}.",
            hint=f"Set {', '.join(_REQUIRED)}, or none of them.",
            id="newsroom.E021",
        )


def _issuer() -> Iterator[CheckMessage]:
    issuer = settings.OIDC_ISSUER
    parts = urlsplit(issuer)
    if issuer and (parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment):
        yield Error(
            "OIDC_ISSUER is not an https:// URL, so anyone on the network could sign in as anyone.",
            hint="For example: https://login.example.org/realms/newsroom",
            id="newsroom.E022",
        )
