"""Reconciliation: does what is recorded fit together? What does not repairs itself, or administrators are told.

An *invariant* (`invariants`) is a sentence, a question to the database for whatever breaks it, and what to do about
that. They are listed by what they are about: `messages`, `telling`, `claims`, `stories`, `chains`. A *look* (`looks`)
puts all of them to one snapshot; tables that are too long for one look are walked through in `turns`.
"""

from editorial.workflow.ops.integrity.runner import CHECKS, Violation, check_all, run

__all__ = ["CHECKS", "Violation", "check_all", "run"]
