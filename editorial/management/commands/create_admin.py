"""`manage.py create_admin`: creates the first account of a newsroom, which can create all others in the admin."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from editorial.policy.roles import Role
from editorial.workflow.core.errors import ActionError
from editorial.workflow.people import users


class Command(BaseCommand):
    """Creates an administrator for all desks. Administrators manage users and desks and sign nothing."""

    help = "Create an administrator's account. Prompts for the password unless NEWSROOM_ADMIN_PASSWORD is set."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            users.create(
                username=options["username"],
                email=options["email"],
                password=_password(),
                memberships=[(Role.ADMIN.value, None)],
                actor=None,
                now=timezone.now(),
            )
        except ActionError as refusal:
            raise CommandError(
                "No account was created. " + " ".join(reason.text for reason in refusal.reasons)
            ) from refusal
        self.stdout.write(f"{options['username']} can now sign in and add desks and users.")


def _password() -> str:
    if password := os.environ.get("NEWSROOM_ADMIN_PASSWORD"):
        return password
    try:
        first, again = getpass.getpass("Password: "), getpass.getpass("Repeat password: ")
    except (EOFError, KeyboardInterrupt):
        raise CommandError("No account was created: no terminal for a prompt. Set NEWSROOM_ADMIN_PASSWORD.") from None
    if first != again:
        raise CommandError("No account was created: the passwords differ.")
    return first
