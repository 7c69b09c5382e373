"""Addresses that others wrote down: what of them can be followed, and what names a thing for good."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MAX_LENGTH = 2000

_URI = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)


def web_url(link: str) -> str:
    """The address, if it is one of the web; nothing otherwise."""
    try:
        parts = urlsplit(link)
        fit = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"[\s<>\"]", link)
    except ValueError:
        return ""
    return link if fit and len(link) <= MAX_LENGTH else ""


def host(url: str) -> str:
    """The name of the machine there; nothing if there is none."""
    return (urlsplit(url).hostname or "") if web_url(url) else ""


def is_uri(name: str) -> bool:
    """Whether it names a thing for everybody: an address, a URN, a tag. A number or a word does not."""
    return bool(_URI.fullmatch(name))
