"""Verifies a restored newsroom against the manifest of its backup."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import BinaryField

from editorial.models import Assessment, Claim, MessageKind, MessageState, OutboxMessage, encryption
from editorial.policy.verification import digest
from editorial.workflow.evidence import facts
from editorial.workflow.ops import audit_chain
from newsroom.backups import exhibits, inventory, manifests
from newsroom.backups.backup import key_fingerprints
from newsroom.backups.manifests import Manifest

_SAMPLE_SIZE = 500  # claims to reassess

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
    """Decrypt every vault entry with the present keys. The plain text is discarded."""
    for field in _encrypted_fields():
        values = field.model._default_manager.exclude(**{f"{field.name}__isnull": True})
        if lost := sum(
            not _can_decrypt(bytes(value)) for value in values.values_list(field.name, flat=True).iterator()
        ):
            yield (
                f"{lost} encrypted values of {field.model._meta.verbose_name_plural} cannot be decrypted: restore the "
                f"VAULT_KEYS with the fingerprints "
                f"{', '.join(manifest.keys['VAULT_KEYS'])} (these are {', '.join(key_fingerprints()['VAULT_KEYS'])})."
            )
    if manifest.keys["IDENTITY_KEY"] != key_fingerprints()["IDENTITY_KEY"]:
        yield "IDENTITY_KEY differs from that of the backup: people could no longer be matched. Restore the old key."


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


def _encrypted_fields() -> Iterator[BinaryField]:
    """Every column that is encrypted with the vault keys."""
    for model in apps.get_app_config("editorial").get_models():
        yield from (field for field in model._meta.local_fields if isinstance(field, BinaryField))


def _can_decrypt(ciphertext: bytes) -> bool:
    try:
        encryption.decrypt(ciphertext)
    except encryption.KeyUnavailable:
        return False
    return True


_CHECKS: dict[str, Check] = {
    "every audit chain is complete and has the same head": _chains,
    "every constraint, index and trigger is in force": _safeguards,
    "every exhibit is unchanged": _exhibits,
    "the vault can be decrypted with the present keys": _vault,
    "reassessed claims give the same facts": _assessments,
}
