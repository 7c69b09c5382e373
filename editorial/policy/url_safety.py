"""SSRF guard: URLs that others may have chosen must not lead into our own network."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from editorial.policy.access import Decision

# Resolvers accept 2130706433, 127.1 and 0x7f.1 as IPv4 addresses.
_OBFUSCATED_IPV4 = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)
# Internal names: single-label hosts and reserved domains (RFC 6761, 8375).
_INTERNAL_NAME = re.compile(r"[^.]+\.?|.*\.(?:localhost|local|internal|home\.arpa)\.?", re.IGNORECASE)
# NAT64 prefixes: a gateway translates these IPv6 addresses to the embedded IPv4 address.
_NAT64_PREFIXES = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


def check_url(text: str, *, allow_private: bool, max_length: int = 500, hosts: Collection[str] = ()) -> Decision:
    """Whether this URL may be requested at all. `allow_private`: addresses in private networks are allowed.

    `hosts`: the only hosts that are allowed, with their subdomains; empty: any.

    The host name is resolved for each request, and its addresses pass `check_address`.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return _deny("This is not a web address.")
    if len(text) > max_length or any(character.isspace() or not character.isprintable() for character in text):
        return _deny(f"A URL has no spaces and at most {max_length} characters. Check it.")
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        return _deny("Use an https:// URL, so that nobody can read or change the content in transit.")
    if not parts.hostname or port == 0:
        return _deny("This is not a web address.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return _deny("Remove the username, password and #fragment from the URL.")
    if hosts and not any(f".{parts.hostname.rstrip('.')}".endswith(f".{host}") for host in hosts):
        return _deny("This host is not on your administrator's list of hosts that the newsroom may contact.")
    if _is_address(parts.hostname):
        return check_address(parts.hostname, allow_private=allow_private)
    if _OBFUSCATED_IPV4.fullmatch(parts.hostname):
        return _deny("This is not a web address.")
    if not allow_private and _INTERNAL_NAME.fullmatch(parts.hostname):
        return _deny("This host name is in a private network. Use a public one.")
    return Decision(True)


def check_address(text: str, *, allow_private: bool) -> Decision:
    """Whether a connection may be made to this IP address."""
    address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            address = address.ipv4_mapped
        elif address.sixtofour or address.teredo or any(address in network for network in _NAT64_PREFIXES):
            return _deny("This address is translated to another one. Use the final address.")
    if address.is_multicast or address.is_unspecified:
        return _deny("This is not the address of a single host.")
    if not address.is_global and not allow_private:
        return _deny("This address is in a private network. Use a public one.")
    return Decision(True)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _deny(reason: str) -> Decision:
    return Decision(False, (reason,))
