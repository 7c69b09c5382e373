"""Cases: a whole report, from sources to copy, filed in one transaction.

An item may have a local name, and other items of the case may refer to it by that name before either has an id. The
order of the request does not matter: referenced items are filed first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any
from uuid import UUID

from django.db import models

from editorial.models import Claim, Desk, Statement, User
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.core.errors import Reason, ValidationFailed, error_path
from editorial.workflow.core.locking import get_all_visible, get_visible, lock_many
from editorial.workflow.evidence import briefings, claims, sources, statements
from editorial.workflow.evidence.confidentiality import name_guard
from editorial.workflow.stories import stories


@dataclass(frozen=True, slots=True)
class LocalRef:
    """A reference to another item of the same case, by its local name."""

    name: str


@dataclass(frozen=True, slots=True)
class FiledItem:
    """A filed item: its path in the case, its local name (may be empty), and its row."""

    path: str
    name: str
    row: models.Model


Items = Iterable[Mapping[str, Any]]


@atomic_action
def file(
    *,
    desk_id: UUID | str,
    sources: Items = (),
    briefings: Items = (),
    claims: Items = (),
    statements: Items = (),
    stories: Items = (),
    actor: User,
    now: datetime,
) -> list[FiledItem]:
    """File a case at one desk. Each item takes the fields of its own action, and a local `name`.

    A claim may list `parts`, each with `text` and `name`; a statement the ones it `repeats`; a story its `uses` of
    claims. An error in one item rejects the whole case; its reasons give the path, such as `statements/3/source`.
    """
    desk = get_visible(Desk, desk_id, None, field="desk")
    case = {"sources": sources, "briefings": briefings, "claims": claims, "statements": statements, "stories": stories}
    items = [
        _CaseItem(f"{collection}/{number}", _FILERS[collection], dict(fields))
        for collection, entries in case.items()
        for number, fields in enumerate(entries)
    ]
    _check_names(items)
    # Lock existing claims first, in the usual lock order. Filing refuses those that the actor may not see.
    named = [key for item in items for key in (item.fields.get("claim_id"), *item.fields.get("carries", ()))]
    claim_ids = {key for key in named if isinstance(key, UUID)}
    visible = Claim.objects.visible_to(actor.facts()).filter(pk__in=claim_ids)
    lock_many(Claim, visible.values_list("pk", flat=True), None, field="claim")
    with name_guard.one_request(_checked_texts(items).values()):
        return _file(items, desk, actor, now)


def _file(items: list[_CaseItem], desk: Desk, actor: User, now: datetime) -> list[FiledItem]:
    filed: list[FiledItem] = []
    keys: dict[str, UUID] = {}
    for item in _in_order(items):
        with error_path(item.path):
            fields = _resolve(item.fields, keys)
            for suffix, name, row in item.file(fields, desk_id=desk.pk, actor=actor, now=now):
                filed.append(FiledItem(f"{item.path}{suffix}", name, row))
                if name:
                    keys[name] = row.pk
    return filed


def _check_names(items: list[_CaseItem]) -> None:
    """Refuse a text that contains a name given in the same case, before anything is written."""
    names = [str(item.fields["identity_name"]) for item in items if item.fields.get("identity_name")]
    if names:
        name_guard.check_case(_checked_texts(items), names)


def _checked_texts(items: list[_CaseItem]) -> dict[str, str]:
    """Every text of the case that must not contain a confidential name, by its path."""
    return {
        f"{item.path}/{path}": text
        for item in items
        if not item.path.startswith("stories/")  # a name in a story's copy is warned of, not refused
        for path, text in _texts(item.fields)
        if path not in ("identity_name", "identity_known_by", "called", "type", "stance", "directness")
    }


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text of the value with its path, at any depth."""
    match value:
        case str():
            yield path, value
        case Mapping():
            for key, inner in value.items():
                yield from _texts(inner, f"{path}/{key}".lstrip("/"))
        case list() | tuple():
            for number, inner in enumerate(value):
                yield from _texts(inner, f"{path}/{number}".lstrip("/"))


# --- One filer per model; each yields the path below the item's own, the local name and the row -----------------------

_Created = Iterator[tuple[str, str, models.Model]]


