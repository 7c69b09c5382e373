"""Presences: which of the newsroom's processes are alive, and what they are doing. Kept by the processes themselves."""

from __future__ import annotations

from django.db import models

from editorial.models.base import Identified, only, word
from editorial.policy.vocabulary import Term


class ProcessKind(Term):
    """One of the newsroom's processes, by what it does."""

    WEB = "web"
    WORKER = "worker"
    QUARANTINE = "quarantine"
    RELAY = "relay"
    BEAT = "beat"


class Presence(Identified):
    """A process that says every few seconds that it is there. One that ends in order takes its row away."""

    process = word(ProcessKind)
    host = models.CharField(max_length=120, help_text="Name of the machine or container it runs on.")
    pid = models.PositiveIntegerField(help_text="Its number on that machine.")
    version = models.CharField(max_length=40, help_text="The newsroom's version that it runs.")
    hands = models.PositiveSmallIntegerField(default=1, help_text="How many things it can do at a time.")
    doing = models.JSONField(
        default=list, help_text="What each busy hand does: a kind of work and since when, never what it is about."
    )
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When it said so last.")

    class Meta:
        ordering = ["process", "host", "pid"]
        constraints = [only("presence", "process", ProcessKind)]

    def __str__(self) -> str:
        return f"{self.get_process_display()} {self.pid} on {self.host}"
