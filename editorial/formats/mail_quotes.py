"""What is new in an answer by email: without the text that it quotes, and without a signature.

Line by line, in linear time: mail programs agree on nothing, and a message may be made to keep a pattern busy.
What no rule matches stays (decision 0077).
"""

from __future__ import annotations

import re
from collections.abc import Callable

REPLY_ABOVE = "## Reply above this line to comment ##"
"""Stands in our emails. Whatever a mail program puts before a quotation, this is in it."""

Lines = list[str]

_MAX_LINE = 120  # characters of a line that introduces a quotation or ends a message
_MAX_ATTRIBUTION = 3  # lines
_MAX_SIGNATURE = 10  # lines
_ORIGINAL = re.compile(r"-{5,} ?[^-].{0,60}[^-] ?-{5,}")  # -----Original Message-----
_FROM = re.compile(r"\*?(?:From|Von|De|Da|Van|Från|Fra|Od)\*? ?:", re.IGNORECASE)
_HEADER = re.compile(r"\*?\w[\w -]{0,15}\*? ?:")
_PROGRAM = re.compile(
    r"(?:Sent (?:from my|from Outlook|via) |Get Outlook for |Gesendet von meinem |Von meinem .* gesendet|"
    r"Envoyé de(?:puis)? mon |Enviado desde mi |Enviado do meu |Inviato dal mio |Verzonden vanaf mijn |"
    r"Skickat från min |Sendt fra min )"
)


def new_text(text: str) -> str:
    """The new part of a plain text. The whole text, if there is no other."""
    lines = [line.rstrip() for line in text.splitlines()]
    start = next((number for number in range(len(lines)) if _begins_original(lines, number)), None)
    new = _without_attribution(lines[:start]) if start is not None else lines
    for shorten in (_without_signature, _without_quote_below, _without_quote_above, _without_signature):
        new = _trimmed(shorten(new))
    return "\n".join(new) or text


def _begins_original(lines: Lines, number: int) -> bool:
    """Whether the message that is answered begins here, unquoted: at our line, a divider, or a block of headers."""
    line = _unquoted(lines[number])
    if len(line) > _MAX_LINE:
        return False
    if REPLY_ABOVE in line or _ORIGINAL.fullmatch(line):
        return True
    following = [_unquoted(each)[:_MAX_LINE] for each in lines[number + 1 : number + 4]]
    return bool(_FROM.match(line)) and sum(bool(_HEADER.match(each)) for each in following) >= 2


def _without_quote_below(lines: Lines) -> Lines:
    kept = _drop_last(lines, lambda line: not line or _is_quoted(line))
    return _without_attribution(kept) if any(map(_is_quoted, lines[len(kept) :])) else lines


def _without_quote_above(lines: Lines) -> Lines:
    """The answer below a single quotation. One between quotations stays as it is: it may make no sense alone."""
    first = next((number for number, line in enumerate(lines) if _is_quoted(line)), None)
    if first is None or _without_attribution(lines[:first]):
        return lines
    last = max(number for number, line in enumerate(lines) if _is_quoted(line))
    return lines[last + 1 :] if all(not line or _is_quoted(line) for line in lines[first:last]) else lines


def _without_attribution(lines: Lines) -> Lines:
    """Without what introduces the quotation that followed: “On 3 May 2031, at 9:30, Jo Doe wrote:”."""
    lines = _drop_last(lines, lambda line: not line.strip("_-"))
    paragraph = lines[len(_drop_last(lines, bool)) :]
    words = "".join(paragraph)
    is_short = len(paragraph) <= _MAX_ATTRIBUTION and len(words) <= _MAX_ATTRIBUTION * _MAX_LINE
    introduces = is_short and words.endswith((":", "：")) and any(map(str.isdigit, words))
    return _trimmed(lines[: -len(paragraph)]) if introduces else lines


def _without_signature(lines: Lines) -> Lines:
    """Without what follows a line of two hyphens (RFC 3676), or what a program says of itself at the end."""
    tail = lines[-_MAX_SIGNATURE - 1 :]
    if "--" in tail:
        return lines[: len(lines) - len(tail) + tail.index("--")]
    is_by_program = bool(lines) and len(lines[-1]) <= _MAX_LINE and bool(_PROGRAM.match(lines[-1]))
    return lines[:-1] if is_by_program else lines


def _is_quoted(line: str) -> bool:
    return line.startswith(">")


def _unquoted(line: str) -> str:
    return line.lstrip("> \t")


def _trimmed(lines: Lines) -> Lines:
    """Without empty lines at either end."""
    lines = _drop_last(lines, lambda line: not line)
    return lines[next((number for number, line in enumerate(lines) if line), 0) :]


def _drop_last(lines: Lines, drops: Callable[[str], bool]) -> Lines:
    """Without the last lines, as far as they are to be dropped."""
    end = len(lines)
    while end and drops(lines[end - 1]):
        end -= 1
    return lines[:end]
