"""SQL functions, one file each. These files are the only copy; migrations install them."""

from importlib.resources import files


def create(name: str) -> str:
    """The statements that create the function. An old migration creates one before the tables that it names now."""
    text = files(__name__).joinpath(f"{name}.sql").read_text("utf-8")
    return f"SET LOCAL check_function_bodies = off;\n{text}"
