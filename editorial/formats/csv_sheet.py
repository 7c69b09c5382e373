"""Claims sheets: CSV as spreadsheets export it. The encoding and delimiter used are reported, not silently guessed."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO

from editorial.formats.errors import ParseError
from editorial.policy import text_cleaning

_FIELDS = ("text", "kind", "risk", "adverse_to", "needs_context", "carries")
COLUMNS = {name: name for name in _FIELDS} | {"claim": "text", "adverse_to_id": "adverse_to"}
"""Accepted column heading → the field it fills. Case, blanks and underscores make no difference."""

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
MAX_CELL_LENGTH = 10_000  # characters
MAX_NAME_LENGTH = 40
_SAVE_AS = "In the spreadsheet, choose “Save as” and “CSV UTF-8”, and import that file."
_NOT_TEXT = {
    b"PK\x03\x04": "This is a workbook (such as .xlsx or .ods), not a CSV file.",
    b"\xd0\xcf\x11\xe0": "This is a workbook (.xls), not a CSV file.",
    b"%PDF": "This is a PDF, not a CSV file.",
}
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# Spreadsheets export a formula's result; a cell that holds the formula or its error has lost it. An error is the whole
# cell, in any language: "#REF!", "#¿NOMBRE?", "#NV", "Err:502". A hashtag, or an arrow, goes on in words.
_FORMULA = re.compile(r"=(?![=>)]|\s+[^\W\d]+\s).*", re.DOTALL)
_FORMULA_ERROR = re.compile(
    r"#[¡¿]?[^\W\d_][\w/]{0,30}[!?]|#(?:N/A(?: N/A)?|N/[BD]|Н/Д|NV|I/T|E/T|YOK|GETTING_DATA)|#{2,}"
    r"|(?:ERR|ERROR|ERREUR|FEHLER|FOUT|FEIL|FEL|VIRHE|CHYBA|BŁĄD|ОШИБКА)\s?:\s?\d{3}"
)

# The apostrophe that marks a cell as text, in spreadsheets and in our own exports.
_TEXT_MARKER = re.compile(r"^'(?=[=+@-])")

_MARKER = re.compile(r"(\"?)sep=([^\r\n])\1(?:[,;\t]*)(?:\r\n|\r|\n)", re.IGNORECASE)

csv.field_size_limit(1_000_000)


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A problem in a line: its code, the column, and a sentence for people."""

    code: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of the sheet: its first line number, and the value of each column."""

    number: int
    cells: dict[str, str]
    problems: list[CellProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The parsed sheet, with the encoding and delimiter used so that the importer can check them."""

    read_as: str
    lines: list[SheetLine]


def read(content: bytes, *, max_lines: int) -> Sheet:
    """Parse a claims sheet. Raises ParseError if it cannot be split into lines."""
    text, encoding = _decoded(content)
    marker = _MARKER.match(text)
    body = text[marker.end() :] if marker else text
    delimiter = marker[2] if marker else _delimiter(body)
    records = _records(body, delimiter, skipped=1 if marker else 0)
    _, heading = next(records, (0, []))
    columns = _columns(heading, delimiter)
    lines: list[SheetLine] = []
    for number, record in records:
        if len(lines) == max_lines:
            raise ParseError(
                "TOO_MANY_LINES", f"A sheet may have at most {max_lines:,} lines. Split it and import the parts."
            )
        lines.append(_line(number, record, columns))
    if not lines:
        raise ParseError("NO_LINES", "The sheet has a heading but no lines. Add at least one claim.")
    return Sheet(f"{encoding}, {DELIMITERS.get(delimiter, f'“{delimiter}”')}", lines)


