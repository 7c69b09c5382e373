"""SQL functions of the database, one file each: the only copy, which migrations install."""

from importlib.resources import files


def create(name: str) -> str:
    """The statements that create a function."""
    return files(__name__).joinpath(f"{name}.sql").read_text("utf-8")
