"""Fixtures for tests of the running product."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def static_folder(data_folder: Path) -> None:
    """The folder of static files that `manage.py up` creates; without it Django warns."""
    (data_folder / "static").mkdir(exist_ok=True)
