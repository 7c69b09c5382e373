"""Actions: one transaction each, errors with reasons, every change attributed to its actor.

The body of an action reads: lock, check permission, apply policy, save, log, enqueue. `@atomic_action` supplies the
transaction.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import pghistory
import structlog
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, OperationalError, connection, models, transaction

from editorial import causation
from editorial.models import Desk, User, encryption
from editorial.models.base_fields import NOT_RECORDED, is_free_text
from editorial.policy import access
from editorial.policy.access import SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.time_range import SUPPORTED_YEARS
from editorial.workflow.core.errors import (
    ActionError,
    Conflict,
    Forbidden,
    Reason,
    ValidationFailed,
    from_integrity_error,
    from_validation_error,
)
from editorial.workflow.core.locking import get_visible

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

# PostgreSQL aborts one of two deadlocked transactions. It has changed nothing, so it can be retried.
_DEADLOCK, _SERIALIZATION = "40P01", "40001"
_MAX_ATTEMPTS = 3


def atomic_action(function: Callable[..., Result]) -> Callable[..., Result]:
    """Run an action in one transaction, with its name and actor in the history of every row it changes."""

    @functools.wraps(function)
    def run_action(**arguments: Any) -> Result:
        actor: User | None = arguments.get("actor")
        name = f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"

        def run_attributed() -> Result:
            user_id = actor.pk if actor else causation.causing_user()
            with pghistory.context(action=name, actor=str(actor.pk) if actor else None), causation.caused_by(user_id):
                return function(**arguments)

        return run_in_transaction(run_attributed)

    return run_action


def run_in_transaction(operation: Callable[[], Result]) -> Result:
    """Run the operation atomically and translate database errors into action errors.

    After a deadlock or serialization failure it is retried from the start, unless it is nested: then the outer
    transaction has to be retried.
    """
    nested = connection.in_atomic_block
    for attempt in range(1, _MAX_ATTEMPTS + 1):
        try:
            with transaction.atomic():
                result = operation()
                if nested:  # deferred constraints fail here, inside the action; otherwise when it commits
                    connection.check_constraints()
                return result
        except ActionError as error:
            if error.log_refusal is not None:
                # In a nested action this is rolled back as well, and the outer one logs it again.
                with transaction.atomic():
                    error.log_refusal()
            raise
        except IntegrityError as error:
            raise from_integrity_error(error) from error
        except ValidationError as error:
            raise from_validation_error(error) from error
        except encryption.KeyUnavailable as error:
            raise Conflict(str(error), code="KEY_UNAVAILABLE") from None
        except encryption.InvalidCiphertext as error:
            log.error("encrypted value is invalid", row=error.row, fault=error.fault)
            raise Conflict(str(error), code="CIPHERTEXT_INVALID") from None
        except (DataError, UnicodeEncodeError) as error:
            raise ValidationFailed(
                "Text contains unsupported characters; remove them and try again.", code="INVALID"
            ) from error
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if nested or attempt == _MAX_ATTEMPTS or state not in (_DEADLOCK, _SERIALIZATION):
                raise
    raise AssertionError("unreachable")


def require_permission(actor: User | None, action: Action, subject: SubjectFacts) -> None:
    """Raise `Forbidden` unless the actor may do this to the subject. The system (no actor) always may."""
    if actor is None:
        return
    decision = access.may(actor.facts(), action, subject)
    if not decision:
        raise Forbidden(*decision.reasons, code="FORBIDDEN")


def require_desk(desk_id: UUID | str, actor: User, action: Action) -> Desk:
    """Return the desk. Raises `Forbidden` unless the actor may do this there."""
    desk = get_visible(Desk, desk_id, None, field="desk")
    require_permission(actor, action, SubjectFacts.of_desk(desk.pk))
    return desk


def validate(row: models.Model, *, exclude: Iterable[str] = ()) -> None:
    """Validate the row's fields, before checks that must see only valid input."""
    # Constraints are left to the database, and `run_in_transaction` translates the error: validating them here as well
    # would cost a query each. So would looking up every row that is referred to, of which most were just read.
    excluded = {*exclude, *(field.name for field in row._meta.concrete_fields if _is_known_reference(row, field))}
    row.full_clean(exclude=excluded, validate_unique=False, validate_constraints=False)


def _is_known_reference(row: models.Model, field: models.Field[Any, Any]) -> bool:
    """Whether a reference need not be looked up: the action has read the row, or checks changes of a stored one."""
    if not isinstance(field, models.ForeignKey) or getattr(row, field.attname) is None:
        return False
    return field.is_cached(row) or not row._state.adding


def validate_and_save(row: models.Model, *, exclude: Iterable[str] = ()) -> None:
    """Validate the row, increment its version where it has one, and save it."""
    if not row._state.adding and hasattr(row, "version"):
        row.version += 1
    validate(row, exclude=exclude)
    row.save()


def apply_changes(row: models.Model, changes: dict[str, Any], allowed: Iterable[str]) -> dict[str, list[Any]]:
    """Set the given fields. Returns the changes as field → [before, after], for the event, without any text.

    A text may contain a name that is being removed. The row's history keeps it.
    """
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
            free_text = is_free_text(type(row), name)
            changed[name] = [NOT_RECORDED] * 2 if free_text else [_event_value(before), _event_value(value)]
    return changed


def require_reason(reason: str, hint: str, field: str = "reason") -> str:
    """Return the stripped reason. If it is empty, raises `ValidationFailed` for the field with the hint, a sentence."""
    reason = (reason or "").strip()
    if not reason:
        raise ValidationFailed(Reason("REASON_REQUIRED", hint, field))
    return reason


def require_supported_year(**times: datetime | None) -> None:
    """Raise `ValidationFailed` if one of these input fields has a time that other time zones may be unable to show."""
    for field, moment in times.items():
        if moment is not None and moment.year not in SUPPORTED_YEARS:
            first, last = SUPPORTED_YEARS[0], SUPPORTED_YEARS[-1]
            raise ValidationFailed(Reason("OUT_OF_RANGE", f"Give a year between {first} and {last}.", field))


def require_valid_times(**times: datetime | None) -> None:
    """Raise `ValidationFailed` if one of these input fields has a time without UTC offset or in an unsupported year."""
    require_supported_year(**times)
    for field, moment in times.items():
        if moment is not None and moment.tzinfo is None:
            raise ValidationFailed(
                Reason("UTC_OFFSET_MISSING", "Give the time with a UTC offset, such as 2026-03-04T12:00:00Z.", field)
            )


def _event_value(value: Any) -> Any:
    """A value as an event may store it: ids, enum values, numbers and times."""
    if isinstance(value, models.Model):
        return str(value.pk)
    return value if value is None or isinstance(value, bool | int | float) else str(value)
