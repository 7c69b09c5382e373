"""The names of what review tasks are about: statement, source or party."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from editorial.models import ReviewTask, Source, Statement
from editorial.policy.access import ActorFacts
from editorial.policy.vocabulary import TaskKind
from editorial.workflow.evidence.confidentiality import disclosure


def with_subject_names(tasks: Iterable[ReviewTask], reader: ActorFacts) -> list[ReviewTask]:
    """The tasks, each with `about`: what the reader may know of its subject, or an empty string.

    Two queries, however many tasks; one more for each voice that contradicts itself.
    """
    tasks = list(tasks)
    keys = {key for task in tasks if (key := _key(task)) is not None}
    statements = Statement.objects.filter(pk__in=keys).select_related("source").in_bulk()
    sources = Source.objects.in_bulk(list(keys - statements.keys()))
    for task in tasks:
        key = _key(task)
        about = ""
        if key in statements:
            about = disclosure.label(statements[key].source, reader)
        elif key in sources and disclosure.may_name_subject(TaskKind(task.kind), task.claim_id, sources[key], reader):
            about = disclosure.label(sources[key], reader)
        task.about = about  # type: ignore[attr-defined]
    return tasks


def _key(task: ReviewTask) -> UUID | None:
    try:
        return UUID(task.subject)
    except ValueError:
        return None
