"""Links and identifiers in imported content."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

MAX_LENGTH = 2000

# Schemes whose names mean the same everywhere. "post:17" looks like a URI, and every publisher has one.
_GLOBAL = re.compile(r"(?:https?://|(?:urn|tag|doi|oai|info|ni|at):)\S+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def web_url(link: str) -> str:
    """The link if it is a valid http(s) URL; an empty string otherwise."""
    try:
        parts = urlsplit(link)
        is_written_well = link.isprintable() and not re.search(r"[\s<>\"]", link)
        is_valid = parts.scheme in ("http", "https") and parts.hostname and is_written_well
    except ValueError:
        return ""
    return link if is_valid and len(link) <= MAX_LENGTH else ""


def absolute(link: str, base: str) -> str:
    """The link if it is, relative to this URL, a valid http(s) URL; an empty string otherwise."""
    try:
        return web_url(urljoin(base, link.strip())) if link.strip() else ""
    except ValueError:
        return ""


def host(url: str) -> str:
    """The URL's host name; empty if there is none."""
    return (urlsplit(url).hostname or "") if web_url(url) else ""


def is_global(name: str) -> bool:
    """Whether the name is a global identifier: a URL, a URN, a tag. A bare number or word is not."""
    return bool(_GLOBAL.fullmatch(name))


def identifier(name: str) -> str:
    """An identifier as it was written. What cannot be stored is percent-encoded, so that no two become one."""
    return _CONTROL.sub(lambda sign: quote(sign[0], errors="surrogatepass"), name.strip())
