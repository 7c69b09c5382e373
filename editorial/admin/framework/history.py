"""The audit log of an object, as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from editorial.models import Event
from editorial.policy.access import ActorFacts
from editorial.policy.events import RULES
from editorial.policy.publication import gate
from editorial.policy.vocabulary import LABELS
from editorial.workflow.evidence.redaction import Redaction

_MAX_ENTRIES = 60

# The event data that people read; the rest is ids.
_DETAIL_FIELDS = (
    "finding", "ended", "authenticity", "remedy", "gate", "outcome", "code", "codes",
    "kind", "risk", "type", "stance", "reliability", "role",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditLogEntry:
    """A line of the audit log."""

    at: datetime
    actor_name: str
    sentence: str
    details: str
    reason: str
    action: str
    stream: str


def entries_for(
    row: Model, reader: ActorFacts, *, also: Iterable[Model] = (), since: datetime | None = None
) -> list[AuditLogEntry]:
    """The audit log of a row and its related rows, newest first, as far as the reader may know it."""
    streams = [f"{subject._meta.model_name}:{subject.pk}" for subject in (row, *also)]
    events = Event.objects.filter(stream__in=streams).disclosed_to(reader).select_related("actor").order_by("-id")
    if since is not None:
        events = events.filter(at__gt=since)
    newest = list(events[:_MAX_ENTRIES])
    redaction = Redaction(newest, reader)
    return [entry_for(event, redaction.data(event)) for event in newest]


def entry_for(event: Event, data: Mapping[str, Any]) -> AuditLogEntry:
    """An event as a sentence. `data`: its data without what the reader may not learn."""
    return AuditLogEntry(
        at=event.at,
        actor_name=event.actor.get_full_name() or event.actor.get_username() if event.actor else "The newsroom",
        sentence=RULES[event.action].sentence,
        details=", ".join(_details(data)),
        reason=str(data.get("reason") or ""),
        action=event.action,
        stream=event.stream,
    )


def _details(data: Mapping[str, Any]) -> list[str]:
    details = [_label(data[name]) for name in _DETAIL_FIELDS if data.get(name) not in (None, "", [])]
    changed = data.get("changed")
    if isinstance(changed, Mapping) and changed:
        details.append("changed " + ", ".join(sorted(name.replace("_", " ") for name in changed)))
    if data.get("text_changed") is True:
        details.append("new wording")
    if data.get("withheld") is True:
        details.append("withheld immediately")
    return details


def _label(value: Any) -> str:
    match value:
        case [None, after] if _is_enum_value(after):
            return _label(after)
        case [before, after] if _is_enum_value(before) and _is_enum_value(after):
            return f"{_label(before)} → {_label(after)}" if before else _label(after)
        case list():
            return ", ".join(_label(item) for item in value)
    text = str(value or "none")
    if not _is_enum_value(text):  # gate codes stay unchanged
        return gate.public_name(text)
    return LABELS.get(text, text.replace("_", " ").lower())


def _is_enum_value(value: Any) -> bool:
    return isinstance(value, str) and not value.startswith(("E_", "C_"))
