"""`manage.py load_demo`: loads the demo into an empty newsroom and prints the usernames and password."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from editorial.management.demo import loader, populate
from editorial.management.demo.case_data import ALL_DESKS, DemoUser
from editorial.models import User
from editorial.policy.roles import Role
from editorial.workflow.core.errors import ActionError


class Command(BaseCommand):
    """Refuses a newsroom that has users. Loads everything or nothing."""

    help = "Load the demo newsroom into an empty database and print the usernames and password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--password",
            help=f"password of every demo user (default: {loader.PASSWORD!r} if embedded, else a random one)",
        )

    def handle(self, *, password: str | None, **options: Any) -> None:
        if User.objects.exists():
            raise CommandError(
                "This newsroom has users, so the demo was not loaded. Load it into an empty one: "
                "NEWSROOM_DATA=/another/folder PORT=8123 make up"
            )
        password = password or (loader.PASSWORD if settings.EMBEDDED else secrets.token_urlsafe(12))
        try:
            populate.load(password=password, now=timezone.now())
        except ActionError as refusal:
            raise CommandError(f"The demo was not loaded, and nothing was changed. {refusal}") from refusal
        self.stdout.write(self._log_ins(password))

    def _log_ins(self, password: str) -> str:
        rows = [f"  {person.username:<9}{person.name:<16}{_roles(person)}" for person in loader.people()]
        return "\n".join([f"Sign in as one of these invented users; the password for all is {password}", *rows])


def _roles(person: DemoUser) -> str:
    return "; ".join(
        f"{Role(role).label.lower()}, {'every desk' if places == [ALL_DESKS] else ' and '.join(places)}"
        for role, places in person.roles.items()
    )
