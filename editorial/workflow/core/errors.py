"""Errors of actions: reasons that people can act on, even for what only the database refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Self

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models

NAME_IN_TEXT = "NAME_IN_TEXT"
"""The code of a text that names a confidential source. Which of many texts it is would tell which name."""

_UNIQUE_VIOLATION = "23505"
_ABOUT_THE_ACTOR = ("FOUR_EYES", "OWN_ACCOUNT", "SHARED_CONTROL", "PASSWORD_KNOWN")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an action failed: a code for programs, a sentence for people, and the field concerned."""

    code: str
    text: str
    field: str = ""


class ActionError(Exception):
    """An action failed and changed nothing. Carries reasons that a person can act on.

    `log_refusal` is called after the rollback, in a transaction of its own, if the refusal itself must be on record.
    """

    log_refusal: Callable[[], object] | None = None

    def __init__(self, *reasons: Reason | str, code: str = "ACTION_REFUSED") -> None:
        self.reasons = tuple(Reason(code, reason) if isinstance(reason, str) else reason for reason in reasons)
        super().__init__(" ".join(reason.text for reason in self.reasons))

    def with_reasons(self, *reasons: Reason) -> Self:
        """The same error with other reasons."""
        other = type(self).__new__(type(self))  # subclasses are made of other arguments
        other.__dict__.update(self.__dict__, reasons=reasons)
        other.args = (" ".join(reason.text for reason in reasons),)
        return other


class NotFound(ActionError):
    """The object does not exist or is not visible to the actor; the error does not reveal which."""


class Forbidden(ActionError):
    """The actor lacks permission."""


class Conflict(ActionError):
    """The current state does not allow the action."""


def refuse(denial: str | None, texts: Mapping[str, str]) -> None:
    """Raise a policy's denial, if there is one: about the actor as `Forbidden`, else about the state as `Conflict`."""
    if denial is not None:
        error = Forbidden if denial in _ABOUT_THE_ACTOR else Conflict
        raise error(texts[denial], code=denial)


class VersionConflict(Conflict):
    """The row has changed since the caller read it."""

    def __init__(self, version: int | None) -> None:
        now = f" (now version {version})" if version else ""
        super().__init__(
            f"Someone else changed this while you were editing{now}. Reload it and reapply your changes.",
            code="STALE_VERSION",
        )


class QuotaExceeded(Conflict):
    """The actor has done this too often lately. `wait`: seconds until it is allowed again."""

    def __init__(self, *reasons: Reason | str, code: str = "QUOTA_EXCEEDED", wait: int) -> None:
        self.wait = wait
        super().__init__(*reasons, code=code)


class ValidationFailed(ActionError):
    """The input is invalid; the reasons name the fields."""


@contextmanager
def error_path(path: str) -> Iterator[None]:
    """Prefix the fields of errors raised inside with this path, such as that of an item in a list."""
    try:
        yield
    except ActionError as error:
        raise error.with_reasons(*(_below(path, reason) for reason in error.reasons)) from error


def _below(path: str, reason: Reason) -> Reason:
    field = "" if reason.code == NAME_IN_TEXT else f"{path}/{reason.field}".removesuffix("/")
    return replace(reason, field=field)


def from_integrity_error(error: IntegrityError) -> ActionError:
    """Translate a constraint violation into the message declared on the constraint."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or ""
    if not name:  # raised by one of our triggers, whose messages are written for users
        return Conflict(Reason("CONSTRAINT", _sentence(getattr(diagnostics, "message_primary", "") or "")))
    for model in apps.get_app_config("editorial").get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                taken = isinstance(constraint, models.UniqueConstraint)
                reason = Reason(name.upper(), _constraint_message(constraint, str(model._meta.verbose_name)))
                return Conflict(reason) if taken else ValidationFailed(reason)
    if getattr(diagnostics, "sqlstate", None) == _UNIQUE_VIOLATION:
        return Conflict(Reason("NAME_TAKEN", "This name is already taken; choose another."))
    return Conflict(Reason("CONSTRAINT", "This conflicts with existing records; reload and try again."))


def _constraint_message(constraint: models.BaseConstraint, model_name: str) -> str:
    if constraint.violation_error_message != constraint.default_violation_error_message:
        return str(constraint.get_violation_error_message())
    if isinstance(constraint, models.UniqueConstraint):
        return f"This {model_name} already exists."
    return f"This violates a rule for every {model_name}: {constraint.name.replace('_', ' ')}."


def from_validation_error(error: ValidationError) -> ValidationFailed:
    """Translate Django's validation error: one reason for each message, with its field."""
    if not hasattr(error, "error_dict"):
        return ValidationFailed(*(Reason("INVALID", text) for text in error.messages))
    return ValidationFailed(
        *(
            Reason("INVALID", text, "" if field == NON_FIELD_ERRORS else field)
            for field, texts in error.message_dict.items()
            for text in texts
        )
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else "This conflicts with existing records."
