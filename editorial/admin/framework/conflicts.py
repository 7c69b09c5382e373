"""Forms whose row somebody else has changed meanwhile: what changed, theirs and mine side by side, and the choice.

The form carries the version and the values that its user saw. A submission names the version that it was shown, and a
choice for each field that both changed; without these it changes nothing, however often the button is pressed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import Model
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString

from editorial.admin.framework import history, word_diff
from editorial.admin.framework.action_forms import VersionedActionForm
from editorial.models import Event
from editorial.policy.access import ActorFacts
from editorial.workflow.core.audit import stream_of

SEEN, RESOLVED, READ, TAKE, MERGED = "_seen", "_resolved", "_read", "_take_", "_merged_"
_LATE = timedelta(seconds=10)  # an action is dated when it began, not when it became visible
_LONGEST = timedelta(days=30)  # that a form may have been open


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that both changed (`is_open`), or only they; base, theirs and mine as words."""

    name: str
    label: str
    theirs: SafeString
    mine: SafeString
    merged: str | None
    merged_preview: SafeString
    is_open: bool


@dataclass(frozen=True, slots=True)
class ConflictView:
    """What the page of a conflict shows."""

    version: int
    entries: list[history.AuditLogEntry]
    differences: list[Difference]
    must_read: bool

    @property
    def open_differences(self) -> list[Difference]:
        """Those that need a choice."""
        return [difference for difference in self.differences if difference.is_open]

    @property
    def taken_over(self) -> list[Difference]:
        """Their changes to fields that the user left alone."""
        return [difference for difference in self.differences if not difference.is_open]


def seen(form: VersionedActionForm) -> str:
    """What the user sees when the form opens, for the form to carry; what it carried, when it was submitted before."""
    if form.is_bound:
        return str(form.data.get(SEEN, ""))
    return json.dumps({"at": timezone.now().isoformat(), "values": form.shown_values()})


def resolve(data: QueryDict, current: VersionedActionForm) -> QueryDict:
    """The submission with the user's choices applied, against the version that the conflict showed.

    It stays as it is while a choice is missing: the action then refuses it again. `current`: the form as it opens now.
    """
    version, names = data.get(RESOLVED, ""), data.getlist("_differs")
    if not version or not data.get(READ) or not all(data.get(f"{TAKE}{name}") for name in names):
        return data
    resolved = data.copy()
    for name in names:
        match data[f"{TAKE}{name}"]:
            case "theirs" if name in current.shown_values():
                current.take_shown(name, resolved)
            case "merged":
                resolved[name] = data.get(f"{MERGED}{name}", "")
    resolved["expected_version"] = version
    return resolved


def view(
    form: VersionedActionForm, current: VersionedActionForm, row: Any, reader: ActorFacts
) -> tuple[ConflictView, QueryDict]:
    """What somebody else changed and what is to be chosen; the submission with what only they changed."""
    data = cast(QueryDict, form.data).copy()
    carried = _carried(form.data.get(SEEN, ""))
    theirs, mine, base = current.shown_values(), form.typed_values(), carried["values"]
    differences = []
    for name, their_value in theirs.items():
        base_value, my_value = base.get(name, []), mine.get(name, [])
        if their_value in (base_value, my_value):
            continue
        is_open = my_value != base_value
        if not is_open:
            current.take_shown(name, data)
        differences.append(_difference(current, name, base_value, their_value, my_value, is_open))
    conflict = ConflictView(
        version=row.version,
        entries=_entries_since(row, carried["at"], reader),
        differences=differences,
        must_read=not form.shows_content,
    )
    return conflict, data


def _difference(
    form: VersionedActionForm, name: str, base: list[str], theirs: list[str], mine: list[str], is_open: bool
) -> Difference:
    base_words, their_words, my_words = (form.words_of(name, value) for value in (base, theirs, mine))
    merged = word_diff.merge(base_words, their_words, my_words) if form.is_text(name) else None
    return Difference(
        name=name,
        label=form.label_of(name),
        theirs=word_diff.difference(base_words, their_words),
        mine=word_diff.difference(base_words, my_words),
        merged=merged,
        merged_preview=word_diff.difference(base_words, merged or ""),
        is_open=is_open,
    )


def _entries_since(row: Model, opened_at: datetime, reader: ActorFacts) -> list[history.AuditLogEntry]:
    """Who did what since the form was opened, newest first."""
    events = Event.objects.filter(stream=stream_of(row), at__gte=opened_at - _LATE)
    return history.entries_of(events.order_by("-id"), reader, limit=10)


def _carried(text: str) -> Mapping[str, Any]:
    """What the form carried. Only its user sees it, so that it need not be signed."""
    try:
        carried = json.loads(text)
        values = {str(name): [str(each) for each in value] for name, value in carried["values"].items()}
        at = parse_datetime(str(carried["at"]))
        if at is None or timezone.is_naive(at):
            raise ValueError
        return {"at": max(at, timezone.now() - _LONGEST), "values": values}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {"at": timezone.now(), "values": {}}
