"""Signs the next head: reads what was recorded since the last one, and extends its trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from editorial.models import AuditHead
from editorial.models.ops import change_log
from editorial.workflow.core.actions import atomic_action
from editorial.workflow.ops.audit_heads import head_files, ledgers, trees
from editorial.workflow.ops.audit_heads.head_files import Head, HeadFolder, LedgerRoot
from editorial.workflow.ops.audit_heads.ledgers import Ledger
from editorial.workflow.ops.audit_heads.merkle import MerkleTree

_ADVISORY_LOCK_KEY = 7302392  # so that two workers do not sign the same number


class CannotSign(Exception):
    """No head can be signed. The message says why, and what to do."""


def folder() -> HeadFolder:
    """The folder named by AUDIT_HEADS."""
    return HeadFolder(Path(settings.AUDIT_HEADS))


def is_due(*, now: datetime) -> bool:
    """Whether it is time for the next head. Without a signing key it never is."""
    last = AuditHead.objects.order_by("-number").values_list("signed_at", flat=True).first()
    return bool(settings.AUDIT_SIGNING_KEY) and (
        last is None or now - last >= timedelta(seconds=settings.AUDIT_HEAD_SECONDS)
    )


def sign(*, now: datetime, start_over: str = "") -> Head | None:
    """Sign and store the next head. Return None if another process is doing so. Raise CannotSign or OSError.

    `start_over`: the reason for beginning again with the whole database, if it does not match the heads so far.
    """
    if not settings.AUDIT_SIGNING_KEY:
        raise CannotSign("AUDIT_SIGNING_KEY is not set. Generate one: openssl rand -base64 32 | tr '+/' '-_'")
    with _exclusive() as alone:
        return _sign(folder(), now, start_over) if alone else None


def _sign(files: HeadFolder, now: datetime, start_over: str) -> Head:
    try:
        previous = files.latest()
        if previous is not None and not start_over:
            _require_continuity(files, previous, now)
    except head_files.UnreadableHead as problem:
        raise CannotSign(f"{problem} Restore the file from a copy.") from problem
    if previous is None and not start_over and AuditHead.objects.exists():
        raise CannotSign(
            f"{files.path} contains no heads, but the database knows of some. Restore the folder from a copy, or "
            "start over: manage.py sign_audit_head --start-over REASON"
        )
    with ledgers.snapshot():
        mark = change_log.watermark().position
        if previous is not None and not start_over and mark < previous.position:
            raise CannotSign(
                f"The database is older than head {previous.number}: it was restored from a backup. Run "
                "manage.py verify_audit_log, then manage.py sign_audit_head --start-over REASON"
            )
        grown = _extend(files, None if start_over else previous, mark)
    head = Head(
        number=previous.number + 1 if previous else _next_number(),
        signed_at=now.astimezone(UTC).isoformat(),
        previous=previous.digest() if previous else "",
        position=mark,
        ledgers={table: root for table, (root, _) in grown.items()},
        starts_over=start_over,
    ).sign(head_files.load_private_key(settings.AUDIT_SIGNING_KEY))
    files.write(head)
    files.write_frontiers({table: tree.frontier for table, (_, tree) in grown.items()})
    record(number=head.number, digest=head.digest(), signed_at=now, now=now)
    return head


@atomic_action
def record(*, number: int, digest: str, signed_at: datetime, now: datetime) -> None:
    """Record in the database that a head exists. A system action without an event: heads concern no story."""
    AuditHead.objects.get_or_create(number=number, defaults={"digest": digest, "signed_at": signed_at})


def _require_continuity(files: HeadFolder, previous: Head, now: datetime) -> None:
    """Raise CannotSign unless the newest head file is the one that the database knows as the newest."""
    known = AuditHead.objects.order_by("-number").first()
    number, digest = (known.number, known.digest) if known else (0, "")
    if (previous.number, previous.previous) == (number + 1, digest):
        # A process ended between writing the file and recording it.
        record(
            number=previous.number,
            digest=previous.digest(),
            signed_at=datetime.fromisoformat(previous.signed_at),
            now=now,
        )
    elif (previous.number, previous.digest()) != (number, digest):
        raise CannotSign(
            f"The newest head in {files.path} is {previous.number}, but the newest in the database is {number}. "
            "Run manage.py verify_audit_log; after a restore: manage.py sign_audit_head --start-over REASON"
        )


def _next_number() -> int:
    """The first number, or the one after those that the database knows: a number is never used twice."""
    return (AuditHead.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1


def _extend(files: HeadFolder, previous: Head | None, mark: int) -> Mapping[str, tuple[LedgerRoot, MerkleTree]]:
    stored = files.read_frontiers()
    grown = {}
    for ledger in ledgers.all_ledgers():
        before = previous.ledgers.get(ledger.table) if previous else None
        start = previous.position if previous and before else 0
        tree = _tree_at(files, ledger, previous, stored.get(ledger.table)) if previous and before else MerkleTree()
        size, prefixes = tree.size, bytearray()
        for entry in ledger.entries(ledger.columns(), start=start, end=mark):
            tree.append(entry.digest)
            prefixes += entry.digest[: head_files.DIGEST_PREFIX]
        files.write_entries(ledger.table, bytes(prefixes), after=size)
        grown[ledger.table] = LedgerRoot(tree.size, tree.root(), ledger.columns()), tree
    return grown


def _tree_at(files: HeadFolder, ledger: Ledger, head: Head, frontier: list[bytes] | None) -> MerkleTree:
    """The ledger's tree at the head: from the stored frontier if it has the signed root, else from the database."""
    expected = head.ledgers[ledger.table]
    if frontier is not None and len(frontier) == expected.size.bit_count():
        tree = MerkleTree(expected.size, frontier)
        if tree.root() == expected.root:
            return tree
    heads = trees.current([files.read(number) for number in files.numbers()])
    *_, last = trees.replay(ledger, heads)
    if not last.matches:
        raise CannotSign(f"{ledger.table} differs from head {head.number}. Run manage.py verify_audit_log.")
    return last.tree


@contextmanager
def _exclusive() -> Iterator[bool]:
    """Try to take the lock of the signer; yields whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ADVISORY_LOCK_KEY])
        (alone,) = cursor.fetchone()
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK_KEY])
