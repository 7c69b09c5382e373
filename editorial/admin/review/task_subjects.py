"""The names of what review tasks are about: statement, source or party."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from editorial.models import ReviewTask, Source, Statement


def with_subject_names(tasks: Iterable[ReviewTask]) -> list[ReviewTask]:
    """The tasks, each with `about`: a name or an empty string. Two queries, however many tasks.

    A user who sees a task also sees its claim and sources; an unnamed source has a description as its name.
    """
    tasks = list(tasks)
    keys = {key for task in tasks if (key := _key(task)) is not None}
    statements = dict(Statement.objects.filter(pk__in=keys).values_list("pk", "source__name"))
    sources = dict(Source.objects.filter(pk__in=keys - statements.keys()).values_list("pk", "name"))
    for task in tasks:
        key = _key(task)
        task.about = (statements.get(key) or sources.get(key) or "") if key else ""  # type: ignore[attr-defined]
    return tasks


def _key(task: ReviewTask) -> UUID | None:
    try:
        return UUID(task.subject)
    except ValueError:
        return None
