"""What changed, in an order in which nobody who reads on misses anything (decision 0024).

A number drawn before its transaction commits may become visible after a higher one, and whoever remembers the highest
they saw never reads it. So a *position* is the id of the transaction, and only positions below the *horizon* are told:
below it no transaction is under way, and nothing can be added any more.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection, models

from editorial.policy.access import ActorFacts


class SyncPosition(models.Func):
    """The position of the transaction that is under way; `sync_position()` of the database."""

    function = "sync_position"
    template = "%(function)s()"
    output_field = models.BigIntegerField()


class Watermark(NamedTuple):
    """How far may be read at the moment. Positions of two eras cannot be compared: a backup was restored between."""

    epoch: int
    position: int


class Change(models.Model):
    """An object looks different from here on, or to others than before. Written by triggers (`touches`)."""

    model = models.CharField(max_length=40, help_text="The table, such as claim.")
    position = models.BigIntegerField(db_default=SyncPosition())
    object_id = models.UUIDField(help_text="Its id.")

    class Meta:
        ordering = ["position", "object_id"]
        indexes = [models.Index(fields=["object_id", "position"], name="change_by_object")]
        constraints = [models.UniqueConstraint(fields=["model", "position", "object_id"], name="change_once")]

    def __str__(self) -> str:
        return f"{self.model}:{self.object_id}"


class VisibilityLossQuerySet(models.QuerySet["VisibilityLoss"]):
    """Partings, by whom they concern."""

    def known_to(self, actor: ActorFacts) -> VisibilityLossQuerySet:
        """Those at the desks where this person works, who therefore knew the object."""
        if any(desk is None for _, desk in actor.memberships):
            return self
        mine = {desk for _, desk in actor.memberships}
        return self.filter(models.Q(desk=None) | models.Q(desk__in=mine))


class VisibilityLoss(models.Model):
    """An object is gone, or a desk that saw it may see it no more. Only who could know of it learns that it left."""

    model = models.CharField(max_length=40, help_text="The table, such as claim.")
    position = models.BigIntegerField(db_default=SyncPosition())
    object_id = models.UUIDField(help_text="Its id.")
    desk = models.UUIDField(null=True, help_text="The desk that may have lost it; empty: the whole house.")

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
    """How far may be read now. Ask before reading: what is read afterwards holds everything below it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_value, pg_snapshot_xmin(pg_current_snapshot())::text::bigint + last_value FROM sync_epoch"
        )
        return Watermark(*cursor.fetchone())


def start_epoch() -> None:
    """Have positions go on above all that were ever given out, and whoever remembers one of them begin anew.

    After a backup was restored: its positions were counted by the transactions of another server, or of a time that
    never was. Nobody else may be at work.
    """
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS_SQL)
        era, highest, oldest, _ = cursor.fetchone()
        cursor.execute("SELECT setval('sync_epoch', %s)", [max(era + 1, highest + 1 - oldest)])


def ensure_epoch_ahead() -> None:
    """Begin an era if there are positions that no transaction of this server can have had."""
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS_SQL)
        era, highest, _, following = cursor.fetchone()
    if highest >= following + era:
        start_epoch()


# The era, the highest position there is, the oldest transaction under way, and the one that comes next.
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
