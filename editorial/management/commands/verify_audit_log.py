"""`manage.py verify_audit_log`: detects changes to what was recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial.workflow.ops import audit_chain
from editorial.workflow.ops.audit_heads import head_files, verifier
from editorial.workflow.ops.audit_heads.head_files import HeadFolder

_HEADS = "heads.json"
_MAX_FAULTS = 20  # reported; the first ones say where it began


class Command(BaseCommand):
    """Verifies every hash chain, every ledger against the signed heads, and every row against its history."""

    help = "Check events, history and rows against each other and against the signed heads. Exit 1 if anything differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--against",
            type=Path,
            metavar="BACKUP",
            help="a backup (its folder, or a file in it): also check that every chain still contains its head, "
            "which detects events removed from the end",
        )
        parser.add_argument(
            "--heads", type=Path, help="a folder of signed heads, such as a copy (default: AUDIT_HEADS)"
        )
        parser.add_argument(
            "--public-key",
            action="append",
            default=[],
            help="the key that signed the heads, as audit_key printed it once; repeat it for every key that was used "
            "(default: the key in use)",
        )

    def handle(
        self, *args: Any, against: Path | None, heads: Path | None, public_key: list[str], **options: Any
    ) -> None:
        """Verify, compare and report."""
        earlier = _backup_heads(against) if against else {}
        chains = audit_chain.verify()
        signed = verifier.verify(HeadFolder(heads or Path(settings.AUDIT_HEADS)), _public_keys(public_key))
        faults = [*chains.errors, *audit_chain.truncated(earlier), *signed.errors]
        for note in signed.notes:
            self.stdout.write(note)
        for fault in faults[:_MAX_FAULTS]:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"The audit log is broken. Faults: {len(faults)}.")
        self.stdout.write(f"The audit log is intact: {chains.events} events in {chains.chains} chains.")
        if signed.newest:
            self.stdout.write(
                f"The database contains all {signed.entries} entries that head {signed.newest.number} "
                f"({signed.newest.signed_at}) and those before it cover, and every row matches its history."
            )
        else:
            self.stdout.write("There are no signed heads: whole chains could have been removed or replaced.")
        if against:
            self.stdout.write(f"It contains the heads of all {len(earlier)} chains in {against}.")


def _public_keys(texts: list[str]) -> list[Ed25519PublicKey]:
    try:
        if texts:
            return [head_files.load_public_key(text) for text in texts]
        if settings.AUDIT_SIGNING_KEY:
            return [head_files.load_private_key(settings.AUDIT_SIGNING_KEY).public_key()]
    except ValueError as problem:
        raise CommandError("A key is 32 bytes in base64. Give the line that audit_key printed.") from problem
    return []


def _backup_heads(backup: Path) -> audit_chain.Heads:
    path = (backup if backup.is_dir() else backup.parent) / _HEADS
    try:
        return {stream: (int(number), str(digest)) for stream, (number, digest) in json.loads(path.read_text()).items()}
    except OSError as problem:
        raise CommandError(f"Cannot read {path}: {problem.strerror}. Give the folder of a backup.") from problem
    except (ValueError, TypeError, AttributeError) as problem:
        raise CommandError(f"{path} is not a list of chain heads. Give the folder of a backup.") from problem
