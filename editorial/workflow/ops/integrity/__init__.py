"""Integrity checks: find records that contradict each other, repair them, or alert administrators.

A *check* (`checks`) has a message, a query for violations, and a repair or a job to requeue. They are listed by
subject: `jobs`, `notifications`, `claims`, `stories`, `search`, `audit_chain`. A *run* (`runner`) evaluates them on one
snapshot; long tables are scanned in batches over several runs (`table_scan`).
"""

from editorial.workflow.ops.integrity.runner import CHECKS, Violation, check_all, run

__all__ = ["CHECKS", "Violation", "check_all", "run"]
