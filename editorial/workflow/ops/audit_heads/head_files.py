"""Heads as files: what a head contains, its signature, and the folder that holds all of them.

`entries` and `frontiers.json` in that folder are aids: the first helps to name an altered entry, the second saves
reading everything again for the next head. Neither is trusted: only what a signed root confirms counts.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORMAT = 1
DIGEST_PREFIX = 8
"""Bytes of each entry's digest in the folder `entries`: enough to find an entry, not to prove it."""


class UnreadableHead(Exception):
    """A file is not a head. The message names it."""


@dataclass(frozen=True)
class LedgerRoot:
    """The state of one ledger: how many entries, their Merkle root, and the columns that newer entries cover."""

    size: int
    root: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """A signed statement of everything recorded below a position."""

    number: int
    signed_at: str
    """ISO time by PostgreSQL's clock."""
    previous: str
    """Digest of the head before; empty for the first."""
    position: int
    """Entries below this position are covered (decision 0024)."""
    ledgers: Mapping[str, LedgerRoot] = field(hash=False)
    starts_over: str = ""
    """The reason, if it does not continue the heads before, as after a restore."""
    format: int = FORMAT
    key: str = ""
    signature: str = ""

    def sign(self, key: Ed25519PrivateKey) -> Head:
        """The head with the key's signature."""
        unsigned = replace(self, key=public_key_text(key.public_key()), signature="")
        return replace(unsigned, signature=_text(key.sign(unsigned._signed_content())))

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the key signed exactly this."""
        try:
            key.verify(base64.b64decode(self.signature), self._signed_content())
        except (InvalidSignature, ValueError):
            return False
        return True

    def digest(self) -> str:
        """SHA-256 (hex) of the signed head."""
        return hashlib.sha256(_canonical(asdict(self))).hexdigest()

    def to_json(self) -> str:
        """The file's content."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Head:
        """Read the content of a file. Raise ValueError, TypeError or KeyError if it is not a head."""
        content: dict[str, Any] = json.loads(text)
        roots = {
            table: LedgerRoot(int(root["size"]), str(root["root"]), tuple(root["columns"]))
            for table, root in content.pop("ledgers").items()
        }
        return cls(ledgers=roots, **content)

    def _signed_content(self) -> bytes:
        return _canonical({**asdict(self), "signature": ""})


class HeadFolder:
    """The folder of the heads."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def numbers(self) -> list[int]:
        """The numbers of the heads that are there."""
        if not self.path.is_dir():
            return []
        names = (path.stem.removeprefix("head-") for path in self.path.glob("head-*.json"))
        return sorted(int(name) for name in names if name.isdecimal())

    def read(self, number: int) -> Head:
        """Read a head. Raise UnreadableHead."""
        path = self._head_path(number)
        try:
            head = Head.from_json(path.read_text("utf-8"))
        except OSError as problem:
            raise UnreadableHead(f"{path} cannot be read: {problem.strerror}.") from problem
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            raise UnreadableHead(f"{path} is not a head.") from problem
        if head.number != number:
            raise UnreadableHead(f"{path} contains head {head.number}.")
        return head

    def latest(self) -> Head | None:
        """The head with the highest number. Raise UnreadableHead."""
        numbers = self.numbers()
        return self.read(numbers[-1]) if numbers else None

    def write(self, head: Head) -> None:
        """Write a new head; never over another."""
        self._create()
        _write_durably(self._head_path(head.number), head.to_json().encode())

    def write_entries(self, table: str, prefixes: bytes, *, after: int) -> None:
        """Store the digest prefixes of new entries after so many earlier ones, in place of any leftovers."""
        self._create()
        path = self._entries_path(table)
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.truncate(after * DIGEST_PREFIX)
            file.seek(after * DIGEST_PREFIX)
            file.write(prefixes)

    def read_entries(self, table: str, *, size: int) -> list[bytes] | None:
        """The digest prefixes of a ledger's entries; None if they were not stored."""
        try:
            stored = self._entries_path(table).read_bytes()[: size * DIGEST_PREFIX]
        except OSError:
            return None
        return [stored[at : at + DIGEST_PREFIX] for at in range(0, len(stored), DIGEST_PREFIX)]

    def write_frontiers(self, frontiers: Mapping[str, list[bytes]]) -> None:
        """Store the trees' frontiers at the latest head."""
        content = {table: [node.hex() for node in frontier] for table, frontier in frontiers.items()}
        draft = self.path / "frontiers.draft"
        draft.write_text(json.dumps(content))
        draft.rename(self.path / "frontiers.json")

    def read_frontiers(self) -> dict[str, list[bytes]]:
        """The stored frontiers; empty if there are none."""
        try:
            content = json.loads((self.path / "frontiers.json").read_text())
            return {table: [bytes.fromhex(node) for node in nodes] for table, nodes in content.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def _create(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.path / "entries").mkdir(mode=0o700, exist_ok=True)

    def _head_path(self, number: int) -> Path:
        return self.path / f"head-{number:08}.json"

    def _entries_path(self, table: str) -> Path:
        return self.path / "entries" / table


def load_private_key(text: str) -> Ed25519PrivateKey:
    """The key in AUDIT_SIGNING_KEY: 32 bytes in base64. Raise ValueError."""
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(text))


def load_public_key(text: str) -> Ed25519PublicKey:
    """A public key as `audit_key` prints it. Raise ValueError."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text))


def public_key_text(key: Ed25519PublicKey) -> str:
    """The public key in base64."""
    return _text(key.public_bytes_raw())


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _write_durably(path: Path, content: bytes) -> None:
    """Write a new file completely or not at all; never over another."""
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.link(draft, path)
    draft.unlink()
