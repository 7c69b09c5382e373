"""Links and identifiers in imported content."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MAX_LENGTH = 2000

_URI = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)


def web_url(link: str) -> str:
    """The link if it is a valid http(s) URL; an empty string otherwise."""
    try:
        parts = urlsplit(link)
        is_valid = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"[\s<>\"]", link)
    except ValueError:
        return ""
    return link if is_valid and len(link) <= MAX_LENGTH else ""


def host(url: str) -> str:
    """The URL's host name; empty if there is none."""
    return (urlsplit(url).hostname or "") if web_url(url) else ""


def is_uri(name: str) -> bool:
    """Whether the name is a global identifier: a URL, a URN, a tag. A bare number or word is not."""
    return bool(_URI.fullmatch(name))
