"""Some of these tests come through the reporters' door, which looks for its files."""

from tests.api.conftest import _static_files

__all__ = ["_static_files"]
