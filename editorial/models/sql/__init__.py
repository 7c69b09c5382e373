"""SQL functions, one file each. These files are the only copy; migrations install them."""

from importlib.resources import files


def create(name: str) -> str:
    """The statements that create the function."""
    return files(__name__).joinpath(f"{name}.sql").read_text("utf-8")
