"""Runs of the model: a number of steps from a seed, newsroom after newsroom."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proofs.model.coverage import Coverage
from tests.proofs.model.driver.system import ModelNewsroom
from tests.proofs.model.state_machine import NewsroomMachine

STEPS_PER_NEWSROOM = 250


class ModelRun:
    """A newsroom, reset for each run."""

    def __init__(self) -> None:
        self.newsroom = ModelNewsroom()

    def run(self, *, steps: int, seed: int, shrink: bool = False, **turned: Any) -> Coverage:
        """Take this many steps; raises `ModelViolation` where the newsroom leaves the model. `turned`: attributes of a
        state machine that is biased toward one area.
        """
        self.tally = coverage = Coverage()
        number = 0
        while coverage.steps < steps:
            machine = type("Machine", (NewsroomMachine,), {"newsroom": self.newsroom, "coverage": coverage, **turned})
            self._run_newsroom(machine, seed * 1000 + number, steps - coverage.steps, shrink)
            number += 1
        return coverage

    def _run_newsroom(self, machine: type[NewsroomMachine], number: int, steps: int, shrink: bool) -> None:
        machine = seed(number)(machine)
        phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
        run_state_machine_as_test(
            machine,
            settings=settings(
                database=None,
                deadline=None,
                max_examples=max(1, min(20, steps // STEPS_PER_NEWSROOM)),
                phases=phases,
                print_blob=False,
                report_multiple_bugs=False,
                stateful_step_count=min(STEPS_PER_NEWSROOM, steps),
                suppress_health_check=list(HealthCheck),
                verbosity=Verbosity.quiet,
            ),
        )

    def close(self) -> None:
        """Close the newsroom."""
        self.newsroom.close()
