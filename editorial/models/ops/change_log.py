"""The change log, in an order in which a reader misses nothing (decision 0024).

A number drawn before its transaction commits may become visible after a higher one; a reader who remembers the highest
number seen would miss it. So a *position* is the id of the transaction, and only positions below the *watermark* are
returned: all transactions below it have ended, and nothing can be added any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, models

from editorial.models.base_fields import SyncPosition
from editorial.policy.access import ActorFacts


class Watermark(NamedTuple):
    """The limit of what may be read now. Positions of different epochs, as after a restore, cannot be compared."""

    epoch: int
    position: int


_NEWEST = """
    SELECT max(newest.position) FROM unnest(%s::text[]) logged(model) CROSS JOIN LATERAL (
        SELECT position FROM editorial_change WHERE editorial_change.model = logged.model
        ORDER BY position DESC LIMIT 1) newest
"""


def newest_position(models_logged: Iterable[str]) -> int | None:
    """The position of the newest change of these models: one look at the index for each."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [list(models_logged)])
        (position,) = cursor.fetchone()
        return None if position is None else int(position)


class Change(models.Model):
    """An object looks different, or is visible to others than before. Written by `change_triggers`."""

    model = models.CharField(max_length=40, help_text="The model, such as claim.")
    position = models.BigIntegerField(db_default=SyncPosition())
    object_id = models.UUIDField(help_text="The id of the object.")

    class Meta:
        ordering = ["position", "object_id"]
        # Several objects share a position, so this index stores it once for all of them.
        indexes = [models.Index(fields=["model", "position"], name="change_by_model")]
        # In the database this is the primary key; nothing reads the id, so it has no index.
        constraints = [models.UniqueConstraint(fields=["object_id", "position", "model"], name="change_once")]

    def __str__(self) -> str:
        return f"{self.model}:{self.object_id}"


class VisibilityLossQuerySet(models.QuerySet["VisibilityLoss"]):
    """Visibility losses, filtered by the people they concern."""

    def known_to(self, actor: ActorFacts) -> VisibilityLossQuerySet:
        """Losses at the actor's desks, which therefore knew the object."""
        if any(desk is None for _, desk in actor.memberships):
            return self
        desks = {desk for _, desk in actor.memberships}
        return self.filter(models.Q(desk=None) | models.Q(desk__in=desks))


class VisibilityLoss(models.Model):
    """Tombstone: an object is deleted, or a desk may no longer see it. Only those who could see it learn of it."""

    model = models.CharField(max_length=40, help_text="The model, such as claim.")
    position = models.BigIntegerField(db_default=SyncPosition())
    object_id = models.UUIDField(help_text="The id of the object.")
    desk = models.UUIDField(null=True, help_text="The desk that may have lost it; empty: every desk.")

    objects = VisibilityLossQuerySet.as_manager()

    class Meta:
        ordering = ["position", "object_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["object_id", "position", "desk", "model"], nulls_distinct=False, name="visibilityloss_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model}:{self.object_id}"


def watermark() -> Watermark:
    """The current limit. Query it before reading: what is read afterwards contains everything below it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_value, pg_snapshot_xmin(pg_current_snapshot())::text::bigint + last_value FROM sync_epoch"
        )
        return Watermark(*cursor.fetchone())


def start_epoch() -> None:
    """Start a new epoch: continue above all issued positions, and make clients start their copies again.

    Used after a restore: the backup's positions were counted by another server's transactions. Nothing else may be
    running.
    """
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS_SQL)
        epoch, highest, oldest, _ = cursor.fetchone()
        cursor.execute("SELECT setval('sync_epoch', %s)", [max(epoch + 1, highest + 1 - oldest)])


def ensure_epoch_ahead() -> None:
    """Start an epoch if positions exist that no transaction of this server can have had."""
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS_SQL)
        epoch, highest, _, next_position = cursor.fetchone()
    if highest >= next_position + epoch:
        start_epoch()


# The epoch, the highest stored position, the oldest running transaction, and the next one.
_POSITIONS_SQL = """
    SELECT last_value,
        coalesce(greatest(
            (SELECT max(position) FROM editorial_event),
            (SELECT max(position) FROM editorial_change),
            (SELECT max(position) FROM editorial_visibilityloss)
        ), 0),
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    FROM sync_epoch
"""
