"""Where we may call: an address that others could have chosen must not lead into our own network."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from editorial.policy.access import Decision

# 2130706433, 127.1 and 0x7f.1 are addresses too, to those who look names up.
_OBFUSCATED_IPV4 = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)
# Names that lead nowhere but inside: of one word, or set aside for that (RFC 6761, 8375).
_INTERNAL_NAME = re.compile(r"[^.]+\.?|.*\.(?:localhost|local|internal|home\.arpa)\.?", re.IGNORECASE)
# Prefixes under which an IPv6 address carries an IPv4 address that another machine will unpack and call.
_NAT64_PREFIXES = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


def check_url(text: str, *, allow_private: bool, max_length: int = 500) -> Decision:
    """Whether this URL may be called at all. `private`: addresses inside the house are allowed here.

    What a host name leads to is looked up, and asked of `address`, each time it is called.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return _deny("This is not a web address.")
    if len(text) > max_length or any(character.isspace() or not character.isprintable() for character in text):
        return _deny(f"A web address has no spaces and at most {max_length} characters.")
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        return _deny("Only what goes by https:// can be neither read nor changed on the way.")
    if not parts.hostname or port == 0:
        return _deny("This is not a web address.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return _deny("Leave user name, password and #fragment out of the address.")
    if _is_address(parts.hostname):
        return check_address(parts.hostname, allow_private=allow_private)
    if _OBFUSCATED_IPV4.fullmatch(parts.hostname):
        return _deny("This is not a web address.")
    if not allow_private and _INTERNAL_NAME.fullmatch(parts.hostname):
        return _deny("This name is inside the house; only public addresses are called.")
    return Decision(True)


def check_address(text: str, *, allow_private: bool) -> Decision:
    """Whether a connection may be made to this IP address."""
    found: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            found = found.ipv4_mapped
        elif found.sixtofour or found.teredo or any(found in network for network in _NAT64_PREFIXES):
            return _deny("This address is translated into another one on the way.")
    if found.is_multicast or found.is_unspecified:
        return _deny("Nobody in particular answers at this address.")
    if not found.is_global and not allow_private:
        return _deny("This address is inside the house; only public addresses are called.")
    return Decision(True)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _deny(reason: str) -> Decision:
    return Decision(False, (reason,))
