"""Verifies the database against the signed heads, and names the first entry that is not what it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat

from editorial.models import AuditHead, Event, Signoff
from editorial.policy.actions import Action
from editorial.policy.publication.transitions import SignoffState
from editorial.workflow.ops.audit_heads import ledgers, row_history, trees
from editorial.workflow.ops.audit_heads.head_files import DIGEST_PREFIX, Head, HeadFolder, UnreadableHead
from editorial.workflow.ops.audit_heads.ledgers import Entry, Ledger

_APPROVALS = [each.value for each in (Action.SIGNOFF_APPROVE, Action.SIGNOFF_READ_STANDARDS, Action.SIGNOFF_READ_LEGAL)]


@dataclass
class HeadReport:
    """The result of verifying the database against the heads."""

    newest: Head | None = None
    entries: int = 0
    """Entries that the heads cover."""
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify(files: HeadFolder, keys: Sequence[Ed25519PublicKey]) -> HeadReport:
    """Verify the heads, every ledger against them, and every row against its history."""
    report = HeadReport()
    with ledgers.snapshot():
        heads = _verified_heads(files, keys, report)
        current = trees.current(heads)
        report.errors += _lost_ledgers(current)
        for ledger in ledgers.all_ledgers():
            report.errors += _compare(ledger, current, files)
            report.errors += row_history.differences(ledger)
        report.errors += _approvals_without_event()
    if heads:
        report.newest = heads[-1]
        report.entries = sum(root.size for root in heads[-1].ledgers.values())
    return report


def _verified_heads(files: HeadFolder, keys: Sequence[Ed25519PublicKey], report: HeadReport) -> list[Head]:
    """The heads in order, up to the first that cannot be trusted."""
    known = dict(AuditHead.objects.values_list("number", "digest"))
    numbers = files.numbers()
    heads: list[Head] = []
    try:
        for number in numbers:
            head = files.read(number)
            if fault := _fault_of(head, heads[-1] if heads else None, keys, known):
                report.errors.append(f"Head {number}: {fault}")
                break
            heads.append(head)
            if head.starts_over:
                report.notes.append(
                    f"Head {number} ({head.signed_at}) starts over: {head.starts_over}. "
                    "What the heads before it cover is not compared."
                )
    except UnreadableHead as problem:
        report.errors.append(str(problem))
    if lost := sorted(known.keys() - set(numbers)):
        message = f"Head {lost[0]} is missing from {files.path} ({len(lost)} of {len(known)} are)."
        restarts = [head.number for head in heads if head.starts_over]
        (report.notes if restarts and lost[-1] < restarts[-1] else report.errors).append(message)
    return heads


def _fault_of(
    head: Head, previous: Head | None, keys: Sequence[Ed25519PublicKey], known: Mapping[int, str]
) -> str | None:
    if not any(head.is_signed_by(key) for key in keys):
        return "its signature is not by the given key."
    if previous is None and head.number != 1 and not head.starts_over:
        return "the heads before it are missing."
    if previous is not None and (head.number, head.previous) != (previous.number + 1, previous.digest()):
        return f"it does not follow from head {previous.number}."
    if previous is not None and head.position < previous.position and not head.starts_over:
        return f"it covers less than head {previous.number}."
    if known.get(head.number, head.digest()) != head.digest():
        return "the database knows another head of this number."
    return None


def _lost_ledgers(heads: Sequence[Head]) -> Iterator[str]:
    """A message for each table or column that the heads cover and the database no longer has."""
    columns = {ledger.table: set(ledger.columns()) for ledger in ledgers.all_ledgers()}
    reported = set()
    for head in heads:
        for table, root in head.ledgers.items():
            lost = set(root.columns) - columns.get(table, set())
            if lost and table not in reported:
                reported.add(table)
                yield f"{table} no longer has {', '.join(sorted(lost))}, which {_named(head)} covers."


def _compare(ledger: Ledger, heads: Sequence[Head], files: HeadFolder) -> Iterator[str]:
    """A message for the first head that the ledger does not match; what comes later cannot match either."""
    covered = {
        column for head in heads if ledger.table in head.ledgers for column in head.ledgers[ledger.table].columns
    }
    if covered - set(ledger.columns()):
        return  # reported as a loss
    since = "the beginning"
    for state in trees.replay(ledger, heads):
        if not state.matches:
            where = _first_difference(ledger, heads, files)
            yield f"{where} Supposedly recorded between {since} and {_named(state.head)}."
            return
        since = _named(state.head)


def _named(head: Head) -> str:
    return f"head {head.number} ({head.signed_at[:16].replace('T', ' ')} UTC)"


def _first_difference(ledger: Ledger, heads: Sequence[Head], files: HeadFolder) -> str:
    """Which entry differs first, by the digests that were stored beside the heads."""
    present: list[Entry] = []
    for _ in trees.replay(ledger, heads, present.append):
        pass
    stored = files.read_entries(ledger.table, size=heads[-1].ledgers[ledger.table].size)
    found = [entry.digest[:DIGEST_PREFIX] for entry in present]
    if stored is None or stored == found:  # they are missing, or altered as well
        return f"{ledger.table} does not contain what was signed: entries were changed, removed or inserted."
    place = next(
        (at for at, (then, now) in enumerate(zip(stored, found, strict=False)) if then != now),
        min(len(stored), len(found)),
    )
    if place == len(found):
        last = f" It now ends with {ledger.describe(present[-1].key)}." if present else ""
        return f"{ledger.table}: {len(stored) - len(found)} entries are missing at the end.{last}"
    here = ledger.describe(present[place].key).capitalize()
    if place == len(stored) or (found[place] not in stored and stored[place] in found):
        return f"{here} was inserted afterwards."
    if found[place] in stored:
        return f"{here} is not where it was: entries before it are missing, or were moved."
    return f"{here} was changed."


def _approvals_without_event() -> Iterator[str]:
    """A message for each approved sign-off whose approval by that person is not in the audit log."""
    approvals = Event.objects.alias(signoff=KT("data__signoff")).filter(
        stream=OuterRef("stream"),
        signoff=Cast(OuterRef("pk"), CharField()),
        action__in=_APPROVALS,
        actor=OuterRef("decided_by"),
    )
    approved = Signoff.objects.filter(state=SignoffState.APPROVED.value)
    named = approved.alias(stream=Concat(Value("claim:"), Cast(F("claim_id"), CharField()), output_field=CharField()))
    for signoff in named.exclude(Exists(approvals)).values_list("pk", flat=True):
        yield f"Sign-off {signoff} is approved, but no event says that this person approved it."
