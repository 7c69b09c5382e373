"""Content that is published as a file compressed with gzip."""

from __future__ import annotations

import zlib

from editorial.formats import plain_text
from editorial.formats.errors import ParseError

_GZIP = b"\x1f\x8b"


def decompress(body: bytes, max_bytes: int) -> bytes:
    """The content of all parts of a compressed file; other content as it is. Raises ParseError."""
    if not body.startswith(_GZIP):
        return body
    content = b""
    while body.startswith(_GZIP):
        inflater = zlib.decompressobj(wbits=31)
        try:
            content += inflater.decompress(body, max_bytes - len(content) + 1)
        except zlib.error:
            raise ParseError("UNREADABLE", "This compressed file is damaged.") from None
        if len(content) > max_bytes:
            raise ParseError("TOO_LARGE", f"This content is larger than {max_bytes // 1024:,} KiB, which is the limit.")
        if not inflater.eof:
            raise ParseError("UNREADABLE", "This compressed file is damaged: its end is missing.")
        body = inflater.unused_data
    plain_text.check_complexity(content.decode("latin-1"))
    return content
