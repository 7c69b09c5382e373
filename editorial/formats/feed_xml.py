"""XML as feeds have it: prepared, so that its parser does not repair it in its own way."""

from __future__ import annotations

import codecs
import html.entities
import re
import sys

_BARE_AMPERSAND = re.compile(
    rb"<!\[CDATA\[.*?\]\]>|&(?:#(\d{1,7});|#x([0-9a-f]{1,6});|([a-z]\w*);)?", re.DOTALL | re.IGNORECASE
)
# How UTF-32 and UTF-16 begin, with and without a byte order mark.
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16", b"<\x00\x00\x00": "utf-32-le", b"\x00\x00\x00<": "utf-32-be",
    b"<\x00": "utf-16-le", b"\x00<": "utf-16-be",
}  # fmt: skip
_DECLARATION = re.compile(r"(<\?xml[^>]*?)\s+encoding\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def in_utf8(body: bytes, content_type: str) -> tuple[bytes, str]:
    """The feed in UTF-8 if it is in UTF-16 or UTF-32, which the parser does not always recognise, and its type."""
    encoding = next((name for start, name in _WIDE.items() if body.startswith(start)), "")
    if not encoding:
        return body, content_type
    text = _DECLARATION.sub(r"\1", body.decode(encoding, "replace"), count=1)
    return text.encode("utf-8", "replace"), "application/xml; charset=utf-8"


def without_bare_ampersands(body: bytes) -> bytes:
    """The feed with ampersands escaped that begin no entity, for which the parser would invent semicolons or fail."""

    def escaped(match: re.Match[bytes]) -> bytes:
        decimal, hexadecimal, name = match.groups()
        if name:
            is_entity = f"{name.decode('ascii', 'replace')};" in html.entities.html5
        elif decimal or hexadecimal:
            is_entity = _is_character(int(decimal) if decimal else int(hexadecimal, 16))
        else:
            is_entity = match[0] != b"&"
        return match[0] if is_entity else b"&amp;" + match[0][1:]

    return _BARE_AMPERSAND.sub(escaped, body)


def _is_character(number: int) -> bool:
    return number <= sys.maxunicode and not 0xD800 <= number <= 0xDFFF  # those are halves of characters
