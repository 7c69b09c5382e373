"""An append-only Merkle tree (RFC 6962). It stores only its *frontier*, the roots of its complete subtrees."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


class MerkleTree:
    """A tree of any number of entries, in the order in which they were appended. Size in memory: log2 of the number."""

    def __init__(self, size: int = 0, frontier: Iterable[bytes] = ()) -> None:
        self.size = size
        self.frontier = list(frontier)
        if len(self.frontier) != size.bit_count():
            raise ValueError(f"A tree of {size} entries has {size.bit_count()} complete subtrees.")

    def append(self, entry: bytes) -> None:
        """Add an entry. The prefixes keep an inner node from being passed off as an entry."""
        node = sha256(b"\x00" + entry).digest()
        size = self.size
        while size & 1:
            node = sha256(b"\x01" + self.frontier.pop() + node).digest()
            size >>= 1
        self.frontier.append(node)
        self.size += 1

    def root(self) -> str:
        """The root hash (hex), which any change of any entry or of their order changes."""
        if not self.frontier:
            return sha256(b"").hexdigest()
        *earlier, node = self.frontier
        for left in reversed(earlier):
            node = sha256(b"\x01" + left + node).digest()
        return node.hex()
