"""Command line: `newsroom` once installed, `python manage.py` in a checkout."""

import os
import sys

from newsroom.local import SetupError

_COMMANDS = {
    "up": "start everything: PostgreSQL, Valkey, web, workers",
    "demo": "play a day of the demo story",
    "assess": "evaluate the evidence in a scenario file",
    "restart": "restart the running newsroom without downtime",
    "backup": "back up a running newsroom",
    "restore": "restore a backup into an empty folder",
    "help": "list every command",
}

_OWNER_COMMANDS = ("prepare", "migrate", "backup", "restore")
"""They connect as the owner of the tables. Every other command and process is the application."""


def main() -> None:
    if len(sys.argv) == 1:
        sys.exit("\n".join(["Usage: newsroom COMMAND", *(f"  {name:<9}{text}" for name, text in _COMMANDS.items())]))
    try:
        _run(sys.argv)
    except SetupError as problem:  # the settings raise it, too: they read the secrets in the data folder
        sys.exit(str(problem))


def _run(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    if arguments[1] == "up":
        from newsroom import up

        return up.main(arguments[2:])
    if arguments[1] in _OWNER_COMMANDS:
        os.environ["NEWSROOM_AS_OWNER"] = "1"
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(arguments)
    except ImproperlyConfigured as problem:
        sys.exit(f"The settings are incomplete: {problem}\ndocs/operations/running.md lists every variable.")


if __name__ == "__main__":
    main()
