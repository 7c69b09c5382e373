"""How a verb acts: one transaction, refusals with reasons, every change attributed to its actor.

A verb reads: lock, permit, ask policy, save, record, send. `@act` supplies the transaction around it.
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
from editorial.policy.access import Action, SubjectFacts
from editorial.workflow.core import preconditions

Row = TypeVar("Row", bound=models.Model)
Result = TypeVar("Result")

# PostgreSQL ends one of two transactions that wait for each other; the loser has done nothing and may try again.
_DEADLOCK, _SERIALIZATION = "40P01", "40001"
_MAX_ATTEMPTS = 3
_UNIQUE_VIOLATION = "23505"  # PostgreSQL's word for a broken unique constraint


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was refused: a code for machines, a sentence for people, and the field it is about."""

    code: str
    text: str
    field: str = ""


class ActionError(Exception):
    """A verb was not carried out, and nothing was changed. Carries reasons a person can act on."""

    def __init__(self, *reasons: Reason | str, code: str = "ACTION_REFUSED") -> None:
        self.reasons = tuple(Reason(code, reason) if isinstance(reason, str) else reason for reason in reasons)
        super().__init__(" ".join(reason.text for reason in self.reasons))


class NotFound(ActionError):
    """There is no such thing, or none that this person may see; which of the two is not told."""


class Forbidden(ActionError):
    """This person may not do that."""


class Conflict(ActionError):
    """The state of things does not allow it (any more)."""


class VersionConflict(Conflict):
    """Somebody revised it since the caller saw it."""

    def __init__(self, version: int | None) -> None:
        now = f" (it is version {version} now)" if version else ""
        super().__init__(
            f"Somebody revised this while you were at it{now}. Look at it again and repeat what is still needed.",
            code="STALE_VERSION",
        )


class ValidationFailed(ActionError):
    """What was given cannot be; the reasons name the fields."""


def atomic_action(function: Callable[..., Result]) -> Callable[..., Result]:
    """Carry a verb out in one transaction, with its name and actor in the history of every row it changes."""

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
    """Do it all or not at all, and put into words what the database refuses.

    Where PostgreSQL ended it for another's sake it is done again from its beginning, unless it is part of a larger
    transaction: then that one begins again.
    """
    for attempt in range(1, _MAX_ATTEMPTS + 1):
        try:
            with transaction.atomic():
                outcome = operation()
                connection.check_constraints()  # what waits for the end of a transaction refuses the verb itself
                return outcome
        except IntegrityError as problem:
            raise _constraint_error(problem) from problem
        except ValidationError as problem:
            raise ValidationFailed(*_reasons(problem)) from problem
        except (DataError, UnicodeEncodeError) as problem:
            raise ValidationFailed(
                "A text holds characters that cannot be kept; type it anew.", code="INVALID"
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
    """The row, locked until the verb ends, if the actor may see it. The system (no actor) sees everything.

    `version` is the one the caller saw; if somebody has revised the row since, the caller is told so.
    """
    row = get_visible(model, key, actor, field=field, locked=True)
    if version is not None and version != getattr(row, "version", None):
        raise VersionConflict(getattr(row, "version", None))
    return row


def get_visible(
    model: type[Row], key: UUID | str, actor: User | None, *, field: str = "id", locked: bool = False
) -> Row:
    """The row if the actor may see it, as they saw it; `field` names what the caller gave, for the refusal."""
    rows: models.QuerySet[Any] = model._default_manager.all()
    if actor is not None and hasattr(rows, "visible_to"):
        rows = rows.visible_to(actor.facts())
    try:
        row: Row | None = rows.filter(pk=key).first()
        if row is not None and locked:
            # Locked by key alone: the row filter's subqueries must not be locked with it. Not against references to it,
            # so that a story can use a claim while it is being reassessed.
            row = model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=key).first()
    except (ValidationError, ValueError):
        row = None
    if row is None:
        noun = str(model._meta.verbose_name)
        raise NotFound(Reason("NOT_FOUND", f"There is no {noun} {key} that you may see.", field))
    if not preconditions.matches_expected(row):
        raise VersionConflict(getattr(row, "version", None))
    return row


def lock_many(model: type[Row], keys: Iterable[UUID | str], actor: User | None, *, field: str) -> list[Row]:
    """Several rows, locked in the order of their ids so that two verbs never wait for each other in a ring."""
    return [lock(model, key, actor, field=field) for key in sorted({str(key) for key in keys})]


def require_permission(actor: User | None, action: Action, subject: SubjectFacts) -> None:
    """Refuse unless the actor may do this to that. The system may do whatever it is called to do."""
    if actor is None:
        return
    decision = access.may(actor.facts(), action, subject)
    if not decision:
        raise Forbidden(*decision.reasons, code="FORBIDDEN")


def validate_and_save(row: models.Model, *, exclude: Iterable[str] = ()) -> None:
    """Check the row as its model says, count the revision where it counts them, and save it."""
    if not row._state.adding and hasattr(row, "version"):
        row.version += 1
    # What only the database can tell, it tells when the row is saved, and `act` puts it into words: asked twice, each
    # constraint would cost a query.
    row.full_clean(exclude=set(exclude), validate_unique=False, validate_constraints=False)
    row.save()


def apply_changes(row: models.Model, changes: dict[str, Any], allowed: Iterable[str]) -> dict[str, list[Any]]:
    """Set the fields that were given. Returns what changed, as field → [before, after], for the event."""
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
    """The reason, which must say something."""
    reason = (reason or "").strip()
    if not reason:
        raise ValidationFailed(Reason("REASON_REQUIRED", f"Give a reason: {hint}", "reason"))
    return reason


def _event_value(value: Any) -> Any:
    """A value as an event may hold it: ids and words, never long text."""
    if isinstance(value, models.Model):
        return str(value.pk)
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= 64 else f"({len(text)} characters)"


def _constraint_error(problem: IntegrityError) -> ActionError:
    """A broken constraint in the words of whoever declared it."""
    diagnostics = getattr(problem.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or ""
    if not name:  # raised by one of our triggers, whose message is ours
        return Conflict(Reason("CONSTRAINT", _sentence(getattr(diagnostics, "message_primary", "") or "")))
    for model in apps.get_app_config("editorial").get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                taken = isinstance(constraint, models.UniqueConstraint)
                reason = Reason(name.upper(), _constraint_message(constraint, str(model._meta.verbose_name)))
                return Conflict(reason) if taken else ValidationFailed(reason)
    if getattr(diagnostics, "sqlstate", None) == _UNIQUE_VIOLATION:
        return Conflict(Reason("NAME_TAKEN", "There is one of that name already."))
    return Conflict(Reason("CONSTRAINT", "This does not fit with what is recorded; look at it again."))


def _constraint_message(constraint: models.BaseConstraint, model_name: str) -> str:
    if constraint.violation_error_message != constraint.default_violation_error_message:
        return str(constraint.get_violation_error_message())
    if isinstance(constraint, models.UniqueConstraint):
        return f"There is such a {model_name} already."
    return f"This would break a rule of every {model_name}: {constraint.name.replace('_', ' ')}."


def _reasons(problem: ValidationError) -> list[Reason]:
    if not hasattr(problem, "error_dict"):
        return [Reason("INVALID", text) for text in problem.messages]
    return [
        Reason("INVALID", text, "" if field == NON_FIELD_ERRORS else field)
        for field, texts in problem.message_dict.items()
        for text in texts
    ]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else "This does not fit with what is recorded."
