"""Imports without a clock: how much one job files must not depend on how busy this machine is."""

from __future__ import annotations

import math

import pytest

from editorial.workflow.imports import imports


@pytest.fixture(autouse=True)
def unlimited_job_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_MAX_JOB_SECONDS", math.inf)
