"""What tests of the running product share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def static_folder(data_folder: Path) -> None:
    """What `manage.py up` makes for files; its absence would be a warning."""
    (data_folder / "static").mkdir(exist_ok=True)
