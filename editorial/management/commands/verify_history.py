"""`manage.py verify_history`: has anybody rewritten the record?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from editorial.models import Event


class Command(BaseCommand):
    """Walk every chain of events from its start, and say where one does not hold."""

    help = "Check the hash chain of every object's events. Exit 1 if any of them has been tampered with."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read all events in chain order, in one pass, and compare each with what it must be."""
        broken: list[str] = []
        checked = chains = 0
        stream, number, previous = "", 0, ""
        for event in Event.objects.order_by("stream", "number").iterator(chunk_size=2000):
            if event.stream != stream:
                stream, number, previous = event.stream, 0, ""
                chains += 1
            checked += 1
            if event.number != number + 1:
                broken.append(f"{stream}: event {number + 1} is missing.")
            elif event.previous != previous:
                broken.append(f"{stream}: event {event.number} does not follow from the one before it.")
            if event.hash != event.seal():
                broken.append(f"{stream}: event {event.number} has been changed since it was recorded.")
            number, previous = event.number, event.hash
        for finding in broken:
            self.stderr.write(finding)
        if broken:
            raise CommandError(f"The record does not hold: {len(broken)} faults in {checked} events.")
        self.stdout.write(f"The record holds: {checked} events in {chains} chains.")
