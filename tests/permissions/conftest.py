"""Some of these tests come through the reporters' door, which looks for its files."""

from tests.api.conftest import static_folder

__all__ = ["static_folder"]
