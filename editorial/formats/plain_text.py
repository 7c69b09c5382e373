"""Plain text from markup."""

from __future__ import annotations

import html
import re

import nh3

from editorial.formats.errors import ParseError

MAX_TAGS = 100_000  # tags and entities of one text, feed or page; the largest real ones have some 20,000

# Tags that start and end a line.
_BLOCKS = re.compile(
    r"<\s*(/?)(address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|nav|"
    r"ol|p|pre|section|table|td|th|tr|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_PREFORMATTED = re.compile(r"<\s*(?:pre|textarea)\b", re.IGNORECASE)
_LOOKS_LIKE_MARKUP = re.compile(r"<\s*[a-z!/][^<>]*>|&(?:#\d+|#x[0-9a-f]+|[a-z]\w+);", re.IGNORECASE)
# Control characters, and those that override text direction.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_HIDDEN_TAGS = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math"}


def check_complexity(markup: str) -> None:
    """Refuse markup whose parsing would take long. Raises ParseError."""
    if markup.count("<") + markup.count("&") > MAX_TAGS:
        raise ParseError("TOO_COMPLEX", f"This content has more than {MAX_TAGS:,} tags. Import it in parts.")


def from_markup(markup: str) -> str:
    """The text of HTML, in paragraphs, without scripts and the like. Text without markup is kept unchanged."""
    if not _LOOKS_LIKE_MARKUP.search(markup):
        return clean(markup)
    lined = _BLOCKS.sub(lambda tag: "\n" if tag[2].lower() in ("br", "li", "tr", "td") else "\n\n", _one_line(markup))
    bare = nh3.clean(lined, tags=set(), clean_content_tags=_HIDDEN_TAGS)
    return clean(html.unescape(bare))


def clean(text: str) -> str:
    """The text without control characters, surrounding blanks and runs of empty lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    text = _UNPRINTABLE.sub("", text)
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def headline(text: str, longest: int = 200) -> str:
    """The text on one line, shortened at a word boundary to fit a headline."""
    line = " ".join(from_markup(text).split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;:–- ") + "…"


def _one_line(markup: str) -> str:
    """Line breaks count as blanks in markup with block tags, unless it is preformatted."""
    as_typed = _PREFORMATTED.search(markup) or not _BLOCKS.search(markup)
    # No regular expression: `\s*\n` takes quadratic time on a long run of blanks.
    return markup if as_typed else " ".join(line.strip() for line in markup.split("\n"))
