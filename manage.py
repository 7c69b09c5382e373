#!/usr/bin/env python
"""The newsroom's command line: `manage.py help` lists what it can do."""

import os
import sys


def main() -> None:
    """Run one management command with the newsroom's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from newsroom.embedded import Unusable

    try:
        execute_from_command_line(sys.argv)
    except Unusable as problem:  # from the settings, which ask for the secrets in the data folder
        sys.exit(str(problem))
    except ImproperlyConfigured as problem:
        sys.exit(f"The newsroom is not set up to run: {problem}\ndocs/running.md lists every variable.")


if __name__ == "__main__":
    main()
