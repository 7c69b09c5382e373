"""`manage.py demo`: a day in the newsroom, played through the API and worked through by the real workers."""

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
    "A report that broke in October 2024, worked through as a newsroom would. What was published then is credited to "
    "whoever published it. What anybody says to us, and everybody on our staff, is invented."
)


class Command(BaseCommand):
    """Exits with 1 and says why when something does not happen as it is told."""

    help = "Play a day in the newsroom: against the one that is open, or one that is opened for the purpose."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--url", help="where the newsroom is (default: where `make up` opens it)")
        parser.add_argument("--password", default=loader.PASSWORD, help="of the demo's people")
        parser.add_argument("--fast", action="store_true", help="without pauses for reading")

    def handle(self, *, url: str | None, password: str, fast: bool, **options: Any) -> None:
        """Play."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal without our dashes and arrows is shown others
        stage = Terminal(sys.stdout, fast=fast)
        try:
            address = url or settings.PUBLIC_URL or "http://localhost:8000"
            with Newsroom(address, wait=lambda seconds: _wait_for_rate_limit(stage, seconds)) as newsroom:
                if newsroom.is_running:
                    self._play(stage, newsroom, password)
                elif url or not settings.EMBEDDED:
                    raise DemoFailed(f"No newsroom answers at {newsroom.url}. Open it, or name another: --url")
                else:
                    self._play_in_temporary_newsroom(stage, newsroom, password)
        except DemoFailed as problem:
            raise CommandError(f"The demo stops here. {problem}") from problem
        except ApiError as refusal:
            raise CommandError(f"The demo stops here. The newsroom refused {refusal.asked}: {refusal}") from refusal
        except BrokenPipeError:
            # Whoever read along has gone; what is still buffered must not raise again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was filed so far stays in the newsroom.", returncode=130) from None

    def _play_in_temporary_newsroom(self, stage: Terminal, newsroom: Newsroom, password: str) -> None:
        stage.narrate(f"No newsroom is open at {newsroom.url}; one is being opened for the demo …")
        with target.temporary_newsroom(newsroom) as process:
            self._play(stage, newsroom, password)
            if sys.stdout.isatty():
                stage.narrate("The newsroom stays open until you press Ctrl-C.")
                with suppress(KeyboardInterrupt):
                    process.wait()

    def _play(self, stage: Terminal, newsroom: Newsroom, password: str) -> None:
        stage.title("A day in the newsroom", _NOTE)
        day = DemoSession(stage, newsroom, loader.people(), password)
        try:
            story = scenes.play(day)
        finally:
            day.close()
        stage.narrate("")
        stage.narrate(f"Look at the story, its gate and its record (log in as edith, password {password}):")
        stage.narrate(f"{newsroom.url}/admin/editorial/story/{story}/change/")


def _wait_for_rate_limit(stage: Terminal, seconds: float) -> None:
    stage.narrate(f"(So many have logged in just now that the door asks for {seconds:.0f} seconds of patience.)")
    time.sleep(seconds)
