"""Heartbeats: which of the newsroom's processes are alive, and what they are doing. Each writes its own."""

from __future__ import annotations

from django.db import models

from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.policy.vocabulary import ChoiceEnum


class ProcessKind(ChoiceEnum):
    """Kinds of newsroom processes."""

    WEB = "web"
    WORKER = "worker"
    QUARANTINE = "quarantine"
    EXTERNAL = "external"
    DISPATCHER = "dispatcher"
    BEAT = "beat"


class Heartbeat(UUIDModel):
    """One process. It updates its row every few seconds, and deletes it on a clean shutdown."""

    process = enum_field(ProcessKind)
    host = models.CharField(max_length=120, help_text="Name of the machine or container it runs on.")
    pid = models.PositiveIntegerField(help_text="Its process id on that machine.")
    version = models.CharField(max_length=40, help_text="The newsroom version it runs.")
    slots = models.PositiveSmallIntegerField(default=1, help_text="The number of jobs it can run at a time.")
    running_jobs = models.JSONField(default=list, help_text="The jobs being run: kind and start time, never content.")
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(help_text="The time of its last heartbeat.")

    class Meta:
        ordering = ["process", "host", "pid"]
        constraints = [enum_check("heartbeat", "process", ProcessKind)]

    def __str__(self) -> str:
        return f"{self.get_process_display()} {self.pid} on {self.host}"
