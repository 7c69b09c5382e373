"""The model can fail: each injected bug is detected within a bounded number of steps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest import mock

import pytest

from editorial.workflow.evidence import claims
from editorial.workflow.review import signoffs, tasks
from editorial.workflow.stories import publication
from tests.proofs.model.runner import ModelRun
from tests.proofs.model.step import ModelViolation

MAX_STEPS = 3000  # steps


def gate_not_asked() -> list[Any]:
    """Publishing relies on an earlier check of the gate."""
    return [mock.patch.object(publication, "_require_open_gate", return_value=None)]


def four_eyes_not_enforced() -> list[Any]:
    """Proposers, authors and collectors may approve."""
    return [mock.patch.object(signoffs.signoffs, "may_approve", return_value=[])]


def signatures_not_voided() -> list[Any]:
    """A revised claim keeps its signatures."""
    return [mock.patch.object(claims.signatures, "void_all", return_value=None)]


def task_taken_without_lock() -> list[Any]:
    """A task is read and then taken without a lock in between."""
    return [mock.patch.object(tasks, "_lock", lambda key, actor: tasks.get_visible(tasks.ReviewTask, key, actor))]


# Where the state machine is biased; the first bug is detected without a bias.
MACHINE_OPTIONS: dict[str, dict[str, Any]] = {
    "gate_not_asked": {},
    "four_eyes_not_enforced": {"biased_to": "advance_claim"},
    "signatures_not_voided": {"biased_to": "invalidate"},
    "task_taken_without_lock": {"biased_to": "act_concurrently", "groups": ("tasks",)},
}

# The expected message contains one of these texts: of a single step, or of a concurrent one that no order explains.
EXPECTED_MESSAGES = {
    "gate_not_asked": ("('Conflict', 'E_", "('Conflict', 'C_"),
    "four_eyes_not_enforced": ("WROTE_STORY", "COLLECTED_EVIDENCE", "PROPOSED", "STANDARDS_NEEDED"),
    "signatures_not_voided": ("state expected 'voided', found ",),
    "task_taken_without_lock": ("no order explains it",),
}


@pytest.fixture
def run(transactional_db):
    run = ModelRun()
    yield run
    run.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "bug",
    [gate_not_asked, four_eyes_not_enforced, signatures_not_voided, task_taken_without_lock],
    ids=lambda bug: bug.__name__,
)
def test_an_injected_bug_is_detected(run: ModelRun, bug: Callable[[], list[Any]]) -> None:
    with ExitStack() as stack:
        for patch in bug():
            stack.enter_context(patch)
        with pytest.raises(ModelViolation) as violation:
            run.run(steps=MAX_STEPS, seed=1, **MACHINE_OPTIONS[bug.__name__])
    fault, story = str(violation.value).split("\n\nThe story, ")
    print(f"{bug.__name__}: found after {run.tally.steps} steps: {fault}\n{story.splitlines()[-1]}")  # noqa: T201
    assert any(message in fault for message in EXPECTED_MESSAGES[bug.__name__]), fault