def _decoded(content: bytes) -> tuple[str, str]:
    for start, explanation in _NOT_TEXT.items():
        if content.startswith(start):
            raise ParseError("NOT_CSV", f"{explanation} {_SAVE_AS}")
    if not content.strip():
        raise ParseError("EMPTY", "The sheet is empty.")
    mark = next((name for start, name in _BOMS.items() if content.startswith(start)), "")
    for encoding, name in ((mark or "utf-8", "UTF-16" if mark == "utf-16" else "UTF-8"), ("cp1252", "Windows-1252")):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            if mark:
                break
            continue
        if "\x00" in text:
            break
        return text, name
    raise ParseError("UNKNOWN_ENCODING", f"This is neither UTF-8 nor Windows-1252 text. {_SAVE_AS}")


def _delimiter(text: str) -> str:
    """The delimiter that yields the most known columns in the heading."""
    heading = next((line for line in text.splitlines() if line.strip()), "")

    def known(delimiter: str) -> int:
        return sum(_column_key(cell) in COLUMNS for cell in next(csv.reader([heading], delimiter=delimiter), []))

    return max(DELIMITERS, key=known)


def _records(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Each non-empty record, with its first line number."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1 + skipped
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ParseError(
                "BROKEN_LINE",
                f"Line {number} cannot be parsed: {error}. Look for a quotation mark that is not closed, or not "
                "doubled within a cell.",
            ) from None
        if any(cell.strip() for cell in record):
            yield number, record


def _columns(heading: list[str], delimiter: str) -> list[str]:
    names = [_column_key(cell) for cell in heading]
    while names and not names[-1]:  # spreadsheets leave empty columns behind
        names.pop()
    hint = f"The columns are: {', '.join(_FIELDS)}."
    if unknown := [cell for cell, name in zip(heading, names, strict=False) if name not in COLUMNS]:
        unknown_names = ", ".join(f"“{cell.strip()[:MAX_NAME_LENGTH]}”" for cell in unknown[:10])
        split_note = f" The sheet was split at {DELIMITERS[delimiter]}." if delimiter in DELIMITERS else ""
        raise ParseError("UNKNOWN_COLUMN", f"Unknown column: {unknown_names}. {hint}{split_note} Remove all others.")
    columns = [COLUMNS[name] for name in names]
    if "text" not in columns:
        raise ParseError("NO_TEXT_COLUMN", f"The column “text”, which holds the claim, is missing. {hint}")
    if len(set(columns)) < len(columns):
        raise ParseError("COLUMN_TWICE", f"A column occurs twice. {hint}")
    return columns


def _column_key(cell: str) -> str:
    return "_".join(text_cleaning.line(cell).lower().replace("_", " ").split())


def _line(number: int, record: list[str], columns: list[str]) -> SheetLine:
    cells = {column: text_cleaning.plain_blanks(cell) for column, cell in zip(columns, record, strict=False)}
    problems = [
        CellProblem(code, column, text)
        for column, cell in cells.items()
        for is_wrong, code, text in _CHECKS
        if is_wrong(cell)
    ]
    if any(cell.strip() for cell in record[len(columns) :]):
        text = f"This line has {len(record)} cells, the heading {len(columns)}. Quote texts that contain the delimiter."
        problems.append(CellProblem("TOO_MANY_CELLS", "", text))
    return SheetLine(number, {column: _TEXT_MARKER.sub("", cell) for column, cell in cells.items()}, problems)


def _is_formula(cell: str) -> bool:
    """Whether the cell is a formula, or the error of one, which spreadsheets write in capitals."""
    is_error = _FORMULA_ERROR.fullmatch(cell.upper()) and (cell.isupper() or not cell.startswith("#") or "##" in cell)
    return bool(_FORMULA.fullmatch(cell) or is_error)


_CHECKS: tuple[tuple[Callable[[str], object], str, str], ...] = (
    (_is_formula, "FORMULA", "This is a formula or a formula error. Enter the text itself."),
    (
        lambda cell: len(cell) > MAX_CELL_LENGTH,
        "TOO_LONG",
        f"A cell may have at most {MAX_CELL_LENGTH:,} characters. Shorten it.",
    ),
    (
        lambda cell: "\ufffd" in cell,
        "UNREADABLE",
        "This cell contains �: characters were lost before export. Enter the text again.",
    ),
)
