"""Whether a user has a second factor, and whether their role requires one."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings

from editorial.models import Passkey, SecondFactor, User
from editorial.workflow.core.errors import Reason

ENROLLMENT_REQUIRED = Reason(
    "SECOND_FACTOR_ENROLLMENT_REQUIRED", "Your role requires a second factor. Sign in to the admin and set it up there."
)


def is_enabled(user: User) -> bool:
    """Whether the user has a second factor: a confirmed app, or a passkey."""
    return has_app(user) or has_passkey(user)


def has_app(user: User) -> bool:
    """Whether the user has confirmed an authenticator app, and so has recovery codes."""
    return SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).exists()


def has_passkey(user: User) -> bool:
    """Whether the user has a passkey."""
    return Passkey.objects.filter(user=user).exists()


def is_required(user: User) -> bool:
    """Whether a role of the user requires a second factor, and they have none and used none at the provider."""
    return not user.used_provider_factor and lacks_required(user)


def lacks_required(user: User) -> bool:
    """Whether a role of the user requires a second factor and they have none here."""
    required_roles: Collection[str] = settings.SECOND_FACTOR_ROLES
    if not required_roles:
        return False
    roles = {role for role, _ in user.facts().memberships}
    return bool(roles.intersection(required_roles)) and not is_enabled(user)
