"""The text of an email, and what is attached to it. Senders and their programs make every mistake."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any, NamedTuple

from editorial.formats import mail_headers, plain_text
from editorial.formats.errors import ParseError

MAX_TEXT = 100_000  # characters
_PLAIN = "text/plain"
_MAX_PARTS = 200
_MAX_NAME = 120
_MAX_NAMED = 20  # of the attachments; the rest is counted
_MEANT_AS_CP1252 = ("iso8859-1", "ascii")  # as mail programs read them
NO_TEXT = "The email is empty."
TOO_COMPLEX = "Its HTML is too complex to be read."


@dataclass(frozen=True, slots=True)
class MailBody:
    """What an email says. `problem`: why the text is empty. `shortened`: the text is only the beginning."""

    text: str = ""
    problem: str = ""
    shortened: bool = False
    attachment_count: int = 0
    attachments: tuple[str, ...] = ()
    """The names of the first ones."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> MailBody:
        return cls(**{**values, "attachments": tuple(values["attachments"])})


def read(raw: bytes) -> MailBody:
    """All inline texts in their order; of alternatives the plain one."""
    texts: list[_Text] = []
    attachments = []
    for part, alternative in _parts(message_from_bytes(raw)):
        kind = part.get_content_type()
        if _is_text(part, kind):
            texts.append(_Text(alternative, kind, _decoded(part)))
        else:
            attachments.append(_name_of(part, kind))
    text, problem = _join(texts)
    return MailBody(
        text=text[:MAX_TEXT],
        problem=problem,
        shortened=len(text) > MAX_TEXT,
        attachment_count=len(attachments),
        attachments=tuple(attachments[:_MAX_NAMED]),
    )


class _Text(NamedTuple):
    """A text as it was sent. `alternative`: which choice of several it belongs to; None if it is none."""

    alternative: int | None
    kind: str
    content: str


def _parts(message: Message) -> Iterator[tuple[Message, int | None]]:
    """The parts that contain no others, each with the nearest choice around it. An enclosed message is one part."""
    waiting: list[tuple[Message, int | None]] = [(message, None)]
    for number in range(_MAX_PARTS):
        if not waiting:
            return
        part, alternative = waiting.pop(0)
        payload: Any = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            inner = number if part.get_content_subtype() == "alternative" else alternative
            waiting = [*((each, inner) for each in payload), *waiting]
        else:
            yield part, alternative


def _is_text(part: Message, kind: str) -> bool:
    disposition = str(part.get("Content-Disposition", "")).strip().lower()
    return kind in (_PLAIN, "text/html") and not disposition.startswith("attachment")


def _join(texts: list[_Text]) -> tuple[str, str]:
    """The text, and why there is none."""
    plain = {each.alternative for each in texts if each.kind == _PLAIN and each.content.strip()} - {None}
    chosen = [each for each in texts if each.kind == _PLAIN or each.alternative not in plain]
    try:
        text = plain_text.clean("\n\n".join(map(_as_plain, chosen)))
    except ParseError:
        return "", TOO_COMPLEX
    return text, "" if text else NO_TEXT


def _as_plain(text: _Text) -> str:
    if text.kind == _PLAIN:
        return text.content
    plain_text.check_complexity(text.content)
    return plain_text.from_markup(text.content)


def _decoded(part: Message) -> str:
    """The text in the encoding that the part states, or what it is most likely to be."""
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else str(part.get_payload()).encode("utf-8", "replace")
    for charset in (_stated_charset(part), "utf-8"):
        try:
            return content.decode(charset)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _stated_charset(part: Message) -> str:
    try:
        name = codecs.lookup(str(part.get_content_charset() or "utf-8")).name
    except (LookupError, ValueError):
        return "utf-8"
    if name in _MEANT_AS_CP1252:
        return "cp1252"
    return name if name.isascii() and "codec" not in name else "utf-8"


def _name_of(part: Message, kind: str) -> str:
    """What an attachment is called; its media type if it has no name."""
    try:
        name = part.get_filename()
    except (LookupError, ValueError, TypeError):
        name = None
    return mail_headers.one_line(name or kind)[:_MAX_NAME]
