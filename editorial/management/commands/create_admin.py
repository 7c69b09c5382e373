"""`manage.py create_admin`: the first account of a newsroom, from which all others are given in the admin."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from editorial.policy.roles import Role
from editorial.workflow.core.actions import ActionError
from editorial.workflow.people import users


class Command(BaseCommand):
    """Hire an administrator of the whole house. Administrators look after people and desks, and sign nothing."""

    help = "Give somebody an administrator's account. Asks for the password, or takes NEWSROOM_ADMIN_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who it is."""
        parser.add_argument("username")
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hire them, or say in a sentence why not."""
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
            raise CommandError("Nobody was hired. " + " ".join(reason.text for reason in refusal.reasons)) from refusal
        self.stdout.write(f"{options['username']} may now log in, open desks and hire people.")


def _password() -> str:
    if given := os.environ.get("NEWSROOM_ADMIN_PASSWORD"):
        return given
    try:
        first, again = getpass.getpass("Password: "), getpass.getpass("Once more: ")
    except (EOFError, KeyboardInterrupt):
        raise CommandError("Nobody was hired: there is no terminal to ask. Set NEWSROOM_ADMIN_PASSWORD.") from None
    if first != again:
        raise CommandError("Nobody was hired: the two passwords differ.")
    return first
