"""Claims sheets: parse the lines of a sheet, and file each like a claim typed in by hand.

A sheet gives adverse parties by name or id. They are resolved when the sheet is read, and only ids are stored. A name
that matches no named source is reported by line and column and stored nowhere, as it may be confidential. An utterance
gives the claims that it carries by text or id, resolved when the line is filed: earlier lines may file them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Lower

from editorial.formats import csv_sheet
from editorial.formats.csv_sheet import CellProblem, Sheet, SheetLine
from editorial.models import Claim, Desk, Source, User
from editorial.policy.imports import RowState
from editorial.policy.vocabulary import ChoiceEnum, ClaimKind, Risk
from editorial.workflow.core.errors import Reason, ValidationFailed
from editorial.workflow.evidence import claims

_SEPARATOR = "|"  # between several values
_ID_SEPARATOR = ";"  # between several ids, as in an exported sheet
_YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}
_VOCABULARIES: dict[str, type[ChoiceEnum]] = {"kind": ClaimKind, "risk": Risk}


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A parsed line: its fields, or its problems."""

    number: int
    state: RowState
    fields: dict[str, Any]
    problems: list[CellProblem]


def read(content: bytes, *, actor: User) -> tuple[str, list[ParsedRow]]:
    """Return the detected format of the sheet and its rows. Raises `ParseError`."""
    sheet = csv_sheet.read(content, max_lines=settings.IMPORT_MAX_ROWS)
    sources = _sources(_all_names(sheet), actor)
    earlier: dict[str, ParsedRow] = {}
    return sheet.read_as, [_read(line, sources, earlier) for line in sheet.lines]


def file(
    fields: dict[str, Any], *, desk: Desk, actor: User, now: datetime, check_only: bool = False
) -> tuple[RowState, Claim]:
    """File one line's claim, unless the desk already has a claim with the same text.

    `check_only`: earlier lines were not filed, so claims that they would have filed are taken as there.
    """
    existing = _find(desk, fields["text"])
    if existing is not None:
        return RowState.KNOWN, existing
    fields = dict(fields)
    earlier = fields.pop("carries_earlier", ())
    carried = (_carried(desk, text, earlier if check_only else ()) for text in fields.get("carries", ()))
    fields["carries"] = [key for key in carried if key]
    return RowState.FILED, claims.file(desk_id=desk.pk, **fields, actor=actor, now=now)


def _find(desk: Desk, text: str) -> Claim | None:
    """The desk's claim with this text."""
    return Claim.objects.filter(desk=desk, text=text, dropped_at=None, merged_into=None).first()


def _carried(desk: Desk, text: str, earlier: Collection[str]) -> UUID | None:
    """The id of a claim that an utterance carries; None in a dry run, if an earlier line would have filed it."""
    if key := _id(text):
        return key
    if (claim := _find(desk, text)) is not None:
        return claim.pk
    if text in earlier:
        return None
    raise ValidationFailed(
        Reason(
            "UNKNOWN_CLAIM",
            "A claim in this cell is neither on an earlier line nor at the desk. Write its exact text or its id; "
            f"separate several claims with {_SEPARATOR}.",
            "carries",
        )
    )