def _source(fields: dict[str, Any], *, desk_id: UUID, **context: Any) -> _Created:
    name = fields.pop("called", "")
    yield "", name, sources.register(desk_id=desk_id, **fields, **context)


def _briefing(fields: dict[str, Any], *, desk_id: UUID, **context: Any) -> _Created:
    name = fields.pop("called", "")
    yield "", name, briefings.record(desk_id=desk_id, **fields, **context)


def _claim(fields: dict[str, Any], *, desk_id: UUID, **context: Any) -> _Created:
    name, parts = fields.pop("called", ""), fields.pop("parts", ())
    claim = claims.file(desk_id=desk_id, **fields, **context)
    yield "", name, claim
    if parts:
        members = claims.split(claim_id=claim.pk, texts=[part["text"] for part in parts], **context)
        for number, (part, row) in enumerate(zip(parts, members, strict=True)):
            yield f"/parts/{number}", part.get("called", ""), row


def _statement(fields: dict[str, Any], *, desk_id: UUID, **context: Any) -> _Created:
    name, origins = fields.pop("called", ""), fields.pop("repeats", ())
    statement = statements.record(**fields, **context)
    yield "", name, statement
    for number, origin in enumerate(get_all_visible(Statement, origins, context["actor"], field="repeats")):
        yield f"/repeats/{number}", "", statements.relay(derived_id=statement.pk, origin_id=origin.pk, **context)


def _story(fields: dict[str, Any], *, desk_id: UUID, **context: Any) -> _Created:
    name, uses = fields.pop("called", ""), fields.pop("uses", ())
    story = stories.pitch(desk_id=desk_id, **fields, **context)
    if uses:
        story = stories.revise(story_id=story.pk, uses=uses, **context)
    yield "", name, story


_FILERS: dict[str, Callable[..., _Created]] = {
    "sources": _source,
    "briefings": _briefing,
    "claims": _claim,
    "statements": _statement,
    "stories": _story,
}


@dataclass(frozen=True, slots=True)
class _CaseItem:
    """An item to be filed: its path in the case, its filer and its fields."""

    path: str
    file: Callable[..., _Created]
    fields: dict[str, Any]

    @property
    def names(self) -> list[str]:
        """The local names of the item and of its parts."""
        called = [self.fields, *self.fields.get("parts", ())]
        return [each["called"] for each in called if each.get("called")]


# --- Order and local references ---------------------------------------------------------------------------------------


def _in_order(items: list[_CaseItem]) -> Iterator[_CaseItem]:
    """Yield the items, referenced ones first, otherwise in the given order."""
    by_name: dict[str, _CaseItem] = {}
    for item in items:
        for name in item.names:
            if name in by_name:
                raise ValidationFailed(
                    Reason("DUPLICATE_NAME", f"Two items in this case are named “{name}”. Rename one.", item.path)
                )
            by_name[name] = item
    numbers = {item.path: number for number, item in enumerate(items)}
    order: TopologicalSorter[int] = TopologicalSorter()
    for number, item in enumerate(items):
        references = set(_references(item.fields))
        if unknown := sorted(references - by_name.keys()):
            raise ValidationFailed(Reason("UNKNOWN_NAME", f"No item in this case is named “{unknown[0]}”.", item.path))
        order.add(number, *(numbers[by_name[name].path] for name in references))
    try:
        order.prepare()
    except CycleError as error:
        paths = " → ".join(items[number].path for number in error.args[1])
        raise ValidationFailed(
            Reason("CIRCULAR_REFERENCE", f"These items refer to each other in a circle: {paths}.")
        ) from None
    while order.is_active():
        for number in sorted(order.get_ready()):
            yield items[number]
            order.done(number)


def _references(value: Any) -> Iterator[str]:
    """Yield the local names that the value refers to, at any depth."""
    match value:
        case LocalRef(name):
            yield name
        case Mapping():
            for inner in value.values():
                yield from _references(inner)
        case list() | tuple():
            for inner in value:
                yield from _references(inner)


def _resolve(value: Any, keys: Mapping[str, UUID]) -> Any:
    """Replace local names in the value with ids."""
    match value:
        case LocalRef(name):
            return keys[name]
        case Mapping():
            return {key: _resolve(inner, keys) for key, inner in value.items()}
        case list() | tuple():
            return [_resolve(inner, keys) for inner in value]
        case _:
            return value
