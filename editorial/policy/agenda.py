"""The agenda: what to ask next (Verification, section 6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from editorial.policy.facts import UNSIGNED, CaseFacts, SignoffFacts
from editorial.policy.finding import Finding
from editorial.policy.thresholds import Policy
from editorial.policy.vocabulary import TaskKind, TaskQueue, TaskStanding, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One thing to find out about a claim.

    `subject` is the id of the statement, source or party it is about, or "". `because` is the fingerprint of
    the facts that raise the need: when it changes, a task that had ended is worth another try.
    """

    queue: TaskQueue
    kind: TaskKind
    subject: str
    because: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """A review task as it stands. `id` is the caller's own; `because` is what it was opened or ended with."""

    id: str
    kind: TaskKind
    subject: str
    because: tuple[str, ...]
    state: TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do with the tasks of a claim. `refresh`: live tasks whose need has changed in the meantime."""

    open: tuple[AgendaItem, ...] = ()
    close: tuple[TaskFacts, ...] = ()
    reopen: tuple[tuple[TaskFacts, AgendaItem], ...] = ()
    refresh: tuple[tuple[TaskFacts, AgendaItem], ...] = ()


def agenda(
    case: CaseFacts,
    findings: Mapping[str, Finding],
    claim_id: str,
    policy: Policy,
    signoff: SignoffFacts = UNSIGNED,
) -> list[AgendaItem]:
    """What should be asked about this claim now. A part of a compound has an agenda of its own."""
    raise NotImplementedError


def plan(wanted: Iterable[AgendaItem], existing: Iterable[TaskFacts]) -> Plan:
    """Reconcile what is wanted with the tasks there are (oldest first)."""
    raise NotImplementedError


def standing(tasks: Iterable[TaskFacts]) -> TaskStanding:
    """What the tasks of a claim amount to; one that was closed as not needed counts as neither."""
    raise NotImplementedError
