"""What a reader may not learn from the data of events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet, TextField, Value

from editorial.models import Briefing, Claim, Event, Exhibit, Source, Statement
from editorial.models.base_fields import NOT_RECORDED, is_free_text
from editorial.policy.access import ActorFacts
from editorial.policy.disclosure import PROTECTED_SOURCE
from editorial.policy.events import MERGE_EVENTS, ids_in
from editorial.policy.publication import gate
from editorial.workflow.evidence.confidentiality import disclosure

HIDDEN_CLAIM = "a claim of another desk"

_LABELS: dict[type[Model], str] = {
    Claim: HIDDEN_CLAIM,
    Statement: "a statement of another desk",
    Source: PROTECTED_SOURCE,
    Exhibit: "an archived copy of another desk",
    Briefing: "a briefing of another desk",
}


class Redaction:
    """Redacts events for one reader. Looks everything up once for all of them."""

    def __init__(self, events: Iterable[Event], reader: ActorFacts) -> None:
        events = list(events)
        ids = {key for event in events for key in ids_in(event.data)}
        speakers = _speakers_of_reassigned(events)
        sources = {*ids, *(key for keys in speakers.values() for key in keys)}
        # Unnamed sources of which the reader is not a custodian: nothing may link them to another record.
        self.unexplained = disclosure.unexplained_sources(sources, reader) if sources else frozenset()
        self.reassigned = {stream for stream, keys in speakers.items() if not self.unexplained.isdisjoint(keys)}
        self.hidden = {str(key): label for key, label in _hidden_rows(ids, reader)} if ids else {}

    def data(self, event: Event) -> Any:
        """The event's data as the reader may read it."""
        data, hidden = dict(event.data), self.hidden
        if event.action in MERGE_EVENTS and self._links_unexplained(merged := _merged_ids(event)):
            data["reason"] = PROTECTED_SOURCE  # the events of both sources have the same reason
            hidden = hidden | dict.fromkeys(self.unexplained.intersection(merged), PROTECTED_SOURCE)
        if event.stream in self.reassigned and "source" in data:
            data["source"] = PROTECTED_SOURCE
        if isinstance(data.get("codes"), list):
            data["codes"] = [gate.public_name(code) for code in data["codes"]]
        if isinstance(data.get("changed"), Mapping):
            data["changed"] = {name: self._change(event, name, pair) for name, pair in data["changed"].items()}
        return _replace(data, hidden)

    def _change(self, event: Event, name: str, pair: Any) -> Any:
        """Before and after, without free text and without two sources that may be one person."""
        if _is_text(event, name):
            return [NOT_RECORDED, NOT_RECORDED]
        ids = set(ids_in(pair))
        if isinstance(pair, list) and not any(isinstance(each, list) for each in pair) and len(ids) > 1:
            return [PROTECTED_SOURCE, PROTECTED_SOURCE] if self._links_unexplained(ids) else pair
        return pair

    def _links_unexplained(self, ids: Iterable[str]) -> bool:
        return not self.unexplained.isdisjoint(ids)


def _hidden_rows(ids: Iterable[str], reader: ActorFacts) -> Iterable[tuple[UUID, str]]:
    """The ids of rows that the reader may not see, each with what to show instead. One query for all models."""
    hidden: list[QuerySet[Any]] = []
    for model, label in _LABELS.items():
        rows: Any = model._default_manager.all()
        label_value = Value(label, output_field=TextField())
        matching = rows.hidden_from(reader).filter(pk__in=ids).order_by().annotate(shown_as=label_value)
        hidden.append(matching.values_list("pk", "shown_as"))
    first, *others = hidden
    return first.union(*others, all=True)


def _speakers_of_reassigned(events: Iterable[Event]) -> dict[str, set[str]]:
    """For each statement among these events that was reassigned, all the sources it had on record."""
    streams = {event.stream for event in events if "source" in event.data and event.stream.startswith("statement:")}
    speakers: dict[str, set[str]] = {}
    if streams:
        recorded = Event.objects.filter(stream__in=streams, data__has_key="source").order_by()
        for stream, key in recorded.values_list("stream", "data__source"):
            speakers.setdefault(stream, set()).add(str(key))
    return {stream: keys for stream, keys in speakers.items() if len(keys) > 1}


def _merged_ids(event: Event) -> Iterable[str]:
    """The two sources of a merge: only custodians may learn that they are one person."""
    return [key for key in (event.data.get("source"), event.data.get("into")) if key]


def _is_text(event: Event, name: str) -> bool:
    """Whether the field holds text. Older events stored it if it was short."""
    try:
        return is_free_text(apps.get_model("editorial", event.stream.partition(":")[0]), name)
    except LookupError:
        return False


def _replace(value: Any, hidden: Mapping[str, str]) -> Any:
    match value:
        case dict():
            return {name: _replace(inner, hidden) for name, inner in value.items()}
        case list():
            return [_replace(inner, hidden) for inner in value]
        case str() if hidden:
            for key, label in hidden.items():
                value = value.replace(key, label)
            return value
        case _:
            return value
