"""Actions: one transaction each, errors with reasons, every change attributed to its actor.

The body of an action reads: lock, check permission, apply policy, save, log, enqueue. `@atomic_action` supplies the
transaction.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import pghistory
from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError, IntegrityError, OperationalError, connection, models, transaction

from editorial.models import User
from editorial.policy import access
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.workflow.core import preconditions

Row = TypeVar("Row", bound=models.Model)
Result = TypeVar("Result")

# PostgreSQL aborts one of two deadlocked transactions. It has changed nothing, so it can be retried.
_DEADLOCK, _SERIALIZATION = "40P01", "40001"
_MAX_ATTEMPTS = 3
_UNIQUE_VIOLATION = "23505"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an action failed: a code for programs, a sentence for people, and the field concerned."""

    code: str
    text: str
    field: str = ""


class ActionError(Exception):
    """An action failed and changed nothing. Carries reasons that a person can act on."""

    def __init__(self, *reasons: Reason | str, code: str = "ACTION_REFUSED") -> None:
        self.reasons = tuple(Reason(code, reason) if isinstance(reason, str) else reason for reason in reasons)
        super().__init__(" ".join(reason.text for reason in self.reasons))


class NotFound(ActionError):
    """The object does not exist or is not visible to the actor; the error does not reveal which."""


class Forbidden(ActionError):
    """The actor lacks permission."""


class Conflict(ActionError):
    """The current state does not allow the action."""


class VersionConflict(Conflict):
    """The row has changed since the caller read it."""

    def __init__(self, version: int | None) -> None:
        now = f" (now version {version})" if version else ""
        super().__init__(
            f"Someone else changed this while you were editing{now}. Reload it and reapply your changes.",
            code="STALE_VERSION",
        )


class ValidationFailed(ActionError):
    """The input is invalid; the reasons name the fields."""


def atomic_action(function: Callable[..., Result]) -> Callable[..., Result]:
    """Run an action in one transaction, with its name and actor in the history of every row it changes."""

    @functools.wraps(function)
    def acted(**given: Any) -> Result:
        actor: User | None = given.get("actor")
        name = f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"

        def attributed() -> Result:
            with pghistory.context(action=name, actor=str(actor.pk) if actor else None):
                return function(**given)

        return run_in_transaction(attributed)

    return acted


def run_in_transaction(operation: Callable[[], Result]) -> Result:
    """Run the operation atomically and translate database errors into action errors.

    After a deadlock or serialization failure it is retried from the start, unless it is nested: then the outer
    transaction has to be retried.
    """
    for attempt in range(1, _MAX_ATTEMPTS + 1):
        try:
            with transaction.atomic():
                outcome = operation()
                connection.check_constraints()  # deferred constraints fail here, inside the action
                return outcome
        except IntegrityError as problem:
            raise _constraint_error(problem) from problem
        except ValidationError as problem:
            raise ValidationFailed(*_reasons(problem)) from problem
        except (DataError, UnicodeEncodeError) as problem:
            raise ValidationFailed(
                "Text contains unsupported characters; remove them and try again.", code="INVALID"
            ) from problem
        except OperationalError as problem:
            state = getattr(problem.__cause__, "sqlstate", None)
            nested = connection.in_atomic_block
            if nested or attempt == _MAX_ATTEMPTS or state not in (_DEADLOCK, _SERIALIZATION):
                raise
    raise AssertionError("unreachable")


def lock(
    model: type[Row], key: UUID | str, actor: User | None, *, field: str = "id", version: int | None = None
) -> Row:
    """Return the row, locked until the transaction ends, if the actor may see it. No actor means the system.

    Raises `VersionConflict` unless `version`, where given, is the row's current version.
    """
    row = get_visible(model, key, actor, field=field, locked=True)
    if version is not None and version != getattr(row, "version", None):
        raise VersionConflict(getattr(row, "version", None))
    return row


def get_visible(
    model: type[Row], key: UUID | str, actor: User | None, *, field: str = "id", locked: bool = False
) -> Row:
    """Return the row if the actor may see it and it has the expected version. `field` is the input field for errors."""
    rows: models.QuerySet[Any] = model._default_manager.all()
    if actor is not None and hasattr(rows, "visible_to"):
        rows = rows.visible_to(actor.facts())
    try:
        row: Row | None = rows.filter(pk=key).first()
        if row is not None and locked:
            # A separate query by key, so that the visibility filter's subqueries are not locked too. NO KEY UPDATE lets
            # other rows reference it meanwhile: a story can use a claim while the claim is reassessed.
            row = model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=key).first()
    except (ValidationError, ValueError):
        row = None
    if row is None:
        noun = str(model._meta.verbose_name)
        raise NotFound(Reason("NOT_FOUND", f"No {noun} {key} exists, or you may not see it.", field))
    if not preconditions.matches_expected(row):
        raise VersionConflict(getattr(row, "version", None))
    return row


def lock_many(model: type[Row], keys: Iterable[UUID | str], actor: User | None, *, field: str) -> list[Row]:
    """Lock several rows in the order of their ids, so that two actions cannot deadlock."""
    return [lock(model, key, actor, field=field) for key in sorted({str(key) for key in keys})]


def require_permission(actor: User | None, action: Action, subject: SubjectFacts) -> None:
    """Raise `Forbidden` unless the actor may do this to the subject. The system (no actor) always may."""
    if actor is None:
        return
    decision = access.may(actor.facts(), action, subject)
    if not decision:
        raise Forbidden(*decision.reasons, code="FORBIDDEN")


def validate_and_save(row: models.Model, *, exclude: Iterable[str] = ()) -> None:
    """Validate the row, increment its version where it has one, and save it."""
    if not row._state.adding and hasattr(row, "version"):
        row.version += 1
    # Constraints are left to the database, and `run_in_transaction` translates the error: validating them here as well
    # would cost a query each.
    row.full_clean(exclude=set(exclude), validate_unique=False, validate_constraints=False)
    row.save()


def apply_changes(row: models.Model, changes: dict[str, Any], allowed: Iterable[str]) -> dict[str, list[Any]]:
    """Set the given fields. Returns the changes as field → [before, after], for the event."""
    unknown = set(changes) - set(allowed)
    if unknown:
        raise ValidationFailed(
            *(Reason("UNKNOWN_FIELD", f"{name} cannot be changed here.", name) for name in sorted(unknown))
        )
    changed: dict[str, list[Any]] = {}
    for name, value in changes.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changed[name] = [_event_value(before), _event_value(value)]
    return changed


def require_reason(reason: str, hint: str) -> str:
    """Return the stripped reason. Raises `ValidationFailed` if it is empty."""
    reason = (reason or "").strip()
    if not reason:
        raise ValidationFailed(Reason("REASON_REQUIRED", f"Give a reason: {hint}", "reason"))
    return reason


def _event_value(value: Any) -> Any:
    """A value as an event may store it: ids and short values, never long text."""
    if isinstance(value, models.Model):
        return str(value.pk)
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= 64 else f"({len(text)} characters)"


def _constraint_error(problem: IntegrityError) -> ActionError:
    """Translate a constraint violation into the message declared on the constraint."""
    diagnostics = getattr(problem.__cause__, "diag", None)
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


def _reasons(problem: ValidationError) -> list[Reason]:
    if not hasattr(problem, "error_dict"):
        return [Reason("INVALID", text) for text in problem.messages]
    return [
        Reason("INVALID", text, "" if field == NON_FIELD_ERRORS else field)
        for field, texts in problem.message_dict.items()
        for text in texts
    ]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else "This conflicts with existing records."
