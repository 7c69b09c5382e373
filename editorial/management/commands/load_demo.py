"""`manage.py load_demo`: fill an empty newsroom with the demo, and say how to log in."""

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
from editorial.workflow.core.actions import ActionError


class Command(BaseCommand):
    """Refuses a newsroom in which somebody works already. All is loaded or nothing."""

    help = "Load the demo newsroom (people, desks, two stories) into an empty database and print the log-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the option."""
        parser.add_argument(
            "--password",
            help=f"of every demo person (default: {loader.PASSWORD!r} in an embedded newsroom, a random one elsewhere)",
        )

    def handle(self, *, password: str | None, **options: Any) -> None:
        """Load, or refuse with what to do."""
        if User.objects.exists():
            raise CommandError(
                "People work in this newsroom already, so the demo was not loaded. It goes only into an empty one: "
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
        return "\n".join([f"Log in as one of these invented people; the password of each is {password}", *rows])


def _roles(person: DemoUser) -> str:
    return "; ".join(
        f"{Role(role).label.lower()}, {'every desk' if places == [ALL_DESKS] else ' and '.join(places)}"
        for role, places in person.roles.items()
    )
