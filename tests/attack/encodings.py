"""Invented names, and the encodings in which a name could appear in a file or a response."""

from __future__ import annotations

import base64
import codecs
import hashlib
import html
import json
import quopri
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, quote_plus


@dataclass(frozen=True)
class Name:
    """A unique name: two words of twelve letters, each with an accent."""

    first: str
    last: str

    @property
    def full(self) -> str:
        """The name as typed."""
        return f"{self.first} {self.last}"


def invent(count: int, *, seed: int) -> Iterator[Name]:
    """Names, deterministic for a seed."""
    random = Random(seed)  # noqa: S311
    for _ in range(count):
        yield Name(*(_word(random, accented) for accented in ("é", "ö")))


def _word(random: Random, accented: str) -> str:
    letters = [random.choice("bcdfghjklmnprstvz") + random.choice("aeiou") for _ in range(6)]
    letters[2] = letters[2][0] + accented
    return "".join(letters).capitalize()


def _plain(text: str) -> str:
    """Without accents."""
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def _base64(text: str, offset: int) -> bytes:
    """The part of the base64 form that does not depend on the surrounding bytes, at one of three offsets."""
    encoded = base64.b64encode(b"\0" * offset + text.encode())
    return encoded[(offset * 8 + 5) // 6 : len(encoded) // 4 * 4 - 4]


def _each(form: str) -> Callable[[Name], bytes]:
    """A function that formats the code point of each character."""
    return lambda name: "".join(form.format(ord(letter)) for letter in name.full).encode()


ENCODINGS: dict[str, Callable[[Name], bytes]] = {
    "UTF-8": lambda name: name.full.encode(),
    "UTF-8, decomposed": lambda name: unicodedata.normalize("NFD", name.full).encode(),
    "UTF-16, little-endian": lambda name: name.full.encode("utf-16-le"),
    "UTF-16, big-endian": lambda name: name.full.encode("utf-16-be"),
    "UTF-32, little-endian": lambda name: name.full.encode("utf-32-le"),
    "UTF-32, big-endian": lambda name: name.full.encode("utf-32-be"),
    "UTF-7": lambda name: name.full.encode("utf-7"),
    "Latin-1": lambda name: name.full.encode("latin-1"),
    "code page 437": lambda name: name.full.encode("cp437"),
    "Mac Roman": lambda name: name.full.encode("mac-roman"),
    "EBCDIC": lambda name: name.full.encode("cp500"),
    "capitals": lambda name: name.full.upper().encode(),
    "small letters": lambda name: name.full.lower().encode(),
    "without accents": lambda name: _plain(name.full).encode(),
    "capitals without accents": lambda name: _plain(name.full).upper().encode(),
    "small letters without accents": lambda name: _plain(name.full).lower().encode(),
    "first name": lambda name: name.first.encode(),
    "last name": lambda name: name.last.encode(),
    "first name, folded": lambda name: _plain(name.first).lower().encode(),
    "last name, folded": lambda name: _plain(name.last).lower().encode(),
    "last name first": lambda name: f"{name.last}, {name.first}".encode(),
    "backwards": lambda name: name.full[::-1].encode(),
    "ROT13": lambda name: codecs.encode(_plain(name.full), "rot13").encode(),
    "percent-encoded": lambda name: quote(name.full).encode(),
    "percent-encoded twice": lambda name: quote(quote(name.full)).encode(),
    "form-encoded": lambda name: quote_plus(name.full).encode(),
    "JSON": lambda name: json.dumps(name.full)[1:-1].encode(),
    "JSON in JSON": lambda name: json.dumps(json.dumps(name.full))[3:-3].encode(),
    "XML references": lambda name: name.full.encode("ascii", "xmlcharrefreplace"),
    "HTML entities": lambda name: html.escape(name.full).replace("é", "&eacute;").replace("ö", "&ouml;").encode(),
    "decimal references": _each("&#{};"),
    "hexadecimal references": _each("&#x{:x};"),
    "Python bytes": lambda name: repr(name.full.encode())[2:-1].encode(),
    "octal escapes": lambda name: "".join(f"\\{byte:03o}" for byte in name.last.encode()).encode(),
    "base64, first offset": lambda name: _base64(name.full, 0),
    "base64, second offset": lambda name: _base64(name.full, 1),
    "base64, third offset": lambda name: _base64(name.full, 2),
    "base32": lambda name: base64.b32encode(name.full.encode())[:32],
    "base85": lambda name: base64.b85encode(name.full.encode())[:30],
    "hexadecimal": lambda name: name.full.encode().hex().encode(),
    "hexadecimal capitals": lambda name: name.full.encode().hex().upper().encode(),
    "quoted-printable": lambda name: quopri.encodestring(name.full.encode()),
    "punycode": lambda name: name.last.lower().encode("punycode"),
    "MD5": lambda name: hashlib.md5(name.full.encode(), usedforsecurity=False).hexdigest().encode(),
    "SHA-1": lambda name: hashlib.sha1(name.full.encode(), usedforsecurity=False).hexdigest().encode(),
    "SHA-256": lambda name: hashlib.sha256(name.full.encode()).hexdigest().encode(),
    "SHA-256, folded": lambda name: hashlib.sha256(_plain(name.full).lower().encode()).hexdigest().encode(),
}


def forms(names: list[Name]) -> dict[bytes, str]:
    """Every form of every name, with a description. Equal forms are listed once."""
    return {encode(name): f"{name.full} ({encoding})" for name in names for encoding, encode in ENCODINGS.items()}
