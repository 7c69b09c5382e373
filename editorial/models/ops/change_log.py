"""What changed, in an order in which nobody who reads on misses anything (decision 0024).

A number drawn before its transaction commits may become visible after a higher one, and whoever remembers the highest
they saw never reads it. So a *position* is the id of the transaction, and only positions below the *horizon* are told:
below it no transaction is under way, and nothing can be added any more.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection, models

from editorial.policy.access import ActorFacts


class Position(models.Func):
    """The position of the transaction that is under way; `editorial_position()` of the database."""

    function = "editorial_position"
    template = "%(function)s()"
    output_field = models.BigIntegerField()


class Horizon(NamedTuple):
    """How far may be read at the moment. Positions of two eras cannot be compared: a backup was restored between."""

    era: int
    position: int


class Change(models.Model):
    """An object looks different from here on, or to others than before. Written by triggers (`touches`)."""

    noun = models.CharField(max_length=40, help_text="The table, such as claim.")
    position = models.BigIntegerField(db_default=Position())
    object = models.UUIDField(help_text="Its id.")

    class Meta:
        ordering = ["position", "object"]
        indexes = [models.Index(fields=["object", "position"], name="change_of_object")]
        constraints = [models.UniqueConstraint(fields=["noun", "position", "object"], name="change_once")]

    def __str__(self) -> str:
        return f"{self.noun}:{self.object}"


class PartingQuerySet(models.QuerySet["Parting"]):
    """Partings, by whom they concern."""

    def telling(self, actor: ActorFacts) -> PartingQuerySet:
        """Those at the desks where this person works, who therefore knew the object."""
        if any(desk is None for _, desk in actor.memberships):
            return self
        mine = {desk for _, desk in actor.memberships}
        return self.filter(models.Q(desk=None) | models.Q(desk__in=mine))


class Parting(models.Model):
    """An object is gone, or a desk that saw it may see it no more. Only who could know of it learns that it left."""

    noun = models.CharField(max_length=40, help_text="The table, such as claim.")
    position = models.BigIntegerField(db_default=Position())
    object = models.UUIDField(help_text="Its id.")
    desk = models.UUIDField(null=True, help_text="The desk that may have lost it; empty: the whole house.")

    objects = PartingQuerySet.as_manager()

    class Meta:
        ordering = ["position", "object"]
        constraints = [
            models.UniqueConstraint(
                fields=["object", "position", "desk", "noun"], nulls_distinct=False, name="parting_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.noun}:{self.object}"


def horizon() -> Horizon:
    """How far may be read now. Ask before reading: what is read afterwards holds everything below it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_value, pg_snapshot_xmin(pg_current_snapshot())::text::bigint + last_value FROM editorial_era"
        )
        return Horizon(*cursor.fetchone())


def begin_era() -> None:
    """Have positions go on above all that were ever given out, and whoever remembers one of them begin anew.

    After a backup was restored: its positions were counted by the transactions of another server, or of a time that
    never was. Nobody else may be at work.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED)
        era, highest, oldest, _ = cursor.fetchone()
        cursor.execute("SELECT setval('editorial_era', %s)", [max(era + 1, highest + 1 - oldest)])


def keep_ahead() -> None:
    """Begin an era if there are positions that no transaction of this server can have had."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED)
        era, highest, _, following = cursor.fetchone()
    if highest >= following + era:
        begin_era()


# The era, the highest position there is, the oldest transaction under way, and the one that comes next.
_COUNTED = """
    SELECT last_value,
        coalesce(greatest(
            (SELECT max(position) FROM editorial_event),
            (SELECT max(position) FROM editorial_change),
            (SELECT max(position) FROM editorial_parting)
        ), 0),
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    FROM editorial_era
"""
