"""Password validation."""

from __future__ import annotations

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
