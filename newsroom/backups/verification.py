"""Verifies a restored newsroom against the manifest of its backup."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from editorial.models import Assessment, Claim, MessageKind, MessageState, OutboxMessage, encryption
from editorial.policy.verification import digest
from editorial.workflow.evidence import facts
from editorial.workflow.ops import audit_chain, encrypted_data
from newsroom.backups import exhibits, inventory, manifests
from newsroom.backups.manifests import Manifest

_SAMPLE_SIZE = 500  # claims to reassess
_MOST_FAULTS = 20  # of encrypted values, to list

Check = Callable[[Path, Manifest], Iterator[str]]


def unchanged_since_dump(manifest: Manifest) -> Iterator[str]:
    """A message for each difference between the restored database and the dump. Runs before migration."""
    for label, then, now in (
        ("rows in {}", manifest.rows, inventory.rows()),
        ("{}", manifest.shape, inventory.schema_counts()),
    ):
        for name in sorted(then.keys() | now.keys()):
            if then.get(name) != now.get(name):
                yield f"{label.format(name)}: {now.get(name, 0)} now, {then.get(name, 0)} in the backup."
    if inventory.migrations() != manifest.migrations:
        yield "The applied migrations differ from those of the backup."


def verify(folder: Path, manifest: Manifest, *, report: Callable[[str], object]) -> Iterator[str]:
    """Run every check; report whether each passed and yield the faults."""
    for description, check in _CHECKS.items():
        faults = list(check(folder, manifest))
        report(f"  {'FAULT' if faults else 'holds'}  {description}")
        yield from faults


def _chains(folder: Path, manifest: Manifest) -> Iterator[str]:
    yield from audit_chain.verify().errors
    yield from audit_chain.truncated(json.loads((folder / manifests.CHAIN_HEADS_NAME).read_text()))


def _safeguards(*_: object) -> Iterator[str]:
    return inventory.inactive_safeguards()


def _exhibits(*_: object) -> Iterator[str]:
    return exhibits.verify_files()


def _vault(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Decrypt every encrypted value with the present keys. The plain text is discarded."""
    key = manifest.keys.get("IDENTITY_KEY")
    if key and key != [encryption.fingerprint("IDENTITY_KEY", settings.IDENTITY_KEY)]:
        yield "IDENTITY_KEY differs from that of the backup: people could no longer be matched. Restore the old key."
    faults = list(encrypted_data.verify())
    yield from map(str, faults[:_MOST_FAULTS])
    if len(faults) > _MOST_FAULTS:
        yield f"… and {len(faults) - _MOST_FAULTS} more faults of encrypted values. See manage.py verify_encryption."


def _assessments(*_: object) -> Iterator[str]:
    """Reassess a sample of claims and compare the digests, except for claims with a pending assessment."""
    waiting = OutboxMessage.objects.filter(kind=MessageKind.ASSESS_CLAIM.value).exclude(
        state__in=[MessageState.DONE.value, MessageState.DEAD.value]
    )
    current = Claim.objects.filter(dropped_at=None, merged_into=None).order_by("-id")
    pending = set(waiting.values_list("reference", flat=True))
    for claim in current[:_SAMPLE_SIZE]:
        last = Assessment.objects.filter(claim=claim).order_by("-number").first()
        if last is None or str(claim.pk) in pending:
            continue
        if digest.digest(facts.case([claim.pk], now=last.assessed_at), str(claim.pk)) != last.digest:
            yield f"Reassessing claim {claim.pk} gives other facts than its last assessment."


_CHECKS: dict[str, Check] = {
    "every audit chain is complete and has the same head": _chains,
    "every constraint, index and trigger is in force": _safeguards,
    "every exhibit is unchanged": _exhibits,
    "every encrypted value can be decrypted with the present keys": _vault,
    "reassessed claims give the same facts": _assessments,
}
