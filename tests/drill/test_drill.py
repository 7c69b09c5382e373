"""The drill that `make drill` carries out."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.drill import drilling


@pytest.mark.slow
def test_a_newsroom_under_load_is_backed_up_and_restored_elsewhere() -> None:
    with tempfile.TemporaryDirectory(prefix="newsroom-drill-") as folder:
        Path(folder).chmod(0o711)
        said: list[str] = []
        drilling.drill(Path(folder).resolve(), say=said.append)
        assert any("Restored and proved" in line for line in said)
