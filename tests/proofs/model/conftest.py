"""What each long run has seen is told at its end, whichever process took it."""

from __future__ import annotations

import logging

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The tallies of all runs."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ():
                if name == "tally":
                    terminalreporter.write_line(value)


@pytest.fixture(autouse=True)
def quiet_logs():
    """Thousands of jobs are no news here."""
    log = logging.getLogger("editorial.operations.job_logging")
    before = log.level
    log.setLevel(logging.WARNING)
    yield
    log.setLevel(before)
