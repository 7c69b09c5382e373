"""`manage.py demo`: a day in the newsroom, played through the API and processed by the real workers."""

import io
import os
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from editorial.management.demo import loader, scenes, target
from editorial.management.demo.api_play import DemoSession
from editorial.management.demo.client import ApiError, DemoFailed, Newsroom
from editorial.management.demo.terminal import Terminal

_NOTE = (
    "A report that broke in October 2024, covered as a newsroom would. Published material is credited to "
    "its publishers. All statements made to us, and all of our staff, are invented."
)


class Command(BaseCommand):
    """Exits with 1 and a message when something does not happen as scripted."""

    help = "Play a day in the newsroom: in the running newsroom, or in a temporary one."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", help="URL of the newsroom (default: that of `make up`)")
        parser.add_argument("--password", default=loader.PASSWORD, help="password of the demo users")
        parser.add_argument("--fast", action="store_true", help="skip the pauses for reading")

    def handle(self, *, url: str | None, password: str, fast: bool, **options: Any) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal without dashes and arrows shows replacements
        terminal = Terminal(sys.stdout, fast=fast)
        try:
            target_url = url or settings.PUBLIC_URL or "http://localhost:8000"
            with Newsroom(target_url, wait=lambda seconds: _wait_for_rate_limit(terminal, seconds)) as newsroom:
                if newsroom.is_running:
                    self._play(terminal, newsroom, password)
                elif url or not settings.EMBEDDED:
                    raise DemoFailed(
                        f"No newsroom answers at {newsroom.url}. Start it, or give another URL with --url."
                    )
                else:
                    self._play_in_temporary_newsroom(terminal, newsroom, password)
        except DemoFailed as problem:
            raise CommandError(f"The demo stops here. {problem}") from problem
        except ApiError as refusal:
            raise CommandError(f"The demo stops here. The newsroom refused {refusal.request}: {refusal}") from refusal
        except BrokenPipeError:
            # The reader went away; flushing the rest must not raise again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            raise CommandError("Stopped. Everything filed so far stays in the newsroom.", returncode=130) from None

    def _play_in_temporary_newsroom(self, terminal: Terminal, newsroom: Newsroom, password: str) -> None:
        terminal.narrate(f"No newsroom is running at {newsroom.url}; starting one for the demo …")
        with target.temporary_newsroom(newsroom) as process:
            self._play(terminal, newsroom, password)
            if sys.stdout.isatty():
                terminal.narrate("The newsroom keeps running until you press Ctrl-C.")
                with suppress(KeyboardInterrupt):
                    process.wait()

    def _play(self, terminal: Terminal, newsroom: Newsroom, password: str) -> None:
        terminal.title("A day in the newsroom", _NOTE)
        day = DemoSession(terminal, newsroom, loader.people(), password)
        try:
            story = scenes.play(day)
        finally:
            day.close()
        terminal.narrate("")
        terminal.narrate(f"See the story, its gate and its audit log (sign in as edith, password {password}):")
        terminal.narrate(f"{newsroom.url}/admin/editorial/story/{story}/change/")
        if settings.DEVELOPMENT_PAGES:
            terminal.narrate("See the email and webhooks that it sent (sign in as an administrator):")
            terminal.narrate(f"{newsroom.url}/admin/development/email/")


def _wait_for_rate_limit(terminal: Terminal, seconds: float) -> None:
    terminal.narrate(f"(Too many sign-ins in a short time; the API asks us to wait {seconds:.0f} seconds.)")
    time.sleep(seconds)
