"""The drill of `make restore-drill`."""

from __future__ import annotations

import pytest

from tests.proofs.drill import restore_drill
from tests.support.servers import temporary_folder


@pytest.mark.slow
def test_a_newsroom_under_load_is_backed_up_and_restored_elsewhere() -> None:
    with temporary_folder("newsroom-drill-") as folder:
        lines: list[str] = []
        restore_drill.run_drill(folder, log=lines.append)
        assert any("Restored and verified" in line for line in lines)
