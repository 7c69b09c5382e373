"""The coverage of each long run is printed at its end, whichever process ran it."""

from __future__ import annotations

import logging

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The coverage of all runs."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ():
                if name == "tally":
                    terminalreporter.write_line(value)


@pytest.fixture(autouse=True)
def quiet_logs():
    """Thousands of jobs are not worth logging here."""
    log = logging.getLogger("editorial.operations.job_logging")
    before = log.level
    log.setLevel(logging.WARNING)
    yield
    log.setLevel(before)
