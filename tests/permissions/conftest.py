"""Some of these tests use the API, which looks for static files."""

from tests.api.conftest import static_folder

__all__ = ["static_folder"]
