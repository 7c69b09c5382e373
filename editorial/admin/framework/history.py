"""The audit log of an object, as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from editorial.models import Event
from editorial.models.ops.events import EventQuerySet
from editorial.policy.access import ActorFacts
from editorial.policy.events import RULES
from editorial.policy.publication import gate
from editorial.policy.vocabulary import LABELS
from editorial.workflow.core.audit import stream_of
from editorial.workflow.evidence.confidentiality.redaction import Redaction

_MAX_ENTRIES = 60

# The event data that people read; the rest is ids.
_DETAIL_FIELDS = (
    "finding", "ended", "authenticity", "remedy", "gate", "outcome", "code", "codes",
    "kind", "risk", "type", "stance", "reliability", "role",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditLogEntry:
    at: datetime
    actor_name: str
    sentence: str
    details: str
    reason: str
    action: str
    stream: str


def entries_for(row: Model, reader: ActorFacts, *, also: Iterable[Model] = ()) -> list[AuditLogEntry]:
    """The newest entries of the audit log of a row and its related rows, as far as the reader may know them."""
    events = Event.objects.filter(stream__in=[stream_of(subject) for subject in (row, *also)])
    return entries_of(events.order_by("-id"), reader, limit=_MAX_ENTRIES)


def entries_of(events: EventQuerySet, reader: ActorFacts, *, limit: int | None = None) -> list[AuditLogEntry]:
    """These events as far as the reader may know them, in this order."""
    disclosed = list(events.disclosed_to(reader).select_related("actor")[:limit])
    redaction = Redaction(disclosed, reader)
    return [entry_for(event, redaction.data(event)) for event in disclosed]


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