def _read(line: SheetLine, sources: dict[str, list[UUID]], earlier: dict[str, ParsedRow]) -> ParsedRow:
    text = line.cells.get("text", "")
    fields: dict[str, Any] = {"text": text}
    problems = [*line.problems]
    if not text:
        problems.append(CellProblem("NO_TEXT", "text", "The claim is missing. Write it in one sentence."))
    for column, vocabulary in _VOCABULARIES.items():
        if value := line.cells.get(column):
            choice = "_".join(value.lower().split())
            fields[column] = choice
            if choice not in set(vocabulary):
                known = ", ".join(vocabulary)
                problems.append(CellProblem("UNKNOWN_VALUE", column, f"Unknown value. Use one of: {known}."))
    if value := line.cells.get("needs_context"):
        fields["needs_context"] = _YES_OR_NO.get(value.lower(), False)
        if value.lower() not in _YES_OR_NO:
            problems.append(CellProblem("UNKNOWN_VALUE", "needs_context", "Unknown value. Use yes or no."))
    fields["adverse_to"] = [str(key) for name in _names(line) for key in sources.get(name.lower(), [])[:1]]
    problems += [problem for name in _names(line) for problem in _source_problems(sources.get(name.lower(), []))]
    if carried := _values(line, "carries"):
        fields |= {"carries": carried, "carries_earlier": [each for each in carried if each in earlier]}
        problems += _carrying_problems(fields, earlier)
    if problems:
        return ParsedRow(line.number, RowState.REFUSED, {"text": text}, problems)
    row = ParsedRow(line.number, RowState.WAITING, fields, [])
    if (first := earlier.setdefault(text, row)) is not row:
        duplicate = CellProblem("DUPLICATE", "text", f"Same text as line {first.number}, so only that line is filed.")
        return ParsedRow(line.number, RowState.KNOWN, {}, [duplicate])
    return row


def _carrying_problems(fields: dict[str, Any], earlier: dict[str, ParsedRow]) -> Iterator[CellProblem]:
    """Yield what a dry run could not find out, because it does not file the earlier lines."""
    if fields.get("kind") != ClaimKind.UTTERANCE:
        yield CellProblem("NOT_AN_UTTERANCE", "carries", "Only an utterance, such as “S said P”, carries other claims.")
    if any(earlier[text].fields.get("kind") == ClaimKind.UTTERANCE for text in fields["carries_earlier"]):
        yield CellProblem(
            "CARRIES_AN_UTTERANCE", "carries", "An utterance cannot be carried. List what it carries instead."
        )


def _source_problems(matches: list[UUID]) -> Iterator[CellProblem]:
    """Yield the problems of a name, without repeating it: it may be confidential."""
    if not matches:
        text = (
            "A name in this cell matches no named source. Register the source or leave the cell empty; separate "
            f"several names with {_SEPARATOR}."
        )
        yield CellProblem("UNKNOWN_SOURCE", "adverse_to", text)
    elif len(matches) > 1:
        text = "A name in this cell matches several sources. Give the id of the right one."
        yield CellProblem("AMBIGUOUS_SOURCE", "adverse_to", text)


def _sources(names: set[str], actor: User) -> dict[str, list[UUID]]:
    """Map each name or id to matching sources that the actor may see; unnamed ones match by id only."""
    ids = {name: key for name in names if (key := _id(name))}
    rows = Source.objects.visible_to(actor.facts()).annotate(called=Lower("name"))
    matching = Q(pk__in=set(ids.values())) | Q(unnamed=False, called__in=names)
    by_name: dict[str, set[UUID]] = defaultdict(set)
    for source in rows.filter(matching) if names else []:
        key = source.merged_into_id or source.pk
        for name in (source.called if not source.unnamed else "", str(source.pk), source.pk.hex):
            by_name[name].add(key)
    return {name: sorted(by_name[str(ids[name]) if name in ids else name]) for name in names}


def _all_names(sheet: Sheet) -> set[str]:
    return {name.lower() for line in sheet.lines for name in _names(line)}


def _names(line: SheetLine) -> list[str]:
    return _values(line, "adverse_to")


def _values(line: SheetLine, column: str) -> list[str]:
    """The values of a cell. Ids may be separated as in an exported sheet; names and texts may contain that."""
    cell = line.cells.get(column, "")
    ids = [part.strip() for part in cell.split(_ID_SEPARATOR)]
    parts = ids if all(_id(part) for part in ids) else [part.strip() for part in cell.split(_SEPARATOR)]
    return [part for part in parts if part]


def _id(name: str) -> UUID | None:
    try:
        return UUID(name) if len(name) in (32, 36) else None
    except ValueError:
        return None
