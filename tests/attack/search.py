"""Search for thousands of forms together: in files and in the newsroom's responses."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

# Shorter forms could match by chance.
SHORTEST = 8
_AT_ONCE = 500  # files: starting grep takes longer than reading a small file


class Search:
    """The forms to search for. GNU grep reads gigabytes in the time in which Python would read megabytes."""

    def __init__(self, forms: dict[bytes, str], folder: Path) -> None:
        assert all(len(form) >= SHORTEST and b"\n" not in form for form in forms)
        self.forms = forms
        self._patterns = folder / "patterns"
        self._patterns.write_bytes(b"\n".join(forms) + b"\n")

    def in_files(self, paths: Iterable[Path]) -> set[str]:
        """The forms found in these files, and where."""
        found, all_paths = set(), list(map(str, paths))
        for start in range(0, len(all_paths), _AT_ONCE):
            for line in self._grep(all_paths[start : start + _AT_ONCE]):
                path, _, match = line.partition(b"\0")
                found.add(f"{path.decode()}: {self.forms.get(match, repr(match))}")
        return found

    def in_bytes(self, content: bytes, where: str, folder: Path) -> set[str]:
        """The forms found in these bytes."""
        file = folder / "content"
        file.write_bytes(content)
        return {each.replace(str(file), where) for each in self.in_files([file])}

    def _grep(self, paths: list[str]) -> list[bytes]:
        command = ["grep", "-aoHZFf", str(self._patterns), "--", *paths]
        result = subprocess.run(command, env=os.environ | {"LC_ALL": "C"}, capture_output=True)  # noqa: S603
        assert result.returncode in (0, 1), result.stderr
        return result.stdout.splitlines()
