"""Passwords: validation, and those that administrators choose for others, which are temporary."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from editorial.models import User
from editorial.workflow.core.errors import Reason, ValidationFailed


def validate(password: str, user: User, *, field: str = "password") -> None:
    """Raise `ValidationFailed` unless the password is strong enough for this user. `field`: the input field."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationFailed(*(Reason("WEAK_PASSWORD", text, field) for text in error.messages)) from error


def make_temporary(user: User, *, now: datetime) -> None:
    """Somebody else knows this password: its owner must replace it at the next sign-in. The caller saves the user."""
    user.password_expires_at = now + settings.TEMPORARY_PASSWORD_TTL


def has_expired(user: User, *, now: datetime) -> bool:
    """Whether the password was temporary, and its time is over."""
    return user.password_expires_at is not None and user.password_expires_at <= now
