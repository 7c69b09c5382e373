"""Plain text from markup."""

from __future__ import annotations

import html
import html.entities
import re
from functools import cache

import nh3

from editorial.formats.errors import ParseError
from editorial.policy import text_cleaning

MAX_TAGS = 100_000  # tags and entities of one text, feed or page; the largest real ones have some 20,000

# Tags that start and end a line.
_BLOCKS = re.compile(
    r"<\s*(/?)(address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|nav|"
    r"ol|p|pre|section|table|td|th|tr|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_PREFORMATTED = re.compile(r"<\s*(?:pre|textarea)\b", re.IGNORECASE)
# What the text may mean as markup. Whether it does is decided by `_literal`.
_TAG = re.compile(r"<(?:((?:!(?!--)|\?)[^<>]*>)|(/?)\s*([a-z][a-z0-9]*)\b([^<>]*)>)", re.IGNORECASE)
_CLOSING_TAG = re.compile(r"</\s*([a-z][a-z0-9]*)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|([a-z]\w*));", re.IGNORECASE)
_HIDDEN_TAGS = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math"}


def check_complexity(markup: str) -> None:
    """Refuse markup whose parsing would take long. Raises ParseError."""
    if markup.count("<") + markup.count("&") > MAX_TAGS:
        raise ParseError("TOO_COMPLEX", f"This content has more than {MAX_TAGS:,} tags. Import it in parts.")


def from_markup(markup: str) -> str:
    """The text of HTML, in paragraphs, without scripts and the like. Anything but an HTML element or entity is text."""
    markup = _literal(markup)
    if not _TAG.search(markup):
        return clean(html.unescape(markup))
    lined = _BLOCKS.sub(lambda tag: "\n" if tag[2].lower() in ("br", "li", "tr", "td") else "\n\n", _one_line(markup))
    bare = nh3.clean(lined, tags=set(), clean_content_tags=_HIDDEN_TAGS)
    return clean(html.unescape(bare))


def clean(text: str) -> str:
    """The text without control characters, surrounding blanks and runs of empty lines."""
    text = text_cleaning.plain_blanks(text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8"))
    return re.sub(r"\n{3,}", "\n\n", text)


def _literal(markup: str) -> str:
    """The markup with what only looks like it escaped: unknown elements, unclosed ones, and bare ampersands."""
    markup = _without_comments(markup)
    closed = {name.lower() for name in _CLOSING_TAG.findall(markup)}
    elements, needs_no_end = _elements()

    def is_tag(tag: re.Match[str]) -> bool:
        special, end, name, rest = tag.groups()
        if special:
            return True
        name = name.lower()
        complete = end or name in closed or name in needs_no_end or "=" in rest or rest.endswith("/")
        return bool(name in elements and complete)

    parts, position = [], 0
    for tag in _TAG.finditer(markup):
        if is_tag(tag):
            parts += [_escape(markup[position : tag.start()]), tag[0]]
            position = tag.end()
    return "".join([*parts, _escape(markup[position:])])


@cache
def _elements() -> tuple[frozenset[str], frozenset[str]]:
    """The names of the elements, and of those that need no end."""
    from lxml.html import defs  # workers load this module, and read no markup

    newer = {"main", "picture", "template", "data", "dialog", "rb", "rtc", "slot", "center", "nobr", "big"}
    optional = {"p", "li", "dd", "dt", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "wbr"}
    return defs.tags | newer, defs.empty_tags | optional


def _without_comments(markup: str) -> str:
    """The markup without complete comments."""
    kept, position = [], 0
    while (start := markup.find("<!--", position)) >= 0 and (end := markup.find("-->", start)) >= 0:
        kept.append(markup[position:start])
        position = end + 3
    return "".join([*kept, markup[position:]])


def _escape(text: str) -> str:
    """The text with angle brackets escaped, and every ampersand that begins no entity."""
    parts, position = [], 0
    for entity in _ENTITY.finditer(text):
        if entity[1] is None or f"{entity[1]};" in html.entities.html5:
            parts += [html.escape(text[position : entity.start()], quote=False), entity[0]]
            position = entity.end()
    return "".join([*parts, html.escape(text[position:], quote=False)])


def headline(text: str, longest: int = 200) -> str:
    """Plain text on one line, shortened at a word boundary to fit a headline."""
    line = " ".join(clean(text).split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;:–- ") + "…"


def _one_line(markup: str) -> str:
    """Line breaks count as blanks in markup with block tags, unless it is preformatted."""
    as_typed = _PREFORMATTED.search(markup) or not _BLOCKS.search(markup)
    # No regular expression: `\s*\n` takes quadratic time on a long run of blanks.
    return markup if as_typed else " ".join(line.strip() for line in markup.split("\n"))
