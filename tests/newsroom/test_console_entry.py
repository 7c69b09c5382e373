"""The command `newsroom`, as pip installs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.live import clean_environment
from tests.support.servers import ROOT

_SCRIPT = "import sys\nfrom newsroom.__main__ import main\nsys.exit(main())\n"  # as pip writes it


def test_modules_of_the_current_folder_are_not_run(tmp_path: Path) -> None:
    """Somebody could have put them there; libraries try to import `h2`, which is not installed."""
    folder, script = tmp_path / "downloads", tmp_path / "bin" / "newsroom"
    for path, text in ((folder / "h2.py", "raise SystemExit('h2 of the current folder')\n"), (script, _SCRIPT)):
        path.parent.mkdir()
        path.write_text(text)
    environment = clean_environment() | {"PYTHONPATH": str(ROOT), "NEWSROOM_DATA": str(tmp_path / "data")}
    finished = subprocess.run(  # noqa: S603
        [sys.executable, str(script), "demo", "--url=http://127.0.0.1:9"],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "No newsroom answers" in finished.stderr, finished.stderr
