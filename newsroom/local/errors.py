"""Errors of the embedded servers and the data folder, for the operator."""


class SetupError(Exception):
    """The data folder or a server cannot be used. The message says what happened, where, and what to do."""
