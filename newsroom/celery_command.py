"""`python -m newsroom.celery_command worker` or `beat`: these two of Celery's commands, with their options.

Celery's own command line loads all of them, one of which needs a library for terminals: six megabytes a process.
"""

import sys
from importlib import import_module

from celery.bin.base import CLIContext

_APPLICATIONS = {"worker": "newsroom.celery", "beat": "newsroom.beat"}


def main() -> None:
    """Run the command until the process is stopped."""
    name, *options = sys.argv[1:]
    app = import_module(_APPLICATIONS[name]).app
    command = getattr(import_module(f"celery.bin.{name}"), name)
    command.main(options, prog_name=name, obj=CLIContext(app=app, no_color=False, workdir=None, quiet=True))


if __name__ == "__main__":
    main()
