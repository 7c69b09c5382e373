"""The tree is RFC 6962's: another program computes the same root from the same entries."""

from __future__ import annotations

from hashlib import sha256

import pytest

from editorial.workflow.ops.audit_heads.merkle import MerkleTree

# The test vectors of Certificate Transparency's reference implementation.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_roots_are_those_of_the_reference_implementation() -> None:
    tree = MerkleTree()
    assert tree.root() == sha256(b"").hexdigest()
    for entry, root in zip(ENTRIES, ROOTS, strict=True):
        tree.append(entry)
        assert tree.root() == root


def test_a_tree_continues_from_its_frontier() -> None:
    for cut in range(len(ENTRIES)):
        first = MerkleTree()
        for entry in ENTRIES[:cut]:
            first.append(entry)
        second = MerkleTree(first.size, first.frontier)
        for entry in ENTRIES[cut:]:
            second.append(entry)
        assert second.root() == ROOTS[-1]


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="complete subtrees"):
        MerkleTree(3, [b"only one"])
