"""Signed heads: hourly proof, kept outside the database, of everything that is recorded in it.

A *ledger* is an append-only table: the events, the assessments, the revisions of stories, and the history of every
tracked table. `merkle` reduces a ledger to one root, `ledgers` reads the entries, `head_files` signs and stores heads,
`signer` signs the next one, `sender` posts it elsewhere, `verifier` compares the database with the heads and
`row_history` every row with its last history entry.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from editorial.workflow.ops.audit_heads import head_files, sender, signer

log = structlog.get_logger(__name__)


def sign_due(*, now: datetime) -> None:
    """Sign the next head if it is due. A failure is logged; the next run tries again."""
    try:
        if signer.is_due(now=now):
            signer.sign(now=now)
    except (signer.CannotSign, OSError) as problem:
        log.error("audit head not signed", kind=type(problem).__name__)


def send_pending(*, now: datetime) -> None:
    """Post what is pending. A failure is logged; the next run tries again."""
    try:
        sender.send_pending(signer.folder(), now=now)
    except sender.NotDelivered as problem:
        log.warning("audit head not delivered", code=str(problem))
    except head_files.UnreadableHead as problem:
        log.error("audit head not delivered", kind=type(problem).__name__)
