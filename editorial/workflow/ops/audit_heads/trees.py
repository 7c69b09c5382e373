"""Replays the ledgers: what the Merkle trees were at each head, computed from what the database contains now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from editorial.workflow.ops.audit_heads.head_files import Head, LedgerRoot
from editorial.workflow.ops.audit_heads.ledgers import Entry, Ledger
from editorial.workflow.ops.audit_heads.merkle import MerkleTree


class Replay(NamedTuple):
    """A ledger's tree at one head, and what that head says of it."""

    head: Head
    expected: LedgerRoot
    tree: MerkleTree

    @property
    def matches(self) -> bool:
        """Whether the database contains what the head covers."""
        return (self.tree.size, self.tree.root()) == (self.expected.size, self.expected.root)


def replay(
    ledger: Ledger, heads: Sequence[Head], observe: Callable[[Entry], object] = lambda _entry: None
) -> Iterator[Replay]:
    """Yield the ledger's tree at each head in turn; `observe` sees every entry."""
    tree, start = MerkleTree(), 0
    for head in heads:
        expected = head.ledgers.get(ledger.table)
        if expected is None:
            continue  # the table did not exist yet
        for entry in ledger.entries(expected.columns, start=start, end=head.position):
            tree.append(entry.digest)
            observe(entry)
        start = head.position
        yield Replay(head, expected, tree)


def current(heads: Sequence[Head]) -> list[Head]:
    """The heads that cover today's database: those since it last started over."""
    starts = [place for place, head in enumerate(heads) if head.starts_over]
    return list(heads[starts[-1] :] if starts else heads)
