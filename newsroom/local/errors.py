"""What stops an embedded newsroom, said to the person who can change it."""


class SetupError(Exception):
    """The data folder or a server cannot be used. The text says what happened, where, and what to do."""
